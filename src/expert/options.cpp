#include "expert/options.h"

#include <algorithm>
#include <filesystem>

namespace facet::expert {

namespace {

using config::OptionType;

constexpr config::OptionRow kExpertOptions[] = {
    {.key = "name",
     .required = true,
     .change = config::OptionChange::live,
     .help = "the expert's name in cameras, rules and results"},
    {.key = "model",
     .required = true,
     .change = config::OptionChange::live,
     .help = "a name of the catalogue, a path of a model file, or motion"},
    {.key = "labels",
     .type = OptionType::texts,
     .change = config::OptionChange::live,
     .help = "classes that are kept; none = all"},
    {.key = "threshold",
     .type = OptionType::number,
     .fallback = "0.3",
     .minimum = 0,
     .maximum = 1,
     .change = config::OptionChange::live,
     .help = "least score of a detection"},
    {.key = "nms",
     .type = OptionType::number,
     .fallback = "0.5",
     .minimum = 0,
     .maximum = 1,
     .change = config::OptionChange::live,
     .help = "largest overlap (IoU) that two kept detections may have"},
    {.key = "nms_by",
     .type = OptionType::choice,
     .fallback = "label",
     .choices = "label|position",
     .change = config::OptionChange::live,
     .help = "whether only detections of one label suppress each other, or all"},
    {.key = "detections_max",
     .type = OptionType::integer,
     .fallback = "300",
     .minimum = 1,
     .maximum = 10000,
     .change = config::OptionChange::live,
     .help = "at most so many detections a frame, the highest scores first"},
    {.key = "precision",
     .type = OptionType::choice,
     .fallback = "auto",
     .choices = "auto|f32|bf16|f16",
     .change = config::OptionChange::live,
     .help = "of the arithmetic; auto = the fastest here, by measuring"},
    {.key = "every",
     .type = OptionType::integer,
     .fallback = "1",
     .minimum = 1,
     .maximum = 10000,
     .unit = "frames",
     .change = config::OptionChange::live,
     .help = "runs on every n-th frame"},
    {.key = "group",
     .change = config::OptionChange::live,
     .help = "detecting experts of one group are fused into one stream of objects; none = a group of its own"},
    {.key = "weight",
     .type = OptionType::number,
     .fallback = "1",
     .minimum = 0.001,
     .maximum = 1000,
     .change = config::OptionChange::live,
     .help = "how much its boxes count where a group is fused"},
    {.key = "of",
     .change = config::OptionChange::live,
     .help = "cascade: runs on the boxes of this expert instead of whole frames"},
    {.key = "of_labels",
     .type = OptionType::texts,
     .change = config::OptionChange::live,
     .help = "cascade: only on boxes of these labels; none = all"},
    {.key = "margin",
     .type = OptionType::number,
     .fallback = "0",
     .minimum = 0,
     .maximum = 2,
     .unit = "of the box",
     .change = config::OptionChange::live,
     .help = "cascade: the crop is larger than the box by this share on each side"},
    {.key = "crops_max",
     .type = OptionType::integer,
     .fallback = "16",
     .minimum = 1,
     .maximum = 1000,
     .change = config::OptionChange::live,
     .help = "cascade: at most so many crops a frame, the highest scores first"},
};

/// A model that is written as a relative path lies relative to the config's folder, as all paths do.
std::string resolve_model(const std::string& model, const config::Node& node) {
    const std::filesystem::path path(model);
    const bool is_path = model.find('/') != std::string::npos || model.ends_with(".onnx");
    if (!is_path || path.is_absolute() || node.file.empty()) return model;
    return (std::filesystem::path(node.file).parent_path() / path).string();
}

}  // namespace

std::span<const config::OptionRow> expert_options() { return kExpertOptions; }

Result<ExpertConfig> read_expert(const config::Node& node) {
    const config::Node* given = node.find("name");
    const std::string owner = given && !given->scalar.empty() ? fmt::format("expert '{}'", given->scalar) : "expert";
    FACET_TRY(const auto values, config::Values::read(kExpertOptions, node, owner));
    ExpertConfig expert;
    expert.name = values.text("name");
    if (expert.name.empty()) return fail(ErrorCode::invalid_argument, "{}: an expert has an empty name", node.place());
    expert.model = resolve_model(values.text("model"), node);
    if (expert.model.empty()) return fail(ErrorCode::invalid_argument, "{}: {}: model is empty", node.place(), owner);
    expert.options.threshold = static_cast<float>(values.number("threshold"));
    expert.options.nms_iou = static_cast<float>(values.number("nms"));
    expert.options.nms_class_agnostic = values.text("nms_by") == "position";
    expert.options.detections_max = static_cast<std::size_t>(values.integer("detections_max"));
    expert.options.labels = values.texts("labels");
    FACET_TRY(expert.precision, backend::parse_precision(values.text("precision")));
    expert.every = static_cast<int>(values.integer("every"));
    expert.group = values.text("group");
    expert.weight = static_cast<float>(values.number("weight"));
    expert.of = values.text("of");
    expert.of_labels = values.texts("of_labels");
    expert.margin = static_cast<float>(values.number("margin"));
    expert.crops_max = static_cast<int>(values.integer("crops_max"));
    return expert;
}

}  // namespace facet::expert
