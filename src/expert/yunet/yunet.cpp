#include "expert/yunet/yunet.h"

#include <algorithm>
#include <cmath>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace yunet {

namespace {
constexpr std::size_t kValues = 14;  // box 4, landmarks 5 * 2
constexpr float kCentreVariance = 0.1F;
constexpr float kSizeVariance = 0.2F;
}  // namespace

std::vector<Prior> priors(Size tensor) {
    // Each pooling halves and drops the odd row, so that the grids are not simply tensor / step.
    const auto halved = [](Size size) { return Size{size.width / 2, size.height / 2}; };
    const Size cells4 = halved({(tensor.width + 1) / 2, (tensor.height + 1) / 2});
    const Size cells8 = halved(cells4);
    const Size cells16 = halved(cells8);
    const Size cells32 = halved(cells16);
    const Size cells64 = halved(cells32);
    const std::array levels{PriorLevel{cells8, 8, kFaceSides8}, PriorLevel{cells16, 16, kFaceSides16},
                            PriorLevel{cells32, 32, kFaceSides32}, PriorLevel{cells64, 64, kFaceSides64}};
    return make_priors(levels);
}

std::vector<Candidate> decode(std::span<const float> offsets, std::span<const float> confidence,
                              std::span<const float> overlap, std::span<const Prior> all, const Selection& selection) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const float score = std::sqrt(std::clamp(confidence[2 * i + 1], 0.0F, 1.0F) * std::clamp(overlap[i], 0.0F, 1.0F));
        if (score < selection.threshold || !selection.keeps(0)) continue;
        candidates.push_back(
            {.box = offset_box(all[i], offsets.data() + kValues * i, kCentreVariance, kSizeVariance, kSizeVariance),
             .score = score,
             .label = 0,
             .index = static_cast<std::uint32_t>(i)});
    }
    return candidates;
}

std::array<Point, 5> decode_landmarks(std::span<const float> offsets, const Prior& prior, std::size_t index) {
    std::array<Point, 5> landmarks;
    for (std::size_t k = 0; k < landmarks.size(); ++k) {
        const float* offset = offsets.data() + kValues * index + 4 + 2 * k;
        landmarks[k] = {prior.centre.x + offset[0] * kCentreVariance * prior.width,
                        prior.centre.y + offset[1] * kCentreVariance * prior.height};
    }
    return landmarks;
}

namespace {

struct Outputs {
    OutputSpec offsets, confidence, overlap;
};

class Yunet final : public ModelExpert {
public:
    Yunet(ModelExpertParts parts, Outputs outputs, std::vector<Prior> priors)
        : ModelExpert(std::move(parts)), outputs_(std::move(outputs)), priors_(std::move(priors)) {}

    Task task() const override { return Task::face; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 3));
        FACET_TRY(const auto offsets, read_output(outputs, outputs_.offsets));
        FACET_TRY(const auto confidence, read_output(outputs, outputs_.confidence));
        FACET_TRY(const auto overlap, read_output(outputs, outputs_.overlap));
        auto candidates = yunet::decode(offsets, confidence, overlap, priors_, selection());
        suppress(candidates, selection());
        return to_detections(candidates, context.placement, [&](Detection& detection, const Candidate& candidate) {
            for (const Point point : decode_landmarks(offsets, priors_[candidate.index], candidate.index))
                detection.keypoints.push_back({context.placement.to_picture(point.x, point.y), candidate.score});
        });
    }

private:
    Outputs outputs_;
    std::vector<Prior> priors_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    auto all = priors(manifest.input.size);
    const auto count = static_cast<std::int64_t>(all.size());
    if (facts.outputs.size() != 3)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family yunet expects 3",
                    manifest.name, facts.outputs.size());
    Outputs outputs;
    FACET_TRY(outputs.offsets, expect_output(manifest, facts, "loc", {count, static_cast<std::int64_t>(kValues)}));
    FACET_TRY(outputs.confidence, expect_output(manifest, facts, "conf", {count, 2}));
    FACET_TRY(outputs.overlap, expect_output(manifest, facts, "iou", {count, 1}));
    FACET_TRY(auto parts, make_parts(manifest, facts, options, 1));
    return std::make_unique<Yunet>(std::move(parts), std::move(outputs), std::move(all));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kYunet.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 3) return std::nullopt;
    if (!find_output(facts, "loc") || !find_output(facts, "conf") || !find_output(facts, "iou")) return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->input.pad = 0;
    manifest->labels = *model::label_set("face");
    return manifest;
}

}  // namespace
}  // namespace yunet

const FamilyInfo kYunet{.name = "yunet",
                        .task = Task::face,
                        .summary = "YuNet faces with five landmarks (form of 2022)",
                        .create = yunet::create,
                        .recognise = yunet::recognise};

}  // namespace facet::expert
