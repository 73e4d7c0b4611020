// Quantized operators: QuantizeLinear with a scale that comes at run time, and what com.microsoft adds.
#include <openvino/opsets/opset14.hpp>

#include "backend/openvino/extensions.h"

namespace facet::backend {

namespace op = ov::opset14;
using ov::Output;
using ov::OutputVector;
using ov::frontend::NodeContext;

namespace {

/// An exact quotient. Left alone, OpenVINO multiplies with the reciprocal, whose last bit differs, and a rounding then turns
/// that into a whole step.
Output<ov::Node> exact_quotient(const Output<ov::Node>& value, const Output<ov::Node>& divisor) {
    const auto divided = std::make_shared<op::Divide>(value, divisor);
    divided->get_rt_info()["nonconvertable_divide_0"] = true;
    return divided;
}

/// saturate(round_half_to_even(x / scale) + zero_point); scale and zero point already broadcast against x.
Output<ov::Node> quantize(const Output<ov::Node>& value, const Output<ov::Node>& scale, const Output<ov::Node>& zero_point) {
    const ov::element::Type type = zero_point.get_element_type();
    OPENVINO_ASSERT(type.is_integral_number() && type.size() <= 2, "quantized type ", type, ", expected 8 or 16 bits");
    const auto rounded = std::make_shared<op::Round>(exact_quotient(value, scale), op::Round::RoundMode::HALF_TO_EVEN);
    const auto moved = std::make_shared<op::Add>(rounded, as(zero_point, ov::element::f32));
    const double levels = type.size() == 1 ? 256 : 65536;
    const double low = type.is_signed() ? -levels / 2 : 0;
    const auto clamped = std::make_shared<op::Clamp>(moved, low, low + levels - 1);
    return std::make_shared<op::Convert>(clamped, type);
}

/// (value - zero_point) * scale, for scalar scale and zero point.
Output<ov::Node> dequantize(const Output<ov::Node>& value, const Output<ov::Node>& scale,
                            const Output<ov::Node>& zero_point) {
    const auto centred = std::make_shared<op::Subtract>(as(value, ov::element::f32), as(zero_point, ov::element::f32));
    return std::make_shared<op::Multiply>(centred, as(scale, ov::element::f32));
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

OutputVector translate_dynamic_quantize_linear(const NodeContext& node) {
    const auto value = node.get_input(0);
    std::vector<std::int64_t> all;
    for (std::int64_t axis = 0; axis < rank_of(value); ++axis) all.push_back(axis);
    const auto zero = constant(0.0F);
    const auto low = std::make_shared<op::Minimum>(std::make_shared<op::ReduceMin>(value, constant(all), false), zero);
    const auto high = std::make_shared<op::Maximum>(std::make_shared<op::ReduceMax>(value, constant(all), false), zero);
    const auto scale = exact_quotient(std::make_shared<op::Subtract>(high, low), constant(255.0F));
    const auto start = std::make_shared<op::Negative>(exact_quotient(low, scale));
    const auto whole =
        std::make_shared<op::Round>(std::make_shared<op::Clamp>(start, 0.0, 255.0), op::Round::RoundMode::HALF_TO_EVEN);
    const auto zero_point = std::make_shared<op::Convert>(whole, ov::element::u8);
    return {quantize(value, scale, zero_point), scale, zero_point};
}

/// com.microsoft.QLinearAdd: A, A_scale, A_zero_point, B, B_scale, B_zero_point, C_scale, C_zero_point. OpenVINO's own cuts
/// where it should round.
OutputVector translate_qlinear_add(const NodeContext& node) {
    const auto sum = std::make_shared<op::Add>(dequantize(node.get_input(0), node.get_input(1), node.get_input(2)),
                                               dequantize(node.get_input(3), node.get_input(4), node.get_input(5)));
    return {quantize(sum, as(node.get_input(6), ov::element::f32), node.get_input(7))};
}

/// com.microsoft.QLinearGlobalAveragePool: X, X_scale, X_zero_point, Y_scale, Y_zero_point.
OutputVector translate_qlinear_global_average_pool(const NodeContext& node) {
    const auto data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    const bool channels_last = node.get_attribute<std::int64_t>("channels_last", 0) != 0;
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = channels_last ? 1 : 2; axis < (channels_last ? rank - 1 : rank); ++axis) axes.push_back(axis);
    const auto mean =
        std::make_shared<op::ReduceMean>(dequantize(data, node.get_input(1), node.get_input(2)), constant(axes), true);
    return {quantize(mean, as(node.get_input(3), ov::element::f32), node.get_input(4))};
}

}  // namespace facet::backend
