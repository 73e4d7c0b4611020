// The family plate: where licence plates are.
#include <algorithm>

#include "expert/outputs.h"
#include "expert/plate/plate.h"
#include "model/label_set.h"

namespace facet::expert {

namespace plate {

namespace {

constexpr std::size_t kValues = 15;
constexpr std::size_t kObjectness = 4;
constexpr std::size_t kCorners = 5;
constexpr std::size_t kOneRow = 13;
constexpr std::size_t kTwoRows = 14;
constexpr std::array kStrides{8, 16, 32};
constexpr std::int64_t kAnchorsPerCell = 3;

std::int64_t row_count(Size tensor) {
    std::int64_t rows = 0;
    for (const int stride : kStrides) rows += kAnchorsPerCell * (tensor.width / stride) * (tensor.height / stride);
    return rows;
}

}  // namespace

std::vector<Candidate> decode(std::span<const float> rows, const Selection& selection) {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < rows.size() / kValues; ++i) {
        const float* row = rows.data() + kValues * i;
        if (row[kObjectness] < selection.threshold) continue;
        const int label = row[kTwoRows] > row[kOneRow] ? 1 : 0;
        const float score = row[kObjectness] * std::max(row[kOneRow], row[kTwoRows]);
        if (score < selection.threshold || !selection.keeps(label)) continue;
        const float width = std::max(0.0F, row[2]);
        const float height = std::max(0.0F, row[3]);
        candidates.push_back({.box = {row[0] - width / 2, row[1] - height / 2, width, height},
                              .score = score,
                              .label = label,
                              .index = static_cast<std::uint32_t>(i)});
    }
    return candidates;
}

std::array<Point, 4> decode_corners(std::span<const float> rows, std::size_t index) {
    std::array<Point, 4> corners;
    for (std::size_t k = 0; k < corners.size(); ++k) {
        const float* corner = rows.data() + kValues * index + kCorners + 2 * k;
        corners[k] = {corner[0], corner[1]};
    }
    return corners;
}

namespace {

class Plate final : public ModelExpert {
public:
    Plate(ModelExpertParts parts, OutputSpec output) : ModelExpert(std::move(parts)), output_(std::move(output)) {}

    Task task() const override { return Task::plate; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto rows, read_output(outputs, output_));
        auto candidates = plate::decode(rows, selection());
        suppress(candidates, selection());
        return to_detections(candidates, context.placement, [&](Detection& detection, const Candidate& candidate) {
            for (const Point corner : decode_corners(rows, candidate.index))
                detection.keypoints.push_back({context.placement.to_picture(corner.x, corner.y), candidate.score});
        });
    }

private:
    OutputSpec output_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    const Shape shape{1, row_count(manifest.input.size), static_cast<std::int64_t>(kValues)};
    FACET_TRY(auto output, expect_only_output(manifest, facts, shape));
    FACET_TRY(auto parts, make_parts(manifest, facts, options, 2));
    return std::make_unique<Plate>(std::move(parts), std::move(output));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kPlate.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 1) return std::nullopt;
    if (!matches(facts.outputs[0].shape, {1, row_count(manifest->input.size), static_cast<std::int64_t>(kValues)}))
        return std::nullopt;
    manifest->input.fit = image::Fit::letterbox_centred;
    manifest->input.pad = 0;
    manifest->input.scale = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
    manifest->labels = *model::label_set("plate");
    return manifest;
}

}  // namespace
}  // namespace plate

const FamilyInfo kPlate{.name = "plate",
                        .task = Task::plate,
                        .summary = "licence plates with four corners (y5fu)",
                        .create = plate::create,
                        .recognise = plate::recognise};

}  // namespace facet::expert
