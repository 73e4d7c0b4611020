#include "expert/model_expert.h"

#include <algorithm>
#include <cmath>

#include "config/options.h"
#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

Result<Selection> make_selection(const ExpertOptions& options, std::span<const std::string> labels, std::string_view owner) {
    Selection selection;
    selection.threshold = options.threshold;
    selection.iou_max = options.nms_iou;
    selection.suppress_by = options.nms_class_agnostic ? SuppressBy::position : SuppressBy::label;
    selection.count_max = options.detections_max;
    if (options.labels.empty()) return selection;
    selection.wanted.assign(labels.size(), 0);
    for (const std::string& wanted : options.labels) {
        const auto found = std::find(labels.begin(), labels.end(), wanted);
        if (found == labels.end()) {
            const std::vector<std::string_view> known(labels.begin(), labels.end());
            return fail(config::unknown_name(owner, "label", wanted, known));
        }
        selection.wanted[static_cast<std::size_t>(found - labels.begin())] = 1;
    }
    return selection;
}

void suppress(std::vector<Candidate>& candidates, const Selection& selection) {
    for (Candidate& candidate : candidates) candidate.score = std::min(candidate.score, 1.0F);
    facet::suppress(candidates, selection.iou_max, selection.suppress_by, selection.count_max);
}

Result<ModelExpertParts> make_parts(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                    const ExpertOptions& options, std::size_t label_count) {
    if (facts.inputs.size() != 1)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} inputs, but family {} expects 1",
                    manifest.name, facts.inputs.size(), manifest.family);
    const backend::Port& input = facts.inputs[0];
    if (input.type != manifest.input.type || !matches(input.shape, manifest.input.shape()))
        return fail(ErrorCode::invalid_argument, "model '{}': input '{}' is {}{}, but the manifest says {}", manifest.name,
                    input.name, name(input.type), to_string(input.shape), model::to_string(manifest.input));
    if (label_count > kLabelsMax)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} classes, expected at most {}", manifest.name,
                    label_count, kLabelsMax);
    ModelExpertParts parts{manifest, {}};
    auto& labels = parts.manifest.labels;
    if (labels.empty()) labels = model::numbered_labels(label_count);
    if (label_count != 0 && labels.size() != label_count)
        return fail(ErrorCode::invalid_argument, "model '{}': the manifest has {} labels, but the graph has {} classes",
                    manifest.name, labels.size(), label_count);
    FACET_TRY(parts.selection, make_selection(options, labels, fmt::format("model '{}'", manifest.name)));
    return parts;
}

image::TensorSpec fitted_input(const model::Manifest& manifest, Size picture) {
    image::TensorSpec spec = manifest.input;
    if (!manifest.follows_aspect || picture.width <= 0 || picture.height <= 0) return spec;
    const double scale = std::min(static_cast<double>(spec.size.width) / picture.width,
                                  static_cast<double>(spec.size.height) / picture.height);
    const auto cut = [&](int side, int side_max) {
        // Rounded up: a side that were a fraction of a pixel short would become the one that sets the scale.
        const auto content = std::max(1L, static_cast<long>(std::ceil(side * scale - 1e-9)));
        const long stride = manifest.stride;
        return static_cast<int>(std::min<long>((content + stride - 1) / stride * stride, side_max));
    };
    spec.size = {cut(picture.width, spec.size.width), cut(picture.height, spec.size.height)};
    return spec;
}

std::optional<model::Manifest> recognise_input(const backend::ModelFacts& facts, std::string_view family,
                                               image::Layout layout) {
    if (facts.inputs.size() != 1 || facts.inputs[0].type != ElementType::f32) return std::nullopt;
    const Shape& shape = facts.inputs[0].shape;
    const bool is_nchw = layout == image::Layout::nchw;
    if (shape.size() != 4 || shape[is_nchw ? 1 : 3] != 3) return std::nullopt;
    const auto height = shape[is_nchw ? 2 : 1];
    const auto width = shape[is_nchw ? 3 : 2];
    if (width <= 0 || height <= 0 || width > 16384 || height > 16384) return std::nullopt;
    model::Manifest manifest;
    manifest.name = family;
    manifest.family = family;
    manifest.input.layout = layout;
    manifest.input.size = {static_cast<int>(width), static_cast<int>(height)};
    return manifest;
}

}  // namespace facet::expert
