#include "expert/nanodet/nanodet.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace nanodet {

namespace {

constexpr std::array kStrides{8, 16, 32};

std::int64_t cell_count(Size tensor, int stride) { return std::int64_t{tensor.width / stride} * (tensor.height / stride); }

/// Expectation of a distribution given by logits over 0, 1, 2 ...
float expectation(std::span<const float> logits) {
    const float largest = *std::max_element(logits.begin(), logits.end());
    float sum = 0;
    float weighted = 0;
    for (std::size_t bin = 0; bin < logits.size(); ++bin) {
        const float weight = std::exp(logits[bin] - largest);
        sum += weight;
        weighted += weight * static_cast<float>(bin);
    }
    return weighted / sum;
}

}  // namespace

void decode(const Level& level, const Selection& selection, std::vector<Candidate>& candidates) {
    const auto stride = static_cast<float>(level.stride);
    const std::size_t cells = level.classes.size() / level.class_count;
    for (std::size_t cell = 0; cell < cells; ++cell) {
        const auto scores = level.classes.subspan(cell * level.class_count, level.class_count);
        const auto best = std::max_element(scores.begin(), scores.end());
        const int label = static_cast<int>(best - scores.begin());
        if (*best < selection.threshold || !selection.keeps(label)) continue;
        std::array<float, 4> distance{};
        for (std::size_t side = 0; side < distance.size(); ++side)
            distance[side] = expectation(level.sides.subspan((cell * 4 + side) * level.bins, level.bins)) * stride;
        const auto columns = static_cast<std::size_t>(level.cells_x);
        const float x = (static_cast<float>(cell % columns) + 0.5F) * stride;
        const float y = (static_cast<float>(cell / columns) + 0.5F) * stride;
        candidates.push_back({.box = Box::from_corners(x - distance[0], y - distance[1], x + distance[2], y + distance[3]),
                              .score = *best,
                              .label = label,
                              .index = static_cast<std::uint32_t>(cell)});
    }
}

namespace {

struct LevelOutputs {
    OutputSpec classes;
    OutputSpec sides;
};
using AllOutputs = std::array<LevelOutputs, kStrides.size()>;

class Nanodet final : public ModelExpert {
public:
    Nanodet(ModelExpertParts parts, AllOutputs outputs) : ModelExpert(std::move(parts)), outputs_(std::move(outputs)) {}

    Task task() const override { return Task::detect; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        const Size tensor = context.placement.tensor;
        FACET_CHECK(check_count(outputs, 2 * kStrides.size()));
        std::vector<Candidate> candidates;
        for (std::size_t i = 0; i < kStrides.size(); ++i) {
            LevelOutputs expected = outputs_[i];
            expected.classes.shape[1] = expected.sides.shape[1] = cell_count(tensor, kStrides[i]);
            FACET_TRY(const auto classes, read_output(outputs, expected.classes));
            FACET_TRY(const auto sides, read_output(outputs, expected.sides));
            nanodet::decode({.classes = classes,
                             .sides = sides,
                             .stride = kStrides[i],
                             .cells_x = tensor.width / kStrides[i],
                             .class_count = labels().size(),
                             .bins = static_cast<std::size_t>(expected.sides.shape[2] / 4)},
                            selection(), candidates);
        }
        suppress(candidates, selection());
        return to_detections(candidates, context.placement);
    }

private:
    AllOutputs outputs_;
};

std::string classes_name(int stride) { return fmt::format("cls_pred_stride_{}", stride); }
std::string sides_name(int stride) { return fmt::format("dis_pred_stride_{}", stride); }

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    if (facts.outputs.size() != 2 * kStrides.size())
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family nanodet expects {}",
                    manifest.name, facts.outputs.size(), 2 * kStrides.size());
    AllOutputs outputs;
    std::int64_t class_count = -1;
    for (std::size_t i = 0; i < kStrides.size(); ++i) {
        const std::int64_t cells = cell_count(manifest.input.size, kStrides[i]);
        FACET_TRY(outputs[i].classes, expect_output(manifest, facts, classes_name(kStrides[i]), {1, cells, class_count}));
        FACET_TRY(outputs[i].sides, expect_output(manifest, facts, sides_name(kStrides[i]), {1, cells, -1}));
        class_count = outputs[i].classes.shape[2] = facts.outputs[outputs[i].classes.index].shape[2];
        const std::int64_t sides = outputs[i].sides.shape[2] = facts.outputs[outputs[i].sides.index].shape[2];
        if (class_count <= 0 || sides <= 0 || sides % 4 != 0)
            return fail(
                ErrorCode::invalid_argument,
                "model '{}': outputs of stride {} have {} classes and {} side values, expected > 0 and a multiple of 4",
                manifest.name, kStrides[i], class_count, sides);
    }
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(class_count)));
    return std::make_unique<Nanodet>(std::move(parts), std::move(outputs));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kNanodet.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 2 * kStrides.size()) return std::nullopt;
    for (const int stride : kStrides)
        if (!find_output(facts, classes_name(stride)) || !find_output(facts, sides_name(stride))) return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->input.mean = {103.53F, 116.28F, 123.675F};
    manifest->input.scale = {1 / 57.375F, 1 / 57.12F, 1 / 58.395F};
    const Shape& classes = facts.outputs[*find_output(facts, classes_name(kStrides[0]))].shape;
    if (classes.size() == 3 && classes[2] == 80) manifest->labels = *model::label_set("coco80");
    return manifest;
}

}  // namespace
}  // namespace nanodet

const FamilyInfo kNanodet{.name = "nanodet",
                          .task = Task::detect,
                          .summary = "NanoDet-m detectors, strides 8, 16, 32",
                          .create = nanodet::create,
                          .recognise = nanodet::recognise};

}  // namespace facet::expert
