#include "expert/ultraface/ultraface.h"

#include <algorithm>
#include <array>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace ultraface {

namespace {

template <class BoxOf>
std::vector<Candidate> decode_with(std::span<const float> scores, const Selection& selection, BoxOf box_of) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < scores.size() / 2; ++i) {
        const float score = scores[2 * i + 1];
        if (score < selection.threshold || !selection.keeps(0)) continue;
        candidates.push_back({.box = box_of(i), .score = score, .label = 0, .index = static_cast<std::uint32_t>(i)});
    }
    return candidates;
}

constexpr float kCentreVariance = 0.1F;
constexpr float kSizeVariance = 0.2F;
constexpr std::array<std::string_view, 1> kParameters{"boxes"};

}  // namespace

std::vector<Prior> priors(Size tensor) {
    const auto cells = [&](int step) { return Size{(tensor.width + step - 1) / step, (tensor.height + step - 1) / step}; };
    const std::array levels{PriorLevel{cells(8), 8, kFaceSides8}, PriorLevel{cells(16), 16, kFaceSides16},
                            PriorLevel{cells(32), 32, kFaceSides32}, PriorLevel{cells(64), 64, kFaceSides64}};
    auto all = make_priors(levels);
    const auto width = static_cast<float>(tensor.width);
    const auto height = static_cast<float>(tensor.height);
    for (Prior& prior : all) {  // the network was trained with priors clipped to the picture
        prior.centre = {std::min(prior.centre.x, width), std::min(prior.centre.y, height)};
        prior.width = std::min(prior.width, width);
        prior.height = std::min(prior.height, height);
    }
    return all;
}

std::vector<Candidate> decode_boxes(std::span<const float> scores, std::span<const float> boxes, Size tensor,
                                    const Selection& selection) {
    const auto width = static_cast<float>(tensor.width);
    const auto height = static_cast<float>(tensor.height);
    return decode_with(scores, selection, [&](std::size_t i) {
        const float* box = boxes.data() + 4 * i;
        return Box::from_corners(box[0] * width, box[1] * height, box[2] * width, box[3] * height);
    });
}

std::vector<Candidate> decode_offsets(std::span<const float> scores, std::span<const float> boxes,
                                      std::span<const Prior> all, const Selection& selection) {
    return decode_with(scores, selection, [&](std::size_t i) {
        return offset_box(all[i], boxes.data() + 4 * i, kCentreVariance, kSizeVariance, kSizeVariance);
    });
}

namespace {

class Ultraface final : public ModelExpert {
public:
    Ultraface(ModelExpertParts parts, OutputSpec scores, OutputSpec boxes, std::vector<Prior> priors)
        : ModelExpert(std::move(parts)), scores_(std::move(scores)), boxes_(std::move(boxes)), priors_(std::move(priors)) {}

    Task task() const override { return Task::face; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 2));
        FACET_TRY(const auto scores, read_output(outputs, scores_));
        FACET_TRY(const auto boxes, read_output(outputs, boxes_));
        auto candidates = priors_.empty() ? decode_boxes(scores, boxes, context.placement.tensor, selection())
                                          : decode_offsets(scores, boxes, priors_, selection());
        suppress(candidates, selection());
        return to_detections(candidates, context.placement);
    }

private:
    OutputSpec scores_;
    OutputSpec boxes_;
    std::vector<Prior> priors_;  // empty where the graph decodes boxes itself
};

/// The form that decodes boxes computes exp() of the sizes in the graph.
std::string_view boxes_of(const backend::ModelFacts& facts) {
    const auto& operators = facts.operators;
    return std::find(operators.begin(), operators.end(), "Exp") != operators.end() ? "decoded" : "offsets";
}

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    auto all = priors(manifest.input.size);
    const auto count = static_cast<std::int64_t>(all.size());
    if (facts.outputs.size() != 2)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family ultraface expects 2",
                    manifest.name, facts.outputs.size());
    FACET_TRY(auto scores, expect_output(manifest, facts, "scores", {1, count, 2}));
    FACET_TRY(auto boxes, expect_output(manifest, facts, "boxes", {1, count, 4}));
    FACET_TRY(auto parts, make_parts(manifest, facts, options, 1));
    const auto form = model::parameter(manifest, "boxes", boxes_of(facts));
    if (form != "decoded" && form != "offsets")
        return fail(ErrorCode::invalid_argument, "model '{}': parameter boxes is '{}', expected decoded or offsets",
                    manifest.name, form);
    if (form != boxes_of(facts))
        return fail(ErrorCode::invalid_argument, "model '{}': the manifest says boxes: {}, but the graph gives {}",
                    manifest.name, form, boxes_of(facts));
    if (form == "decoded") all.clear();
    return std::make_unique<Ultraface>(std::move(parts), std::move(scores), std::move(boxes), std::move(all));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kUltraface.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 2) return std::nullopt;
    const auto count = static_cast<std::int64_t>(priors(manifest->input.size).size());
    const auto scores = find_output(facts, "scores");
    const auto boxes = find_output(facts, "boxes");
    if (!scores || !boxes || !matches(facts.outputs[*scores].shape, {1, count, 2}) ||
        !matches(facts.outputs[*boxes].shape, {1, count, 4}))
        return std::nullopt;
    manifest->input.fit = image::Fit::stretch;
    manifest->input.mean = {127, 127, 127};
    manifest->input.scale = {1 / 128.0F, 1 / 128.0F, 1 / 128.0F};
    manifest->labels = *model::label_set("face");
    return manifest;
}

}  // namespace
}  // namespace ultraface

const FamilyInfo kUltraface{.name = "ultraface",
                            .task = Task::face,
                            .summary = "UltraFace detectors, decoding in the graph or not",
                            .parameters = ultraface::kParameters,
                            .create = ultraface::create,
                            .recognise = ultraface::recognise};

}  // namespace facet::expert
