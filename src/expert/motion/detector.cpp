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
    int left = 0, top = 0, right = -1, bottom = -1;  // inclusive
    int area = 0;
    int changed = 0;  // pixels that changed between frames lately
    int strong = 0;   // pixels far beyond the threshold
    float deviation = 0;
    Fate fate = Fate::transient;

    Box box() const {
        return {static_cast<float>(left), static_cast<float>(top), static_cast<float>(right - left + 1),
                static_cast<float>(bottom - top + 1)};
    }
};

Detector::Detector(Size size, Settings settings)
    : size_(size),
      settings_(settings),
      picture_(size),
      value_(size),
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
      edges_(size),
      solid_(size),
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
    seen_.clear();
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
    for (std::size_t i = 0; i < picture_.count(); ++i) value_[i] = picture_[i] / gain_now;
    measure_noise();
    find_foreground();
    const auto changed = std::count(foreground_.values.begin(), foreground_.values.end(), std::uint8_t{1});
    if (static_cast<float>(changed) > settings_.global_share * static_cast<float>(foreground_.count())) {
        start(t);
        return {};
    }
    remove_shadows();
    mark_edges(gain_now);
    peel();
    mark_activity(now_s);
    auto components = find_components();
    decide(components, dt_s);

    std::vector<Blob> blobs;
    const bool is_calm = now_s - calm_since_s_ >= settings_.calm_s;
    for (const Component& component : components) {
        if (!is_calm || component.fate != Fate::moving) continue;
        const float strength = component.deviation / static_cast<float>(component.area);
        blobs.push_back({component.box(), strength / (1 + strength)});
    }
    learn(components, now_s, dt_s);
    std::swap(previous_, value_);
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
        differences.push_back(std::abs(value_[i] - previous_[i]));
    const float deviation = 1.4826F * median(differences);  // of a normal distribution, from the median
    noise_ += 0.1F * (deviation - noise_);
}

void Detector::find_foreground() {
    neighbourhood_range(mean_, lowest_, highest_);
    const float noise = std::max(settings_.noise_min, noise_);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        const float outside = std::max(lowest_[i] - value_[i], value_[i] - highest_[i]);
        const float threshold =
            std::max(settings_.level_min, settings_.deviations * std::max(noise, std::sqrt(variance_[i])));
        deviation_[i] = std::max(0.0F, outside) / threshold;
        scratch_[i] = deviation_[i] > 1 ? 1 : 0;
    }
    vote(scratch_, 5, foreground_);
}

void Detector::remove_shadows() {
    // Normalised correlation of picture and background in 5x5 windows, where the background has a texture to compare.
    constexpr int kRadius = 2;
    Floats squared(size_), mean_squared(size_), product(size_);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        squared[i] = value_[i] * value_[i];
        mean_squared[i] = mean_[i] * mean_[i];
        product[i] = value_[i] * mean_[i];
    }
    Floats value_mean(size_), background_mean(size_);
    box_mean(value_, kRadius, value_mean);
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
        if (!foreground_[i] || value_[i] >= lowest_[i]) continue;
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
            if (!foreground_[i] || value_[i] >= lowest_[i]) continue;
            if (value_[i] > (darkest_near(x, y) - 0.08F) * mean_[i]) scratch_[i] = 0;
        }
    }
    vote(scratch_, 5, foreground_);
}

void Detector::mark_activity(double now_s) {
    const float threshold =
        std::max(settings_.level_min * 0.7F, settings_.deviations * std::max(settings_.noise_min, noise_));
    for (std::size_t i = 0; i < picture_.count(); ++i)
        if (std::abs(value_[i] - previous_[i]) > threshold) changed_s_[i] = static_cast<float>(now_s);
}

void Detector::mark_edges(float gain_now) {
    Floats value_x(size_), value_y(size_), mean_x(size_), mean_y(size_), near(size_), near_mean(size_);
    gradient(picture_, value_x, value_y);
    gradient(mean_, mean_x, mean_y);
    box_mean(picture_, 3, near);
    box_mean(mean_, 3, near_mean);
    const float noise = std::max(settings_.noise_min, noise_);
    dilate(foreground_, 1, scratch_);  // an object's edge lies half outside of it
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        edges_[i] = 0;
        const bool is_clipped = picture_[i] > kBright || picture_[i] < kDark || mean_[i] > kBright * gain_now;
        if (!scratch_[i] || is_clipped) continue;
        // Under light of any strength edges scale with their surroundings; what does not is a new edge.
        const float ratio = (near[i] + 4) / (near_mean[i] + 4);
        const float difference = std::hypot(value_x[i] - ratio * mean_x[i], value_y[i] - ratio * mean_y[i]);
        const float expected =
            settings_.edge_deviations * noise + 0.35F * ratio * std::hypot(mean_x[i], mean_y[i]) + 0.02F * near[i];
        edges_[i] = difference > expected ? 1 : 0;
    }
}

void Detector::peel() {
    dilate(edges_, 1, scratch_);  // closes the gaps of an outline
    solid_ = foreground_;
    const int width = size_.width;
    const auto is_soft = [&](std::size_t i) { return solid_[i] && !scratch_[i]; };
    std::vector<std::size_t> open;
    const auto reach = [&](int x, int y) {
        if (x < 0 || y < 0 || x >= width || y >= size_.height) return;
        const std::size_t i = static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
        if (!is_soft(i)) return;
        solid_[i] = 0;
        open.push_back(i);
    };
    const auto reach_around = [&](std::size_t i) {
        const int x = static_cast<int>(i % static_cast<std::size_t>(width));
        const int y = static_cast<int>(i / static_cast<std::size_t>(width));
        reach(x - 1, y);
        reach(x + 1, y);
        reach(x, y - 1);
        reach(x, y + 1);
    };
    for (std::size_t i = 0; i < foreground_.count(); ++i)
        if (!foreground_[i]) reach_around(i);
    while (!open.empty()) {
        const std::size_t i = open.back();
        open.pop_back();
        reach_around(i);
    }
    // Light: what was peeled off and touches nothing that is left.
    const int bridge = std::max(1, width / 110);
    dilate(foreground_, bridge, scratch_);
    const int count = label_components(scratch_, labels_);
    std::vector<char> is_light(static_cast<std::size_t>(count) + 1, 1);
    is_light[0] = 0;
    for (std::size_t i = 0; i < solid_.count(); ++i)
        if (solid_[i]) is_light[static_cast<std::size_t>(labels_[i])] = 0;
    for (std::size_t i = 0; i < light_.count(); ++i)
        light_[i] = static_cast<std::uint8_t>(is_light[static_cast<std::size_t>(labels_[i])]);
}

std::vector<Detector::Component> Detector::find_components() {
    // Parts of one body that lie a few pixels apart belong together.
    const int bridge = std::max(1, size_.width / 110);
    dilate(solid_, bridge, scratch_);
    const int count = label_components(scratch_, labels_);
    std::vector<Component> components(static_cast<std::size_t>(count));
    for (Component& component : components) component.left = component.top = std::max(size_.width, size_.height);
    const auto linger = static_cast<float>(last_s_ - settings_.linger_s);
    for (int y = 0; y < size_.height; ++y) {
        for (int x = 0; x < size_.width; ++x) {
            const std::size_t i =
                static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) + static_cast<std::size_t>(x);
            if (!solid_[i]) continue;
            Component& component = components[static_cast<std::size_t>(labels_[i] - 1)];
            component.left = std::min(component.left, x);
            component.right = std::max(component.right, x);
            component.top = std::min(component.top, y);
            component.bottom = std::max(component.bottom, y);
            ++component.area;
            component.deviation += deviation_[i];
            component.strong += deviation_[i] > 2;
            component.changed += changed_s_[i] >= linger;
        }
    }
    return components;
}

void Detector::decide(std::vector<Component>& components, double dt_s) {
    // One frame alone may be an insect, a drop, a flash, a damaged picture: a blob has to be seen again, near and alike.
    const int frames_min = dt_s > 0.3 ? 1 : dt_s > 0.12 ? 2 : 3;
    const auto area_min = settings_.area_min * static_cast<float>(picture_.count());
    std::vector<Seen> seen;
    for (Component& component : components) {
        if (static_cast<float>(component.area) < area_min || component.strong * 10 < component.area) continue;
        if (component.changed * 20 < component.area) {
            component.fate = Fate::still;
            continue;
        }
        const Box box = component.box();
        const Box around{box.x - box.width / 2 - 4, box.y - box.height / 2 - 4, 2 * box.width + 8, 2 * box.height + 8};
        int frames = 0;
        for (const Seen& last : seen_) {
            const bool is_alike = last.box.area() < 5 * box.area() && box.area() < 5 * last.box.area();
            if (is_alike && intersection(around, last.box).area() > 0) frames = std::max(frames, last.frames);
        }
        seen.push_back({box, frames + 1});
        if (frames + 1 >= frames_min) component.fate = Fate::moving;
    }
    seen_ = std::move(seen);
}

void Detector::learn(std::span<const Component> components, double now_s, double dt_s) {
    const float background = blend(dt_s, settings_.background_s);
    const float foreground = blend(dt_s, settings_.foreground_s);
    const float fast = blend(dt_s, settings_.light_s);
    const float start = now_s - calm_since_s_ < settings_.calm_s ? fast : 0;
    const auto absorb_before = static_cast<float>(now_s - settings_.absorb_s);
    for (std::size_t i = 0; i < picture_.count(); ++i) {
        float rate = light_[i] ? fast : background;
        bool is_background = !light_[i];
        if (labels_[i]) {
            const Fate fate = components[static_cast<std::size_t>(labels_[i] - 1)].fate;
            if (fate == Fate::moving) active_s_[i] = static_cast<float>(now_s);
            if (fate == Fate::still && active_s_[i] < absorb_before)
                rate = fast;
            else if (fate != Fate::transient)
                rate = foreground;
            is_background = fate == Fate::transient;
        }
        // A fast first second.
        rate = std::max(rate, start);
        mean_[i] += rate * (picture_[i] - mean_[i]);
        if (!is_background) continue;
        // What passes once is no noise: only what comes again and again widens a pixel's range.
        const float residual = value_[i] - mean_[i];
        const float squared = std::min(residual * residual, 16 * (variance_[i] + 1));
        variance_[i] = std::min(variance_[i] + rate * (squared - variance_[i]), kVarianceMax);
    }
}

}  // namespace facet::expert::motion
