#include "expert/yolox/yolox.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace yolox {

namespace {
constexpr std::array kStrides{8, 16, 32};
constexpr std::size_t kFixed = 5;  // cx, cy, w, h, objectness
constexpr std::array<std::string_view, 1> kParameters{"decoded"};
}  // namespace

std::int64_t row_count(Size tensor) {
    std::int64_t rows = 0;
    for (const int stride : kStrides) rows += std::int64_t{tensor.width / stride} * (tensor.height / stride);
    return rows;
}

std::vector<Candidate> decode(std::span<const float> rows, Size tensor, std::size_t classes, bool decoded,
                              const Selection& selection) {
    std::vector<Candidate> candidates;
    const std::size_t width = kFixed + classes;
    const float* row = rows.data();
    for (const int stride : kStrides) {
        for (int cell_y = 0; cell_y < tensor.height / stride; ++cell_y) {
            for (int cell_x = 0; cell_x < tensor.width / stride; ++cell_x, row += width) {
                const float objectness = row[4];
                if (objectness < selection.threshold) continue;  // class scores are at most 1
                const float* best = std::max_element(row + kFixed, row + width);
                const float score = objectness * *best;
                const int label = static_cast<int>(best - (row + kFixed));
                if (score < selection.threshold || !selection.keeps(label)) continue;
                const auto unit = static_cast<float>(stride);
                const float centre_x = decoded ? row[0] : (row[0] + static_cast<float>(cell_x)) * unit;
                const float centre_y = decoded ? row[1] : (row[1] + static_cast<float>(cell_y)) * unit;
                const float box_width = decoded ? row[2] : std::exp(row[2]) * unit;
                const float box_height = decoded ? row[3] : std::exp(row[3]) * unit;
                candidates.push_back(
                    {.box = {centre_x - box_width / 2, centre_y - box_height / 2, box_width, box_height},
                     .score = score,
                     .label = label,
                     .index = static_cast<std::uint32_t>((row - rows.data()) / static_cast<std::ptrdiff_t>(width))});
            }
        }
    }
    return candidates;
}

namespace {

class Yolox final : public ModelExpert {
public:
    Yolox(ModelExpertParts parts, OutputSpec output, bool decoded)
        : ModelExpert(std::move(parts)), output_(std::move(output)), decoded_(decoded) {}

    Task task() const override { return Task::detect; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        const Size tensor = context.placement.tensor;
        OutputSpec expected = output_;
        expected.shape[1] = row_count(tensor);
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto rows, read_output(outputs, expected));
        auto candidates = yolox::decode(rows, tensor, labels().size(), decoded_, selection());
        suppress(candidates, selection());
        return to_detections(candidates, context.placement);
    }

private:
    OutputSpec output_;
    bool decoded_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    const Shape any{1, row_count(manifest.input.size), -1};
    FACET_TRY(auto output, expect_only_output(manifest, facts, any));
    const std::int64_t width = facts.outputs[0].shape[2];
    if (width <= static_cast<std::int64_t>(kFixed))
        return fail(ErrorCode::invalid_argument,
                    "model '{}': output '{}' has rows of {} values, but family yolox expects 5 + classes", manifest.name,
                    output.name, width);
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(width) - kFixed));
    const auto decoded = model::parameter(manifest, "decoded", "false");
    if (decoded != "true" && decoded != "false")
        return fail(ErrorCode::invalid_argument, "model '{}': parameter decoded is '{}', expected true or false",
                    manifest.name, decoded);
    output.shape[2] = width;
    return std::make_unique<Yolox>(std::move(parts), std::move(output), decoded == "true");
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kYolox.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 1) return std::nullopt;
    const Shape& shape = facts.outputs[0].shape;
    if (shape.size() != 3 || shape[1] != row_count(manifest->input.size) || shape[2] <= static_cast<std::int64_t>(kFixed))
        return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->follows_aspect = true;
    manifest->stride = kStrides.back();
    if (shape[2] == 85) manifest->labels = *model::label_set("coco80");
    return manifest;
}

}  // namespace
}  // namespace yolox

const FamilyInfo kYolox{.name = "yolox",
                        .task = Task::detect,
                        .summary = "YOLOX detectors, strides 8, 16, 32",
                        .parameters = yolox::kParameters,
                        .create = yolox::create,
                        .recognise = yolox::recognise};

}  // namespace facet::expert
