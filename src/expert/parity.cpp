#include "expert/parity.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "image/preprocess.h"

namespace facet::expert {

namespace {

/// Counts those of `wanted` with a sufficient score, and which of them are in `found`.
void add_found(const Detections& wanted, const Detections& found, double iou_min, float score_min, Agreement& agreement) {
    std::vector<char> taken(found.items.size(), 0);
    for (const Detection& one : wanted.items) {
        if (one.score < score_min) continue;
        ++agreement.compared;
        double best = iou_min;
        std::size_t match = found.items.size();
        for (std::size_t i = 0; i < found.items.size(); ++i) {
            if (taken[i] || found.items[i].label != one.label) continue;
            const double overlap = iou(one.box, found.items[i].box);
            if (overlap < best) continue;
            best = overlap;
            match = i;
        }
        if (match == found.items.size()) continue;
        taken[match] = 1;
        ++agreement.agreed;
    }
}

Agreement compare_boxes(const Detections& a, const Detections& b, double iou_min, float score_min) {
    Agreement agreement;
    add_found(a, b, iou_min, score_min, agreement);
    add_found(b, a, iou_min, score_min, agreement);
    return agreement;
}

Agreement compare_maps(const SegmentMap& a, const SegmentMap& b) {
    if (a.size != b.size) return {0, static_cast<double>(a.classes.size())};
    const auto equal = std::inner_product(a.classes.begin(), a.classes.end(), b.classes.begin(), std::size_t{0},
                                          std::plus<>(), std::equal_to<>());
    return {static_cast<double>(equal), static_cast<double>(a.classes.size())};
}

double largest_difference(const Tensor& a, const Tensor& b) {
    double largest = 0;
    if (a.type() == ElementType::u8) {
        const auto x = a.values<std::uint8_t>();
        const auto y = b.values<std::uint8_t>();
        for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(x[i] - y[i]) / 255.0);
        return largest;
    }
    const auto x = a.values<float>();
    const auto y = b.values<float>();
    const auto [low, high] = std::minmax_element(y.begin(), y.end());
    const double range = std::max(1e-6, double{*high} - double{*low});
    for (std::size_t i = 0; i < x.size(); ++i) largest = std::max(largest, std::abs(double{x[i]} - double{y[i]}) / range);
    return largest;
}

constexpr double kImageLimitFloat = 1e-5;
constexpr double kImageLimitByte = 1.0 / 255;
constexpr double kAspectIou = 0.9;
constexpr double kAspectLimit = 0.97;
constexpr double kPrecisionIou = 0.8;
constexpr double kPrecisionLimit = 0.95;

ParityCheck check_image(const LoadedExpert& loaded, std::span<const Picture> pictures) {
    ParityCheck check{.name = "image",
                      .compared = "fast image work and its reference",
                      .value = 0,
                      .limit = 0,
                      .passed = false,
                      .count = 0};
    image::Scratch scratch;
    for (const Picture& picture : pictures) {
        const image::TensorSpec spec = loaded.expert->input(picture.size);
        const Box whole{0, 0, static_cast<float>(picture.size.width), static_cast<float>(picture.size.height)};
        Tensor fast(spec.type, spec.shape());
        Tensor plain(spec.type, spec.shape());
        image::to_tensor(picture, spec, whole, fast.data(), scratch);
        image::reference::to_tensor(picture, spec, whole, plain.data());
        check.value = std::max(check.value, largest_difference(fast, plain));
        check.limit = spec.type == ElementType::u8 ? kImageLimitByte : kImageLimitFloat;
        check.count += static_cast<double>(fast.size());
    }
    check.passed = check.value <= check.limit;
    return check;
}

/// Runners by the size that they are made for, so that each is compiled once.
class Runners {
public:
    Runners(std::shared_ptr<const LoadedExpert> loaded, backend::SessionOptions options)
        : loaded_(std::move(loaded)), options_(std::move(options)) {}

    Result<Runner*> get(Size picture) {
        const Size input = loaded_->expert->input(picture).size;
        for (auto& runner : runners_)
            if (runner->input().size == input) return runner.get();
        FACET_TRY(auto runner, Runner::create(loaded_, picture, options_));
        runners_.push_back(std::move(runner));
        return runners_.back().get();
    }

    Result<ObservationContent> run(Size made_for, const Picture& picture) {
        FACET_TRY(Runner * runner, get(made_for));
        return runner->run(picture);
    }

private:
    std::shared_ptr<const LoadedExpert> loaded_;
    backend::SessionOptions options_;
    std::vector<std::unique_ptr<Runner>> runners_;
};

Result<ParityCheck> check_aspect(Runners& exact, const model::Manifest& manifest, std::span<const Picture> pictures,
                                 float score_min) {
    const Size whole = manifest.input.size;
    Agreement sum;
    for (const Picture& picture : pictures) {
        FACET_TRY(const auto cut_result, exact.run(picture.size, picture));
        FACET_TRY(const auto whole_result, exact.run(whole, picture));
        const Agreement one = compare(cut_result, whole_result, kAspectIou, score_min);
        sum = {sum.agreed + one.agreed, sum.compared + one.compared};
    }
    return ParityCheck{
        .name = "aspect",
        .compared = fmt::format("input cut to the picture's aspect and whole {}x{}", whole.width, whole.height),
        .value = sum.share(),
        .limit = kAspectLimit,
        .passed = sum.share() >= kAspectLimit,
        .count = sum.compared};
}

Result<ParityCheck> check_precision(Runners& exact, Runners& chosen, std::span<const Picture> pictures, float score_min) {
    Agreement sum;
    std::string variant;
    for (const Picture& picture : pictures) {
        FACET_TRY(const auto fast_result, chosen.run(picture.size, picture));
        FACET_TRY(const auto exact_result, exact.run(picture.size, picture));
        const Agreement one = compare(fast_result, exact_result, kPrecisionIou, score_min);
        sum = {sum.agreed + one.agreed, sum.compared + one.compared};
        FACET_TRY(Runner * runner, chosen.get(picture.size));
        variant = runner->variant();
    }
    return ParityCheck{.name = "precision",
                       .compared = fmt::format("{} and f32", variant),
                       .value = sum.share(),
                       .limit = kPrecisionLimit,
                       .passed = sum.share() >= kPrecisionLimit,
                       .count = sum.compared};
}

Result<ParityCheck> check_repeat(Runners& chosen, const Picture& picture) {
    FACET_TRY(Runner * runner, chosen.get(picture.size));
    FACET_CHECK(runner->prepare(picture));
    std::vector<std::string> first;
    FACET_CHECK(runner->infer());
    double bytes = 0;
    for (const TensorView& output : runner->outputs()) {
        first.emplace_back(static_cast<const char*>(output.data), output.bytes());
        bytes += static_cast<double>(output.bytes());
    }
    FACET_CHECK(runner->infer());
    double equal = 0;
    for (std::size_t i = 0; i < first.size(); ++i) {
        const TensorView& output = runner->outputs()[i];
        if (output.bytes() == first[i].size() && std::memcmp(output.data, first[i].data(), first[i].size()) == 0)
            equal += static_cast<double>(first[i].size());
    }
    const double share = bytes > 0 ? equal / bytes : 1;
    return ParityCheck{.name = "repeat",
                       .compared = "the same input twice",
                       .value = share,
                       .limit = 1,
                       .passed = share >= 1,
                       .count = bytes};
}

}  // namespace

Agreement compare(const ObservationContent& a, const ObservationContent& b, double iou_min, float score_min) {
    if (a.index() != b.index()) return {0, 1};
    if (const auto* boxes = std::get_if<Detections>(&a))
        return compare_boxes(*boxes, std::get<Detections>(b), iou_min, score_min);
    if (const auto* map = std::get_if<SegmentMap>(&a)) return compare_maps(*map, std::get<SegmentMap>(b));
    if (const auto* classes = std::get_if<Classification>(&a)) {
        const auto& other = std::get<Classification>(b);
        const bool same = !classes->top.empty() && !other.top.empty() && classes->top[0].label == other.top[0].label;
        return {same ? 1.0 : 0.0, 1};
    }
    if (const auto* text = std::get_if<Text>(&a)) return {text->text == std::get<Text>(b).text ? 1.0 : 0.0, 1};
    if (const auto* embedding = std::get_if<Embedding>(&a)) {
        const auto& other = std::get<Embedding>(b).values;
        if (other.size() != embedding->values.size()) return {0, 1};
        return {std::inner_product(other.begin(), other.end(), embedding->values.begin(), 0.0), 1};
    }
    const double difference = std::abs(double{std::get<Score>(a).value} - double{std::get<Score>(b).value});
    return {1 - std::min(1.0, difference), 1};
}

Result<std::vector<ParityCheck>> check_parity(const std::shared_ptr<const LoadedExpert>& loaded,
                                              std::span<const Picture> pictures, const backend::SessionOptions& chosen,
                                              float score_min) {
    std::vector<ParityCheck> checks{check_image(*loaded, pictures)};
    if (pictures.empty() || !loaded->backend) return checks;
    backend::SessionOptions exact_options = chosen;
    exact_options.precision = backend::Precision::f32;
    Runners exact(loaded, exact_options);
    Runners fast(loaded, chosen);
    if (loaded->manifest.follows_aspect) {
        FACET_TRY(auto aspect, check_aspect(exact, loaded->manifest, pictures, score_min));
        checks.push_back(std::move(aspect));
    }
    FACET_TRY(auto precision, check_precision(exact, fast, pictures, score_min));
    checks.push_back(std::move(precision));
    FACET_TRY(auto repeat, check_repeat(fast, pictures[0]));
    checks.push_back(std::move(repeat));
    return checks;
}

}  // namespace facet::expert
