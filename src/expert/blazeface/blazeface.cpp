#include "expert/blazeface/blazeface.h"

#include <cmath>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace blazeface {

namespace {

constexpr std::size_t kValues = 16;  // box 4, landmarks 6 * 2

struct AnchorGrid {
    int stride;
    int anchors_per_cell;
};
constexpr std::array kGrids{AnchorGrid{8, 2}, AnchorGrid{16, 6}};

float sigmoid(float logit) { return 1 / (1 + std::exp(-logit)); }

}  // namespace

std::vector<Point> anchors(Size tensor) {
    std::vector<Point> centres;
    for (const AnchorGrid& grid : kGrids)
        for (int y = 0; y < tensor.height / grid.stride; ++y)
            for (int x = 0; x < tensor.width / grid.stride; ++x)
                centres.insert(centres.end(), static_cast<std::size_t>(grid.anchors_per_cell),
                               {(static_cast<float>(x) + 0.5F) * static_cast<float>(grid.stride),
                                (static_cast<float>(y) + 0.5F) * static_cast<float>(grid.stride)});
    return centres;
}

std::vector<Candidate> decode(std::span<const float> regressors, std::span<const float> logits,
                              std::span<const Point> centres, const Selection& selection) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < centres.size(); ++i) {
        const float score = sigmoid(logits[i]);
        if (score < selection.threshold || !selection.keeps(0)) continue;
        const float* row = regressors.data() + kValues * i;
        const float width = std::max(0.0F, row[2]);
        const float height = std::max(0.0F, row[3]);
        candidates.push_back({.box = {centres[i].x + row[0] - width / 2, centres[i].y + row[1] - height / 2, width, height},
                              .score = score,
                              .label = 0,
                              .index = static_cast<std::uint32_t>(i)});
    }
    return candidates;
}

std::array<Point, 6> decode_landmarks(std::span<const float> regressors, Point anchor, std::size_t index) {
    std::array<Point, 6> landmarks;
    for (std::size_t k = 0; k < landmarks.size(); ++k) {
        const float* offset = regressors.data() + kValues * index + 4 + 2 * k;
        landmarks[k] = {anchor.x + offset[0], anchor.y + offset[1]};
    }
    return landmarks;
}

namespace {

class Blazeface final : public ModelExpert {
public:
    Blazeface(ModelExpertParts parts, OutputSpec regressors, OutputSpec logits, std::vector<Point> centres)
        : ModelExpert(std::move(parts)),
          regressors_(std::move(regressors)),
          logits_(std::move(logits)),
          anchors_(std::move(centres)) {}

    Task task() const override { return Task::face; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 2));
        FACET_TRY(const auto regressors, read_output(outputs, regressors_));
        FACET_TRY(const auto logits, read_output(outputs, logits_));
        auto candidates = blazeface::decode(regressors, logits, anchors_, selection());
        suppress(candidates, selection());
        return to_detections(candidates, context.placement, [&](Detection& detection, const Candidate& candidate) {
            for (const Point point : decode_landmarks(regressors, anchors_[candidate.index], candidate.index))
                detection.keypoints.push_back({context.placement.to_picture(point.x, point.y), candidate.score});
        });
    }

private:
    OutputSpec regressors_;
    OutputSpec logits_;
    std::vector<Point> anchors_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    auto centres = anchors(manifest.input.size);
    const auto count = static_cast<std::int64_t>(centres.size());
    if (facts.outputs.size() != 2)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family blazeface expects 2",
                    manifest.name, facts.outputs.size());
    FACET_TRY(auto regressors, expect_output(manifest, facts, "regressors", {1, count, static_cast<std::int64_t>(kValues)}));
    FACET_TRY(auto logits, expect_output(manifest, facts, "classificators", {1, count, 1}));
    FACET_TRY(auto parts, make_parts(manifest, facts, options, 1));
    return std::make_unique<Blazeface>(std::move(parts), std::move(regressors), std::move(logits), std::move(centres));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kBlazeface.name, image::Layout::nhwc);
    if (!manifest || !find_output(facts, "regressors") || !find_output(facts, "classificators")) return std::nullopt;
    manifest->input.fit = image::Fit::letterbox_centred;
    manifest->input.pad = 0;
    manifest->input.mean = {127.5F, 127.5F, 127.5F};
    manifest->input.scale = {1 / 127.5F, 1 / 127.5F, 1 / 127.5F};
    manifest->labels = *model::label_set("face");
    return manifest;
}

}  // namespace
}  // namespace blazeface

const FamilyInfo kBlazeface{.name = "blazeface",
                            .task = Task::face,
                            .summary = "MediaPipe's short-range faces with six landmarks",
                            .create = blazeface::create,
                            .recognise = blazeface::recognise};

}  // namespace facet::expert
