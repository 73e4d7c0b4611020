#include "expert/motion/detector.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/assert.h"

namespace facet::expert::motion {

namespace {

constexpr float kVarianceStart = 16.0F;  // 4 levels: forgiving until the pixel's own noise is known
constexpr float kVarianceMax = 400.0F;
constexpr float kDark = 3.0F;  // at both ends of the scale edges vanish: nothing can be said there
constexpr float kBright = 250.0F;

/// Share of a step of `dt_s` with the time constant `tau_s`.
float blend(double dt_s, double tau_s) { return static_cast<float>(1 - std::exp(-dt_s / tau_s)); }

/// Middle of the values; reorders them.
float median(std::vector<float>& values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

constexpr float kNoShadow = 2.0F;       // larger than any ratio of a shadow
constexpr std::size_t kSampleStep = 7;  // statistics of the whole picture need no more than every 7th pixel

}  // namespace

struct Detector::Component {
    int left = 0, top = 0, right = 0, bottom = 0;  // inclusive
    int area = 0;
    int outline = 0;  // pixels at its border
    int edges = 0;    // pixels whose structure is not the background's
    int changed = 0;  // pixels that changed between frames lately
    int strong = 0;   // pixels far beyond the threshold
    float deviation = 0;
    bool is_light = false;

    Box box() const {
        return {static_cast<float>(left), static_cast<float>(top), static_cast<float>(right - left + 1),
                static_cast<float>(bottom - top + 1)};
    }
};

Detector::Detector(Size size, Settings settings)
    : size_(size),
      settings_(settings),
      picture_(size),
      previous_(size),
      mean_(size),
      variance_(size),
      lowest_(size),
      highest_(size),
      deviation_(size),
      active_s_(size),
      changed_s_(size),
      foreground_(size),
      scratch_(size),
      light_(size),
      labels_(size) {
    FACET_ASSERT(size.width > 0 && size.height > 0);
}

void Detector::start(Nanoseconds t) {
    mean_ = picture_;
    previous_ = picture_;
    std::fill(variance_.values.begin(), variance_.values.end(), kVarianceStart);
    std::fill(active_s_.values.begin(), active_s_.values.end(), -1e9F);
    std::fill(changed_s_.values.begin(), changed_s_.values.end(), -1e9F);
    last_boxes_.clear();
    last_s_ = calm_since_s_ = seconds(t);
    started_ = true;
}

std::vector<Blob> Detector::step(std::span<const std::uint8_t> luma, Nanoseconds t) {
    FACET_ASSERT(luma.size() == picture_.count());
    blur(luma, picture_);
    if (!started_) {
        start(t);
        return {};
    }
    const double now_s = seconds(t);
    const double dt_s = std::max(0.0, now_s - last_s_);
    last_s_ = now_s;
    const float gain_now = gain();
    measure_noise();
    find_foreground(gain_now);
    const auto changed = std::count(foreground_.values.begin(), foreground_.values.end(), std::uint8_t{1});
    if (static_cast<float>(changed) > settings_.global_share * static_cast<float>(foreground_.count())) {
        start(t);
        return {};
    }
    remove_shadows(gain_now);
    mark_activity(now_s);
    const auto components = find_components(gain_now);

    const bool is_calm = now_s - calm_since_s_ >= settings_.calm_s;
    std::vector<Blob> blobs;
    std::vector<Box> boxes;
    for (const Component& component : components) {
        if (component.is_light || component.changed * 20 < component.area) continue;
        const Box box = component.box();
        boxes.push_back(box);
        // Seen near here in the frame before: one frame alone may be an insect, a flash, a damaged picture.
        const Box around{box.x - box.width / 2 - 4, box.y - box.height / 2 - 4, 2 * box.width + 8, 2 * box.height + 8};
        const bool seen_before = dt_s > 0.3 || std::any_of(last_boxes_.begin(), last_boxes_.end(), [&](const Box& last) {
                                     return intersection(around, last).area() > 0;
                                 });
        if (!is_calm || !seen_before) continue;
        const float strength = component.deviation / static_cast<float>(component.area);
        blobs.push_back({box, strength / (1 + strength)});
    }
    last_boxes_ = std::move(boxes);
    learn(gain_now, now_s, dt_s);
    std::swap(previous_, picture_);
    return blobs;
}

float Detector::gain() const {
    std::vector<float> ratios;
    ratios.reserve(picture_.count() / kSampleStep + 1);
    for (std::size_t i = 0; i < picture_.count(); i += kSampleStep) {
        const bool is_usable = picture_[i] > 12 && picture_[i] < kBright && mean_[i] > 12 && mean_[i] < kBright;
        if (is_usable) ratios.push_back(picture_[i] / mean_[i]);
    }
    if (ratios.size() < 64) return 1;
    return std::clamp(median(ratios), 0.25F, 4.0F);
}

void Detector::measure_noise() {
    std::vector<float> differences;
    differences.reserve(picture_.count() / kSampleStep + 1);
    for (std::size_t i = 0; i < picture_.count(); i += kSampleStep)
        differences.push_back(std::abs(picture_[i] - previous_[i]));
    const float deviation = 1.4826F * median(differences);  // of a normal distribution, from the median
    noise_ += 0.1F * (deviation - noise_);
}

void Detector::find_foreground(float gain_now) {
    neighbourhood_range(mean_, lowest_, highest_);
    const float noise = std::max(settings_.noise_min, noise_);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        const float value = picture_[i] / gain_now;
        const float outside = std::max(lowest_[i] - value, value - highest_[i]);
        const float threshold =
            std::max(settings_.level_min, settings_.deviations * std::max(noise, std::sqrt(variance_[i])));
        deviation_[i] = std::max(0.0F, outside) / threshold;
        scratch_[i] = deviation_[i] > 1 ? 1 : 0;
    }
    vote(scratch_, 5, foreground_);
}

void Detector::remove_shadows(float gain_now) {
    // Normalised correlation of picture and background in 5x5 windows, where the background has a texture to compare.
    constexpr int kRadius = 2;
    Floats value(size_), squared(size_), mean_squared(size_), product(size_);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        value[i] = picture_[i] / gain_now;
        squared[i] = value[i] * value[i];
        mean_squared[i] = mean_[i] * mean_[i];
        product[i] = value[i] * mean_[i];
    }
    Floats value_mean(size_), background_mean(size_);
    box_mean(value, kRadius, value_mean);
    box_mean(mean_, kRadius, background_mean);
    Floats average(size_);
    box_mean(squared, kRadius, average);
    squared = average;
    box_mean(mean_squared, kRadius, average);
    mean_squared = average;
    box_mean(product, kRadius, average);
    const float noise = std::max(settings_.noise_min, noise_);
    const float texture_min = 4 * noise * noise;
    Floats shadow(size_, kNoShadow);  // where it is sure, how dark it is there
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        if (!foreground_[i] || value[i] >= lowest_[i]) continue;
        const float background_texture = mean_squared[i] - background_mean[i] * background_mean[i];
        const float texture = squared[i] - value_mean[i] * value_mean[i];
        const float ratio = value_mean[i] / std::max(1.0F, background_mean[i]);
        if (background_texture < texture_min || ratio < 0.3F || ratio > 0.97F) continue;
        const float covariance = average[i] - value_mean[i] * background_mean[i];
        const float correlation = covariance / std::sqrt(std::max(1e-3F, background_texture * texture));
        if (correlation > 0.85F) shadow[i] = ratio;
    }
    // Windows at the shadow's edge are half in the light and prove nothing: what lies next to a sure shadow, and is no
    // darker than it, belongs to it.
    constexpr int kReach = 4;
    const auto darkest_near = [&](int x, int y) {
        float darkest = kNoShadow;
        for (int row = std::max(0, y - kReach); row <= std::min(size_.height - 1, y + kReach); ++row)
            for (int column = std::max(0, x - kReach); column <= std::min(size_.width - 1, x + kReach); ++column)
                darkest = std::min(darkest, shadow.row(row)[column]);
        return darkest;
    };
    for (int y = 0; y < size_.height; ++y) {
        for (int x = 0; x < size_.width; ++x) {
            const std::size_t i =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(x);
            scratch_[i] = foreground_[i];
            if (!foreground_[i] || value[i] >= lowest_[i]) continue;
            if (value[i] > (darkest_near(x, y) - 0.08F) * mean_[i]) scratch_[i] = 0;
        }
    }
    vote(scratch_, 5, foreground_);
}

void Detector::mark_activity(double now_s) {
    const float threshold =
        std::max(settings_.level_min * 0.7F, settings_.deviations * std::max(settings_.noise_min, noise_));
    for (std::size_t i = 0; i < picture_.count(); ++i)
        if (std::abs(picture_[i] - previous_[i]) > threshold) changed_s_[i] = static_cast<float>(now_s);
}

std::vector<Detector::Component> Detector::find_components(float gain_now) {
    // Parts of one body that lie a few pixels apart belong together.
    const int bridge = std::max(1, size_.width / 110);
    dilate(foreground_, bridge, scratch_);
    const int count = label_components(scratch_, labels_);
    std::vector<Component> components(static_cast<std::size_t>(count));
    for (Component& component : components)
        component = {.left = size_.width, .top = size_.height, .right = -1, .bottom = -1};

    Floats value_x(size_), value_y(size_), mean_x(size_), mean_y(size_), near(size_), near_mean(size_);
    gradient(picture_, value_x, value_y);
    gradient(mean_, mean_x, mean_y);
    box_mean(picture_, 3, near);
    box_mean(mean_, 3, near_mean);
    const float noise = std::max(settings_.noise_min, noise_);
    const float linger = static_cast<float>(last_s_ - settings_.linger_s);
    for (int y = 0; y < size_.height; ++y) {
        for (int x = 0; x < size_.width; ++x) {
            const std::size_t i =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(x);
            if (!labels_[i]) continue;
            Component& component = components[static_cast<std::size_t>(labels_[i] - 1)];
            // Under light of any strength edges scale with their surroundings; what does not is a new edge.
            const float ratio = (near[i] + 4) / (near_mean[i] + 4);
            const float difference = std::hypot(value_x[i] - ratio * mean_x[i], value_y[i] - ratio * mean_y[i]);
            const float expected = 2.5F * noise + 0.35F * ratio * std::hypot(mean_x[i], mean_y[i]) + 0.02F * near[i];
            const bool is_clipped = picture_[i] > kBright || picture_[i] < kDark || mean_[i] > kBright * gain_now;
            if (difference > expected && !is_clipped) ++component.edges;
            if (!foreground_[i]) continue;
            component.left = std::min(component.left, x);
            component.right = std::max(component.right, x);
            component.top = std::min(component.top, y);
            component.bottom = std::max(component.bottom, y);
            ++component.area;
            component.deviation += deviation_[i];
            component.strong += deviation_[i] > 2;
            component.changed += changed_s_[i] >= linger;
            const auto width = static_cast<std::size_t>(size_.width);
            const bool is_inner = x > 0 && x + 1 < size_.width && y > 0 && y + 1 < size_.height && foreground_[i - 1] &&
                                  foreground_[i + 1] && foreground_[i - width] && foreground_[i + width];
            component.outline += !is_inner;
        }
    }
    const auto area_min = settings_.area_min * static_cast<float>(picture_.count());
    std::vector<char> is_motion(components.size(), 0);
    for (std::size_t c = 0; c < components.size(); ++c) {
        Component& component = components[c];
        component.is_light =
            static_cast<float>(component.edges) < settings_.edge_share * static_cast<float>(component.outline);
        is_motion[c] = !component.is_light && component.changed * 20 >= component.area;
    }
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        const int label = labels_[i];
        light_[i] = label && components[static_cast<std::size_t>(label - 1)].is_light;
        if (label && is_motion[static_cast<std::size_t>(label - 1)]) active_s_[i] = static_cast<float>(last_s_);
    }
    std::erase_if(components, [&](const Component& component) {
        return static_cast<float>(component.area) < area_min || component.strong * 10 < component.area;
    });
    return components;
}

void Detector::learn(float gain_now, double now_s, double dt_s) {
    const float background = blend(dt_s, settings_.background_s);
    const float foreground = blend(dt_s, settings_.foreground_s);
    const float light = blend(dt_s, settings_.light_s);
    const float start = now_s - calm_since_s_ < settings_.calm_s ? blend(dt_s, settings_.light_s) : 0;
    const auto absorb_before = static_cast<float>(now_s - settings_.absorb_s);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        float rate = background;
        if (labels_[i]) rate = light_[i] ? light : active_s_[i] < absorb_before ? light : foreground;
        // A fast first second; the whole picture's gain is followed by all pixels, so that it stays near 1.
        rate = std::max(rate, start);
        const float difference = picture_[i] - mean_[i];
        mean_[i] += rate * difference;
        if (labels_[i] && !light_[i]) continue;
        const float residual = picture_[i] / gain_now - mean_[i];
        variance_[i] = std::clamp(variance_[i] + rate * (residual * residual - variance_[i]), 0.0F, kVarianceMax);
    }
}

}  // namespace facet::expert::motion
