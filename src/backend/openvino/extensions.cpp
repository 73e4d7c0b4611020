#include "backend/openvino/extensions.h"

#include <openvino/frontend/onnx/extension/conversion.hpp>
#include <openvino/opsets/opset14.hpp>

#include <cmath>
#include <limits>
#include <string>

#include "backend/openvino/rules.h"

namespace facet::backend {

namespace op = ov::opset14;
using ov::Output;
using ov::OutputVector;
using ov::frontend::NodeContext;

ov::Output<ov::Node> constant(float value) { return op::Constant::create(ov::element::f32, ov::Shape{}, {value}); }
ov::Output<ov::Node> constant(std::int64_t value) { return op::Constant::create(ov::element::i64, ov::Shape{}, {value}); }
ov::Output<ov::Node> constant(const std::vector<std::int64_t>& values) {
    return op::Constant::create(ov::element::i64, ov::Shape{values.size()}, values);
}

ov::Output<ov::Node> as(const ov::Output<ov::Node>& value, ov::element::Type type) {
    return value.get_element_type() == type ? value : std::make_shared<op::Convert>(value, type);
}

bool given(const NodeContext& node, std::size_t input) {
    if (input >= node.get_input_size()) return false;
    const auto value = node.get_input(static_cast<int>(input));
    // The reader stands a "NullNode" in for an input that is left out; a Resize leaves one out by giving no elements.
    if (std::string(value.get_node()->get_type_name()) == "NullNode") return false;
    return value.get_partial_shape().is_dynamic() || ov::shape_size(value.get_shape()) > 0;
}

std::int64_t rank_of(const ov::Output<ov::Node>& value) {
    const auto rank = value.get_partial_shape().rank();
    OPENVINO_ASSERT(rank.is_static(), "the number of dimensions must be known");
    return rank.get_length();
}

namespace {

template <class T>
std::shared_ptr<op::Constant> fixed(const std::vector<T>& values, ov::element::Type type) {
    return op::Constant::create(type, ov::Shape{values.size()}, values);
}

std::int64_t count_of(const Output<ov::Node>& vector) {
    const auto& shape = vector.get_partial_shape();
    OPENVINO_ASSERT(shape.is_static() && shape.size() <= 1, "the number of axes must be known");
    return static_cast<std::int64_t>(ov::shape_size(shape.get_shape()));
}

std::vector<std::int64_t> iota(std::int64_t count) {
    std::vector<std::int64_t> values(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) values[static_cast<std::size_t>(i)] = i;
    return values;
}

/// Per dimension of `rank`, whether it is among `axes` (1) or not (0); the axes may come at run time and be negative.
Output<ov::Node> mask_of(const Output<ov::Node>& axes, std::int64_t rank) {
    const auto wide = as(axes, ov::element::i64);
    const auto flat = std::make_shared<op::Reshape>(wide, constant(std::vector<std::int64_t>{-1, 1}), false);
    const auto negative = std::make_shared<op::Less>(flat, constant(std::int64_t{0}));
    const auto positive = std::make_shared<op::Select>(negative, std::make_shared<op::Add>(flat, constant(rank)), flat);
    const auto equal = std::make_shared<op::Equal>(positive, fixed(iota(rank), ov::element::i64));  // [axes, rank]
    return std::make_shared<op::ReduceMax>(as(equal, ov::element::i32), constant(std::vector<std::int64_t>{0}), false);
}

/// Unsqueeze with axes that come at run time: how many there are is known, so the result's rank is.
OutputVector translate_unsqueeze(const NodeContext& node) {
    const auto data = node.get_input(0);
    const auto axes = node.get_input(1);
    const std::int64_t rank = rank_of(data) + count_of(axes);
    const auto mask = mask_of(axes, rank);
    const auto shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    if (rank_of(data) == 0)
        return {std::make_shared<op::Reshape>(
            data, fixed(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 1), ov::element::i64), false)};
    // The k-th dimension that is not new takes the k-th of the data's.
    const auto kept = std::make_shared<op::Subtract>(op::Constant::create(ov::element::i32, ov::Shape{}, {1}), mask);
    const auto counted = std::make_shared<op::CumSum>(kept, constant(std::int64_t{0}));
    const auto index = std::make_shared<op::Maximum>(
        std::make_shared<op::Subtract>(counted, op::Constant::create(ov::element::i32, ov::Shape{}, {1})),
        op::Constant::create(ov::element::i32, ov::Shape{}, {0}));
    const auto taken = std::make_shared<op::Gather>(shape, index, constant(std::int64_t{0}));
    const auto wanted = std::make_shared<op::Select>(as(mask, ov::element::boolean), constant(std::int64_t{1}), taken);
    return {std::make_shared<op::Reshape>(data, wanted, false)};
}

/// Tile with repeats that come at run time, axis by axis: element i of the result is element i mod length of the data. (A
/// broadcast would be one operation, but OpenVINO's divides by zero where a repeat is 0.)
OutputVector translate_tile(const NodeContext& node) {
    Output<ov::Node> result = node.get_input(0);
    const auto repeats = as(node.get_input(1), ov::element::i64);
    OPENVINO_ASSERT(count_of(repeats) == rank_of(result), "expected one repeat per dimension");
    const auto shape = std::make_shared<op::ShapeOf>(result, ov::element::i64);
    const auto zero = constant(std::int64_t{0});
    const auto one = constant(std::int64_t{1});
    for (std::int64_t axis = 0; axis < rank_of(node.get_input(0)); ++axis) {
        const auto length = std::make_shared<op::Gather>(shape, constant(axis), zero);
        const auto repeat = std::make_shared<op::Gather>(repeats, constant(axis), zero);
        const auto index =
            std::make_shared<op::Range>(zero, std::make_shared<op::Multiply>(length, repeat), one, ov::element::i64);
        const auto source = std::make_shared<op::FloorMod>(index, std::make_shared<op::Maximum>(length, one));
        result = std::make_shared<op::Gather>(result, source, constant(axis));
    }
    return {result};
}

/// Softmax of opsets 11 and 12: over all elements from `axis` on.
OutputVector translate_softmax(const NodeContext& node) {
    const auto data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    auto axis = node.get_attribute<std::int64_t>("axis", 1);
    if (axis < 0) axis += rank;
    if (axis == rank - 1) return {std::make_shared<op::Softmax>(data, axis)};
    const auto shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    std::vector<std::int64_t> rows = iota(axis);
    const auto outer = rows.empty() ? constant(std::vector<std::int64_t>{1})
                                    : Output<ov::Node>(std::make_shared<op::Gather>(shape, fixed(rows, ov::element::i64),
                                                                                    constant(std::int64_t{0})));
    const auto flat_shape = std::make_shared<op::Concat>(OutputVector{outer, constant(std::vector<std::int64_t>{-1})}, 0);
    const auto flat = std::make_shared<op::Reshape>(data, flat_shape, false);
    const auto soft = std::make_shared<op::Softmax>(flat, static_cast<std::int64_t>(rows.empty() ? 1 : rows.size()));
    return {std::make_shared<op::Reshape>(soft, shape, false)};
}

/// MaxPool whose indices count columns before rows (storage_order=1).
OutputVector translate_max_pool(const NodeContext& node) {
    const auto data = node.get_input(0);
    OPENVINO_ASSERT(rank_of(data) == 4, "MaxPool with storage_order=1 needs 4 dimensions");
    const auto lengths = [&](const char* name, std::size_t usual) {
        const auto values = node.get_attribute<std::vector<std::int64_t>>(
            name, std::vector<std::int64_t>(2, static_cast<std::int64_t>(usual)));
        return std::vector<std::size_t>(values.begin(), values.end());
    };
    const auto kernel = lengths("kernel_shape", 1);
    const auto pads = node.get_attribute<std::vector<std::int64_t>>("pads", std::vector<std::int64_t>(4, 0));
    const auto text = node.get_attribute<std::string>("auto_pad", "NOTSET");
    const auto padding = text == "SAME_UPPER"   ? ov::op::PadType::SAME_UPPER
                         : text == "SAME_LOWER" ? ov::op::PadType::SAME_LOWER
                         : text == "VALID"      ? ov::op::PadType::VALID
                                                : ov::op::PadType::EXPLICIT;
    const auto rounding = node.get_attribute<std::int64_t>("ceil_mode", 0) != 0 ? ov::op::RoundingType::CEIL_TORCH
                                                                                : ov::op::RoundingType::FLOOR;
    const std::vector<std::size_t> before{static_cast<std::size_t>(pads.at(0)), static_cast<std::size_t>(pads.at(1))};
    const std::vector<std::size_t> after{static_cast<std::size_t>(pads.at(2)), static_cast<std::size_t>(pads.at(3))};
    const auto pool = std::make_shared<op::MaxPool>(
        data, ov::Strides(lengths("strides", 1)), ov::Strides(lengths("dilations", 1)), ov::Shape(before), ov::Shape(after),
        ov::Shape(kernel), rounding, padding, ov::element::i64, 0);
    const auto shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    const auto height = std::make_shared<op::Gather>(shape, constant(std::int64_t{2}), constant(std::int64_t{0}));
    const auto width = std::make_shared<op::Gather>(shape, constant(std::int64_t{3}), constant(std::int64_t{0}));
    const auto plane = std::make_shared<op::Multiply>(height, width);
    const auto index = pool->output(1);
    const auto inside = std::make_shared<op::FloorMod>(index, plane);
    const auto row = std::make_shared<op::Divide>(inside, width);
    const auto column = std::make_shared<op::FloorMod>(inside, width);
    const auto turned = std::make_shared<op::Add>(std::make_shared<op::Multiply>(column, height), row);
    return {pool->output(0), std::make_shared<op::Add>(std::make_shared<op::Subtract>(index, inside), turned)};
}

/// Pad that repeats the picture (wrap), and Pad with a value that comes at run time.
OutputVector translate_pad(const NodeContext& node) {
    const auto data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    const auto pads = as(node.get_input(1), ov::element::i64);
    std::vector<std::int64_t> axes = iota(rank);
    if (given(node, 3)) {
        const auto known = ov::as_type_ptr<op::Constant>(node.get_input(3).get_node_shared_ptr());
        OPENVINO_ASSERT(known, "the axes of Pad must be constant");
        axes = known->cast_vector<std::int64_t>();
    }
    const auto count = static_cast<std::int64_t>(axes.size());
    OPENVINO_ASSERT(count_of(pads) == 2 * count, "expected two pads per axis");
    const auto pad_at = [&](std::int64_t i) {
        return std::make_shared<op::Gather>(pads, constant(std::vector<std::int64_t>{i}), constant(std::int64_t{0}));
    };
    const auto shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    if (node.get_attribute<std::string>("mode", "constant") == "wrap") {
        Output<ov::Node> result = data;
        for (std::int64_t i = 0; i < count; ++i) {
            const auto axis = axes[static_cast<std::size_t>(i)] < 0 ? axes[static_cast<std::size_t>(i)] + rank
                                                                    : axes[static_cast<std::size_t>(i)];
            const auto zero = constant(std::int64_t{0});
            const auto scalar = [&](const Output<ov::Node>& value) {
                return std::make_shared<op::Reshape>(value, fixed(std::vector<std::int64_t>{}, ov::element::i64), false);
            };
            const auto cut = [&](const Output<ov::Node>& pad) {
                return std::make_shared<op::Negative>(std::make_shared<op::Minimum>(pad, zero));
            };
            const auto length = std::make_shared<op::Gather>(shape, constant(axis), zero);
            const auto before = scalar(pad_at(i));
            const auto after = scalar(pad_at(i + count));
            // Negative pads cut first; what is left repeats.
            const auto left =
                std::make_shared<op::Subtract>(std::make_shared<op::Subtract>(length, cut(before)), cut(after));
            const auto index =
                std::make_shared<op::Range>(std::make_shared<op::Negative>(std::make_shared<op::Maximum>(before, zero)),
                                            std::make_shared<op::Add>(left, std::make_shared<op::Maximum>(after, zero)),
                                            constant(std::int64_t{1}), ov::element::i64);
            const auto source = std::make_shared<op::Add>(
                std::make_shared<op::FloorMod>(index, std::make_shared<op::Maximum>(left, constant(std::int64_t{1}))),
                cut(before));
            result = std::make_shared<op::Gather>(result, source, constant(axis));
        }
        return {result};
    }
    // Pads per dimension of the data, zero where `axes` leaves it out.
    OutputVector before;
    OutputVector after;
    for (std::int64_t dimension = 0; dimension < rank; ++dimension) {
        std::int64_t at = -1;
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t axis = axes[static_cast<std::size_t>(i)];
            if (axis == dimension || axis + rank == dimension) at = i;
        }
        before.push_back(at < 0 ? constant(std::vector<std::int64_t>{0}) : Output<ov::Node>(pad_at(at)));
        after.push_back(at < 0 ? constant(std::vector<std::int64_t>{0}) : Output<ov::Node>(pad_at(at + count)));
    }
    const auto first = std::make_shared<op::Concat>(before, 0);
    const auto last = std::make_shared<op::Concat>(after, 0);
    const auto zero = op::Constant::create(data.get_element_type(), ov::Shape{}, {0});
    const auto padded = std::make_shared<op::Pad>(data, first, last, zero, ov::op::PadMode::CONSTANT);
    const auto ones = std::make_shared<op::Broadcast>(constant(1.0F), shape);
    const auto inside = std::make_shared<op::Pad>(ones, first, last, constant(0.0F), ov::op::PadMode::CONSTANT);
    const auto value =
        std::make_shared<op::Reshape>(node.get_input(2), fixed(std::vector<std::int64_t>{}, ov::element::i64), false);
    return {std::make_shared<op::Select>(std::make_shared<op::Greater>(inside, constant(0.5F)), padded, value)};
}

/// Reductions whose axes come at run time, or stand in an attribute that OpenVINO does not read.
OutputVector translate_reduce(const NodeContext& node) {
    const auto data = node.get_input(0);
    const std::string& name = node.get_op_type();
    const std::int64_t rank = rank_of(data);
    Output<ov::Node> axes;
    std::int64_t removed = 0;
    if (given(node, 1)) {
        axes = as(node.get_input(1), ov::element::i64);
        removed = count_of(axes);
    } else {
        const auto listed = node.get_attribute<std::vector<std::int64_t>>("axes", iota(rank));
        axes = constant(listed);
        removed = static_cast<std::int64_t>(listed.size());
    }
    const auto reduced = [&]() -> Output<ov::Node> {
        if (name == "ReduceL1") return std::make_shared<op::ReduceL1>(data, axes, true);
        if (name == "ReduceL2") return std::make_shared<op::ReduceL2>(data, axes, true);
        if (name == "ReduceMax") return std::make_shared<op::ReduceMax>(data, axes, true);
        if (name == "ReduceMin") return std::make_shared<op::ReduceMin>(data, axes, true);
        if (name == "ReduceMean") return std::make_shared<op::ReduceMean>(data, axes, true);
        if (name == "ReduceProd") return std::make_shared<op::ReduceProd>(data, axes, true);
        if (name == "ReduceSumSquare")
            return std::make_shared<op::ReduceSum>(std::make_shared<op::Multiply>(data, data), axes, true);
        if (name == "ReduceLogSum") return std::make_shared<op::Log>(std::make_shared<op::ReduceSum>(data, axes, true));
        if (name == "ReduceLogSumExp") {
            const auto largest = std::make_shared<op::ReduceMax>(data, axes, true);
            const auto shifted = std::make_shared<op::Exp>(std::make_shared<op::Subtract>(data, largest));
            return std::make_shared<op::Add>(
                largest, std::make_shared<op::Log>(std::make_shared<op::ReduceSum>(shifted, axes, true)));
        }
        return std::make_shared<op::ReduceSum>(data, axes, true);
    }();
    if (node.get_attribute<std::int64_t>("keepdims", 1) != 0 || removed == 0) return {reduced};
    // The dimensions that stay, in order: sorted to the front by (removed, position), then cut.
    const auto key =
        std::make_shared<op::Add>(std::make_shared<op::Multiply>(as(mask_of(axes, rank), ov::element::i64), constant(rank)),
                                  fixed(iota(rank), ov::element::i64));
    if (removed == rank)
        return {std::make_shared<op::Reshape>(reduced, fixed(std::vector<std::int64_t>{}, ov::element::i64), false)};
    const auto sorted = std::make_shared<op::TopK>(key, constant(rank - removed), 0, ov::op::TopKMode::MIN,
                                                   ov::op::TopKSortType::SORT_VALUES, ov::element::i64);
    const auto shape = std::make_shared<op::ShapeOf>(reduced, ov::element::i64);
    const auto kept = std::make_shared<op::Gather>(shape, sorted->output(1), constant(std::int64_t{0}));
    return {std::make_shared<op::Reshape>(reduced, kept, false)};
}

/// Range whose step comes at run time: a step of 0, which has no meaning, would divide by zero.
OutputVector translate_range(const NodeContext& node) {
    const auto step = node.get_input(2);
    const auto type = step.get_element_type();
    const auto scalar = [](const Output<ov::Node>& value) {
        return std::make_shared<op::Reshape>(value, fixed(std::vector<std::int64_t>{}, ov::element::i64), false);
    };
    const auto zero = op::Constant::create(type, ov::Shape{}, {0});
    const auto one = op::Constant::create(type, ov::Shape{}, {1});
    const auto safe = std::make_shared<op::Select>(std::make_shared<op::Equal>(scalar(step), zero), one, scalar(step));
    return {std::make_shared<op::Range>(scalar(node.get_input(0)), scalar(node.get_input(1)), safe, type)};
}

struct Own {
    const char* op;
    std::string domain;
    Translation translate;
};

}  // namespace

void add_extensions(ov::Core& core) {
    const std::string own(kOwnDomain);
    std::vector<Own> translations = {
        {"Resize", own, &translate_resize},
        {"Upsample", own, &translate_upsample},
        {"DynamicQuantizeLinear", own, &translate_dynamic_quantize_linear},
        {"QuantizeLinear", own, &translate_quantize_linear},
        {"QLinearAdd", "com.microsoft", &translate_qlinear_add},
        {"QLinearGlobalAveragePool", "com.microsoft", &translate_qlinear_global_average_pool},
        {"Range", own, &translate_range},
        {"Unsqueeze", own, &translate_unsqueeze},
        {"Tile", own, &translate_tile},
        {"Softmax", own, &translate_softmax},
        {"MaxPool", own, &translate_max_pool},
        {"Pad", own, &translate_pad},
    };
    for (const char* reduction : {"ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean",
                                  "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare"})
        translations.push_back({reduction, own, &translate_reduce});
    for (const Own& translation : translations)
        core.add_extension(std::make_shared<ov::frontend::onnx::ConversionExtension>(translation.op, translation.domain,
                                                                                     translation.translate));
}

void correct_operations(ov::Model& model) {
    for (const auto& node : model.get_ordered_ops()) {
        if (const auto top = ov::as_type_ptr<ov::op::v11::TopK>(node)) {
            if (top->get_sort_type() == ov::op::TopKSortType::SORT_VALUES) top->set_stable(true);
        } else if (const auto older = ov::as_type_ptr<ov::op::v3::TopK>(node)) {
            if (older->get_sort_type() != ov::op::TopKSortType::SORT_VALUES) continue;
            const auto stable = std::make_shared<ov::op::v11::TopK>(
                older->input_value(0), older->input_value(1), older->get_provided_axis(), older->get_mode(),
                older->get_sort_type(), older->get_index_element_type(), true);
            stable->set_friendly_name(older->get_friendly_name());
            ov::replace_node(older, stable);
        } else if (const auto pool = ov::as_type_ptr<ov::op::v8::MaxPool>(node)) {
            if (pool->get_rounding_type() != ov::op::RoundingType::CEIL) continue;
            const auto exact = std::make_shared<ov::op::v14::MaxPool>(
                pool->input_value(0), pool->get_strides(), pool->get_dilations(), pool->get_pads_begin(),
                pool->get_pads_end(), pool->get_kernel(), ov::op::RoundingType::CEIL_TORCH, pool->get_auto_pad(),
                pool->get_index_element_type(), pool->get_axis());
            exact->set_friendly_name(pool->get_friendly_name());
            ov::replace_node(pool, exact);
        } else if (const auto average = ov::as_type_ptr<ov::op::v1::AvgPool>(node)) {
            if (average->get_rounding_type() != ov::op::RoundingType::CEIL) continue;
            const auto exact = std::make_shared<ov::op::v14::AvgPool>(
                average->input_value(0), average->get_strides(), average->get_pads_begin(), average->get_pads_end(),
                average->get_kernel(), average->get_exclude_pad(), ov::op::RoundingType::CEIL_TORCH,
                average->get_auto_pad());
            exact->set_friendly_name(average->get_friendly_name());
            ov::replace_node(average, exact);
        } else if (std::string_view(node->get_type_name()) == "NonMaxSuppression" && node->get_input_size() > 3) {
            // OpenVINO suppresses from the threshold on, ONNX only above it: the next larger number.
            const auto threshold = as(node->input_value(3), ov::element::f32);
            const auto next =
                std::make_shared<op::Multiply>(threshold, constant(1.0F + std::numeric_limits<float>::epsilon()));
            node->input(3).replace_source_output(
                std::make_shared<op::Maximum>(next, constant(std::numeric_limits<float>::min())));
        }
    }
}

}  // namespace facet::backend
