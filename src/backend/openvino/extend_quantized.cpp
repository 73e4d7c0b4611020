// Quantized operators: QuantizeLinear with a scale that comes at run time, and what com.microsoft adds.
#include <openvino/opsets/opset14.hpp>

#include "backend/openvino/extensions.h"

namespace facet::backend {

namespace op = ov::opset14;
using ov::Output;
using ov::OutputVector;
using ov::frontend::NodeContext;

namespace {

/// saturate(round_half_to_even(x / scale) + zero_point); scale and zero point already broadcast against x.
Output<ov::Node> quantize(const Output<ov::Node>& value, const Output<ov::Node>& scale, const Output<ov::Node>& zero_point) {
    const ov::element::Type type = zero_point.get_element_type();
    OPENVINO_ASSERT(type == ov::element::u8 || type == ov::element::i8, "quantized type ", type, ", expected u8 or i8");
    const auto divided = std::make_shared<op::Divide>(value, scale);
    // Else it becomes a product with the reciprocal, whose last bit differs, which a rounding then turns into a whole step.
    divided->get_rt_info()["nonconvertible_divide_0"] = true;
    const auto rounded = std::make_shared<op::Round>(divided, op::Round::RoundMode::HALF_TO_EVEN);
    const auto moved = std::make_shared<op::Add>(rounded, as(zero_point, ov::element::f32));
    const bool is_signed = type == ov::element::i8;
    const auto clamped = std::make_shared<op::Clamp>(moved, is_signed ? -128.0 : 0.0, is_signed ? 127.0 : 255.0);
    return std::make_shared<op::Convert>(clamped, type);
}

/// A per-axis vector, shaped to broadcast against data of `rank` along `axis`; scalars stay.
Output<ov::Node> along(const Output<ov::Node>& vector, std::int64_t axis, std::int64_t rank) {
    if (rank_of(vector) == 0) return vector;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(rank), 1);
    const auto& length = vector.get_partial_shape()[0];
    if (length.is_static() && length.get_length() == 1)
        return std::make_shared<op::Reshape>(
            vector, op::Constant::create(ov::element::i64, ov::Shape{0}, std::vector<std::int64_t>{}), false);
    shape.at(static_cast<std::size_t>(axis < 0 ? axis + rank : axis)) = -1;
    return std::make_shared<op::Reshape>(vector, constant(shape), false);
}

}  // namespace

OutputVector translate_quantize_linear(const NodeContext& node) {
    const auto value = as(node.get_input(0), ov::element::f32);
    const std::int64_t rank = rank_of(value);
    const auto axis = node.get_attribute<std::int64_t>("axis", 1);
    const auto scale = along(as(node.get_input(1), ov::element::f32), axis, rank);
    const Output<ov::Node> zero_point = given(node, 2)
                                            ? along(node.get_input(2), axis, rank)
                                            : Output<ov::Node>(op::Constant::create(ov::element::u8, ov::Shape{}, {0}));
    return {quantize(value, scale, zero_point)};
}

/// com.microsoft.QLinearGlobalAveragePool: X, x_scale, x_zero_point, y_scale, y_zero_point.
OutputVector translate_qlinear_global_average_pool(const NodeContext& node) {
    const auto data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    const bool channels_last = node.get_attribute<std::int64_t>("channels_last", 0) != 0;
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = channels_last ? 1 : 2; axis < (channels_last ? rank - 1 : rank); ++axis) axes.push_back(axis);
    const auto centred = std::make_shared<op::Subtract>(as(data, ov::element::f32), as(node.get_input(2), ov::element::f32));
    const auto real = std::make_shared<op::Multiply>(centred, as(node.get_input(1), ov::element::f32));
    const auto mean = std::make_shared<op::ReduceMean>(real, constant(axes), true);
    return {quantize(mean, as(node.get_input(3), ov::element::f32), node.get_input(4))};
}

}  // namespace facet::backend
