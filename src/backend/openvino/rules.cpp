#include "backend/openvino/rules.h"

#include <algorithm>
#include <array>
#include <map>

#include "backend/openvino/operators.h"
#include "base/text.h"
#include "wrap/onnx/check.h"

namespace facet::backend {

namespace {

/// The constants that a node sees: initializers and Constant nodes of its graph and of those around it.
class Constants {
public:
    Constants(const onnx::Graph& graph, const Constants* outer) : outer_(outer) {
        for (const onnx::TensorData& tensor : graph.initializers) known_.emplace(tensor.name, &tensor);
        for (const onnx::Node& node : graph.nodes) {
            if (node.op != "Constant" || node.outputs.empty()) continue;
            const onnx::Attribute* value = node.find("value");
            known_.emplace(node.outputs[0], value && value->tensor ? value->tensor.get() : nullptr);
        }
    }

    /// True for left-out inputs too: they do not vary from run to run.
    bool fixed(std::string_view name) const {
        return name.empty() || known_.contains(name) || (outer_ && outer_->fixed(name));
    }
    const onnx::TensorData* tensor(std::string_view name) const {
        const auto found = known_.find(name);
        if (found != known_.end()) return found->second;
        return outer_ ? outer_->tensor(name) : nullptr;
    }

private:
    const Constants* outer_;
    std::map<std::string_view, const onnx::TensorData*> known_;
};

struct Place {
    const onnx::Node& node;
    const Constants& constants;
    std::int64_t opset;

    bool fixed(std::size_t input) const { return constants.fixed(node.input(input)); }
    bool has(std::size_t input) const { return !node.input(input).empty(); }
    bool is_set(std::string_view attribute) const { return node.integer(attribute, 0) != 0; }
    std::string_view text(std::string_view attribute, std::string_view otherwise) const {
        return node.text(attribute, otherwise);
    }
    bool any(std::string_view attribute, std::int64_t usual) const {
        const auto values = node.integers(attribute);
        return std::any_of(values.begin(), values.end(), [&](std::int64_t value) { return value != usual; });
    }
};

// --- Refused ---------------------------------------------------------------------------------------------------------

struct Rule {
    Refusal refusal;
    bool (*matches)(const Place&);
};

bool always(const Place&) { return true; }
/// Up to opset 6, the second operand may be laid along any axis.
bool broadcasts_along_axis(const Place& at) { return at.opset < 7 && at.node.find("axis"); }

constexpr std::string_view kDifferent = "OpenVINO gives other numbers than ONNX defines";
constexpr std::string_view kRandom = "its output is random, and the same input must give the same result";
constexpr std::string_view kUnbounded = "its run time is bounded by data only";

constexpr auto kRules = std::to_array<Rule>({
    {{"RoiAlign", "mode=max", kDifferent}, [](const Place& at) { return at.text("mode", "avg") == "max"; }},
    {{"AveragePool", "ceil_mode=1 with count_include_pad=1 and pads", kDifferent},
     [](const Place& at) { return at.is_set("ceil_mode") && at.is_set("count_include_pad") && at.any("pads", 0); }},
    {{"LpPool", "ceil_mode=1", kDifferent}, [](const Place& at) { return at.is_set("ceil_mode"); }},
    {{"ConvTranspose", "output_shape with dilations", kDifferent},
     [](const Place& at) { return at.node.find("output_shape") && at.any("dilations", 1); }},
    {{"ConvTranspose", "output_shape with auto_pad=SAME_LOWER", kDifferent},
     [](const Place& at) { return at.node.find("output_shape") && at.text("auto_pad", "") == "SAME_LOWER"; }},
    {{"LSTM", "peephole weights (input P)", kDifferent}, [](const Place& at) { return at.has(7); }},
    {{"LSTM", "layout=1", kDifferent}, [](const Place& at) { return at.is_set("layout"); }},
    {{"GRU", "layout=1", kDifferent}, [](const Place& at) { return at.is_set("layout"); }},
    {{"RNN", "layout=1", kDifferent}, [](const Place& at) { return at.is_set("layout"); }},
    {{"BitShift", "direction=LEFT", kDifferent}, [](const Place& at) { return at.text("direction", "") == "LEFT"; }},
    {{"Add", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"Sub", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"Mul", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"Div", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"Pow", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"PRelu", "broadcast with axis", kDifferent}, &broadcasts_along_axis},
    {{"BatchNormalization", "spatial=0", "statistics per element are not supported"},
     [](const Place& at) { return at.opset < 9 && at.node.integer("spatial", 1) == 0; }},
    {{"Dropout", "training_mode", kRandom}, [](const Place& at) { return at.has(2) && !at.fixed(2); }},
    {{"DFT", "", kDifferent}, always},
    {{"STFT", "", kDifferent}, always},
    {{"Bernoulli", "", kRandom}, always},
    {{"Multinomial", "", kRandom}, always},
    {{"RandomNormal", "", kRandom}, always},
    {{"RandomNormalLike", "", kRandom}, always},
    {{"RandomUniform", "", kRandom}, always},
    {{"RandomUniformLike", "", kRandom}, always},
    {{"Loop", "", kUnbounded}, always},
    {{"Scan", "", kUnbounded}, always},
});

// --- Translated by us ------------------------------------------------------------------------------------------------

struct OwnRule {
    std::string_view op;
    bool (*matches)(const Place&);
};

bool reduces_by_runtime_axes(const Place& at) { return at.has(1) && !at.fixed(1) && at.node.integer("keepdims", 1) == 0; }

/// OpenVINO's form of these from opset 13 takes the axes from an input; up to 17 they are an attribute.
bool reduces_by_attribute(const Place& at) {
    return reduces_by_runtime_axes(at) || (at.opset >= 13 && at.opset < 18 && at.node.find("axes"));
}

bool resizes_otherwise(const Place& at) {
    const std::string_view transform = at.text("coordinate_transformation_mode", "half_pixel");
    const bool interpolates = at.text("mode", "nearest") != "nearest";
    return at.is_set("antialias") || at.is_set("exclude_outside") || transform == "tf_crop_and_resize" ||
           transform == "half_pixel_symmetric" || at.text("keep_aspect_ratio_policy", "stretch") != "stretch" ||
           (transform == "align_corners" && interpolates && at.has(2) && !at.has(3));
}

constexpr auto kOwnRules = std::to_array<OwnRule>({
    {"Resize", &resizes_otherwise},
    {"Upsample", [](const Place& at) { return at.text("mode", "nearest") == "nearest"; }},
    {"Softmax", [](const Place& at) { return at.opset == 11 || at.opset == 12; }},
    {"Unsqueeze", [](const Place& at) { return at.opset >= 13 && !at.fixed(1); }},
    {"Tile", [](const Place& at) { return !at.fixed(1); }},
    {"Pad",
     [](const Place& at) { return at.text("mode", "constant") == "wrap" || (!at.fixed(2) && at.fixed(1) && at.fixed(3)); }},
    {"MaxPool", [](const Place& at) { return at.is_set("storage_order"); }},
    {"DynamicQuantizeLinear", [](const Place&) { return true; }},
    {"QuantizeLinear", [](const Place& at) { return !at.fixed(1); }},
    {"Range", [](const Place& at) { return !at.fixed(2); }},
    {"ReduceL1", &reduces_by_attribute},
    {"ReduceLogSum", &reduces_by_attribute},
    {"ReduceLogSumExp", &reduces_by_attribute},
    {"ReduceL2", &reduces_by_runtime_axes},
    {"ReduceMax", &reduces_by_runtime_axes},
    {"ReduceMean", &reduces_by_runtime_axes},
    {"ReduceMin", &reduces_by_runtime_axes},
    {"ReduceProd", &reduces_by_runtime_axes},
    {"ReduceSum", &reduces_by_runtime_axes},
    {"ReduceSumSquare", &reduces_by_runtime_axes},
});

// --- Numbers that no network has -------------------------------------------------------------------------------------

struct Range {
    std::string_view attribute;
    std::int64_t low;
    std::int64_t high;
};
constexpr std::int64_t kLengthMax = std::int64_t{1} << 24;
constexpr auto kRanges = std::to_array<Range>({
    {"strides", 1, kLengthMax},
    {"dilations", 1, kLengthMax},
    {"kernel_shape", 1, kLengthMax},
    {"pads", -kLengthMax, kLengthMax},
    {"output_padding", 0, kLengthMax},
    {"output_shape", 0, kLengthMax},
    {"group", 1, kLengthMax},
    {"blocksize", 1, 1 << 12},
    {"axis", -static_cast<std::int64_t>(onnx::kRankMax), onnx::kRankMax},
    {"axes", -static_cast<std::int64_t>(onnx::kRankMax), onnx::kRankMax},
    {"num_outputs", 1, 1 << 16},
    {"hidden_size", 1, kLengthMax},
    {"output_height", 1, kLengthMax},
    {"output_width", 1, kLengthMax},
    {"size", 1, kLengthMax},
    {"num_groups", 1, kLengthMax},
});

Status check_ranges(const onnx::Node& node) {
    for (const onnx::Attribute& attribute : node.attributes) {
        const auto range =
            std::find_if(kRanges.begin(), kRanges.end(), [&](const Range& r) { return r.attribute == attribute.name; });
        if (range == kRanges.end()) continue;
        std::vector<std::int64_t> values = attribute.integers;
        if (attribute.kind == onnx::Attribute::Kind::integer) values.push_back(attribute.integer);
        for (const std::int64_t value : values)
            if (value < range->low || value > range->high)
                return fail(ErrorCode::corrupt, "{}: {} is {}, expected {} to {}", node.describe(), attribute.name, value,
                            range->low, range->high);
    }
    return {};
}

/// Inputs whose constant integers say how large a tensor becomes.
struct Sizer {
    std::string_view op;
    std::size_t input;
};
constexpr auto kSizers = std::to_array<Sizer>({{"ConstantOfShape", 0},
                                               {"Expand", 1},
                                               {"Reshape", 1},
                                               {"Tile", 1},
                                               {"Resize", 3},
                                               {"Pad", 1},
                                               {"OneHot", 1},
                                               {"TopK", 1}});

Status check_sizes(const Place& at) {
    for (const Sizer& sizer : kSizers) {
        if (sizer.op != at.node.op) continue;
        const onnx::TensorData* tensor = at.constants.tensor(at.node.input(sizer.input));
        if (!tensor) continue;
        std::int64_t elements = 1;
        for (const std::int64_t value : onnx::integers(*tensor))
            if (value > 0 && (__builtin_mul_overflow(elements, value, &elements) || elements > onnx::kElementsMax))
                return fail(ErrorCode::resource_exhausted, "{}: '{}' asks for more than {} elements", at.node.describe(),
                            at.node.input(sizer.input), onnx::kElementsMax);
    }
    return {};
}

Status check_counts(const onnx::Node& node, const Operator& known) {
    const auto within = [](std::size_t count, int low, int high) {
        return count >= static_cast<std::size_t>(low) && count <= static_cast<std::size_t>(high);
    };
    if (!within(node.inputs.size(), known.inputs_min, known.inputs_max))
        return fail(ErrorCode::corrupt, "{} has {} inputs, expected {} to {}", node.describe(), node.inputs.size(),
                    known.inputs_min, known.inputs_max);
    if (!within(node.outputs.size(), known.outputs_min, known.outputs_max))
        return fail(ErrorCode::corrupt, "{} has {} outputs, expected {} to {}", node.describe(), node.outputs.size(),
                    known.outputs_min, known.outputs_max);
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
        if (node.inputs[i].empty() && i < 32 && (known.needed >> i & 1U) != 0)
            return fail(ErrorCode::corrupt, "{} leaves out input {}, which it needs", node.describe(), i);
    return {};
}

Status check_operator(const Place& at) {
    const onnx::Node& node = at.node;
    if (operators(node.domain).empty())
        return fail(ErrorCode::unsupported, "{}: domain '{}' is unknown", node.describe(), node.domain);
    const Operator* known = find_operator(node.domain, node.op, at.opset);
    if (!known) {
        std::vector<std::string_view> names;
        for (const Operator& other : operators(node.domain)) names.push_back(other.name);
        const auto nearest = nearest_name(node.op, names);
        return fail(ErrorCode::unsupported, "{}: the operator is not supported in opset {}{}", node.describe(), at.opset,
                    nearest && *nearest != node.op ? fmt::format(" (the nearest that is: {})", *nearest) : "");
    }
    FACET_CHECK(check_counts(node, *known));
    for (const Rule& rule : kRules) {
        if (!node.domain.empty() || rule.refusal.op != node.op || !rule.matches(at)) continue;
        return fail(ErrorCode::unsupported, "{}{}{} is not supported: {}", node.describe(),
                    rule.refusal.construct.empty() ? "" : ": ", rule.refusal.construct, rule.refusal.reason);
    }
    FACET_CHECK(check_ranges(node));
    return check_sizes(at);
}

Status check(const onnx::Graph& graph, const Constants* outer, std::int64_t opset) {
    const Constants constants(graph, outer);
    for (const onnx::Node& node : graph.nodes) {
        FACET_CHECK(check_operator({node, constants, opset}));
        for (const onnx::Attribute& attribute : node.attributes)
            if (attribute.graph) FACET_CHECK(check(*attribute.graph, &constants, opset));
    }
    return {};
}

void mark(onnx::Graph& graph, const Constants* outer, std::int64_t opset) {
    const Constants constants(graph, outer);
    for (onnx::Node& node : graph.nodes) {
        const Place at{node, constants, opset};
        for (const OwnRule& rule : kOwnRules)
            if (node.domain.empty() && rule.op == node.op && rule.matches(at)) node.domain = kOwnDomain;
        for (onnx::Attribute& attribute : node.attributes) {
            if (!attribute.graph) continue;
            auto body = std::make_shared<onnx::Graph>(*attribute.graph);
            mark(*body, &constants, opset);
            attribute.graph = std::move(body);
        }
    }
}

}  // namespace

std::span<const Refusal> refusals() {
    static constexpr auto kRefusals = [] {
        std::array<Refusal, kRules.size()> all{};
        for (std::size_t i = 0; i < kRules.size(); ++i) all[i] = kRules[i].refusal;
        return all;
    }();
    return kRefusals;
}

Status check_rules(const onnx::Model& model) {
    const std::int64_t opset = model.opset();
    if (model.opsets.contains("") && (opset < kOpsetMin || opset > kOpsetMax))
        return fail(ErrorCode::unsupported, "opset {} is not supported, expected {} to {}", opset, kOpsetMin, kOpsetMax);
    return check(model.graph, nullptr, opset);
}

void mark_own(onnx::Model& model) {
    model.opsets[std::string(kOwnDomain)] = 1;
    mark(model.graph, nullptr, model.opset());
}

}  // namespace facet::backend
