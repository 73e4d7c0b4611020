// Resize as ONNX defines it, in every mode, as one step per axis: a gather (nearest) or a product with a small matrix of
// weights (linear, cubic), both computed in the graph from the lengths. Constant lengths fold to constant matrices.
// Source of the formulas: the Resize section of ONNX's operator documentation (opset 19).
#include <openvino/opsets/opset14.hpp>

#include <cmath>
#include <string>

#include "backend/openvino/extensions.h"

namespace facet::backend {

namespace op = ov::opset14;
using ov::Output;
using ov::OutputVector;
using ov::frontend::NodeContext;

namespace {

using Value = Output<ov::Node>;

Value add(const Value& a, const Value& b) { return std::make_shared<op::Add>(a, b); }
Value subtract(const Value& a, const Value& b) { return std::make_shared<op::Subtract>(a, b); }
Value multiply(const Value& a, const Value& b) { return std::make_shared<op::Multiply>(a, b); }
Value divide(const Value& a, const Value& b) { return std::make_shared<op::Divide>(a, b); }
Value floor(const Value& a) { return std::make_shared<op::Floor>(a); }
Value ceiling(const Value& a) { return std::make_shared<op::Ceiling>(a); }
Value select(const Value& condition, const Value& then, const Value& otherwise) {
    return std::make_shared<op::Select>(condition, then, otherwise);
}
Value reshape(const Value& value, const std::vector<std::int64_t>& shape) {
    return std::make_shared<op::Reshape>(value, op::Constant::create(ov::element::i64, ov::Shape{shape.size()}, shape),
                                         false);
}
/// Element `index` of a vector, as an f32 scalar.
Value element(const Value& vector, std::int64_t index) {
    return as(std::make_shared<op::Gather>(vector, constant(index), constant(std::int64_t{0})), ov::element::f32);
}

struct Attributes {
    std::string mode;
    std::string transform;
    std::string nearest;
    std::string policy;
    float cubic = -0.75F;
    float extrapolation = 0;
    bool antialias = false;
    bool exclude_outside = false;
};

/// One axis: lengths and scale as f32 scalars.
struct Axis {
    std::int64_t index = 0;
    bool stays = false;  ///< known to keep its length: nothing is to be done
    Value length_in;
    Value length_out;  ///< whole
    Value scale;
    Value roi_start;  ///< of tf_crop_and_resize
    Value roi_end;
};

/// Where output element 0, 1, 2 ... lies in the input.
Value positions(const Axis& axis, const Attributes& attributes) {
    const Value x = std::make_shared<op::Range>(constant(0.0F), axis.length_out, constant(1.0F), ov::element::f32);
    const Value half = constant(0.5F);
    const Value one = constant(1.0F);
    // ONNX takes the unrounded length here, scale times input length.
    const Value length = multiply(axis.scale, axis.length_in);
    const Value last = subtract(axis.length_in, one);
    const Value single = std::make_shared<op::Equal>(length, one);
    const Value half_pixel = subtract(divide(add(x, half), axis.scale), half);
    if (attributes.transform == "asymmetric") return divide(x, axis.scale);
    if (attributes.transform == "align_corners")
        return select(single, multiply(x, constant(0.0F)), divide(multiply(x, last), subtract(length, one)));
    if (attributes.transform == "pytorch_half_pixel")
        return select(std::make_shared<op::Equal>(axis.length_out, one), multiply(x, constant(0.0F)), half_pixel);
    if (attributes.transform == "half_pixel_symmetric") {
        const Value adjustment = divide(axis.length_out, length);
        return add(half_pixel, multiply(multiply(axis.length_in, half), subtract(one, adjustment)));
    }
    if (attributes.transform == "tf_crop_and_resize") {
        const Value span = multiply(subtract(axis.roi_end, axis.roi_start), last);
        const Value inner = select(single, add(multiply(x, constant(0.0F)), multiply(span, half)),
                                   divide(multiply(x, span), subtract(length, one)));
        return add(inner, multiply(axis.roi_start, last));
    }
    if (attributes.transform == "tf_half_pixel_for_nn") return divide(add(x, half), axis.scale);
    OPENVINO_ASSERT(attributes.transform == "half_pixel", "coordinate_transformation_mode ", attributes.transform);
    return half_pixel;
}

Value nearest_index(const Value& position, const Attributes& attributes) {
    if (attributes.nearest == "floor") return floor(position);
    if (attributes.nearest == "ceil") return ceiling(position);
    if (attributes.nearest == "round_prefer_ceil") return floor(add(position, constant(0.5F)));
    OPENVINO_ASSERT(attributes.nearest == "round_prefer_floor", "nearest_mode ", attributes.nearest);
    return ceiling(subtract(position, constant(0.5F)));
}

/// The triangle or Keys' cubic, of a distance.
Value kernel(const Value& distance, const Attributes& attributes) {
    const Value d = std::make_shared<op::Abs>(distance);
    const Value zero = constant(0.0F);
    if (attributes.mode == "linear") return std::make_shared<op::Maximum>(subtract(constant(1.0F), d), zero);
    const float a = attributes.cubic;
    const auto polynomial = [&](float c3, float c2, float c1, float c0) {
        Value sum = constant(c3);
        for (const float coefficient : {c2, c1, c0}) sum = add(multiply(sum, d), constant(coefficient));
        return sum;
    };
    const Value near = polynomial(a + 2, -(a + 3), 0, 1);
    const Value far = polynomial(a, -5 * a, 8 * a, -4 * a);
    const Value outer = select(std::make_shared<op::Less>(d, constant(2.0F)), far, zero);
    return select(std::make_shared<op::LessEqual>(d, constant(1.0F)), near, outer);
}

/// The matrix [length_out, length_in] whose rows weigh the input's elements.
Value weights(const Value& position, const Axis& axis, const Attributes& attributes) {
    const Value one = constant(1.0F);
    const Value zero = constant(0.0F);
    const Value stretch = attributes.antialias ? Value(std::make_shared<op::Minimum>(axis.scale, one)) : one;
    // Elements beyond the border, far enough for the widest kernel. (A scale of 0 would ask for infinitely many.)
    const Value widest = add(multiply(axis.length_in, constant(2.0F)), constant(4.0F));
    const Value margin =
        std::make_shared<op::Minimum>(add(ceiling(divide(constant(2.0F), stretch)), constant(2.0F)), widest);
    const Value extended = std::make_shared<op::Range>(std::make_shared<op::Negative>(margin), add(axis.length_in, margin),
                                                       one, ov::element::f32);
    const Value column = reshape(position, {-1, 1});
    Value weight = kernel(multiply(subtract(extended, column), stretch), attributes);
    const Value last = subtract(axis.length_in, one);
    const Value inside = std::make_shared<op::Minimum>(std::make_shared<op::Maximum>(extended, zero), last);
    if (attributes.exclude_outside) weight = select(std::make_shared<op::Equal>(inside, extended), weight, zero);
    const Value sum = std::make_shared<op::ReduceSum>(weight, constant(std::vector<std::int64_t>{1}), true);
    weight = divide(weight, sum);
    // What lies beyond the border repeats the border's element.
    const Value input = std::make_shared<op::Range>(zero, axis.length_in, one, ov::element::f32);
    const Value fold = as(std::make_shared<op::Equal>(reshape(inside, {-1, 1}), input), ov::element::f32);
    return std::make_shared<op::MatMul>(weight, fold);
}

Value resize_axis(const Value& data, const Axis& axis, const Attributes& attributes) {
    const Value position = positions(axis, attributes);
    const Value last = subtract(axis.length_in, constant(1.0F));
    const std::int64_t rank = rank_of(data);
    Value result;
    if (attributes.mode == "nearest") {
        const Value index = std::make_shared<op::Minimum>(
            std::make_shared<op::Maximum>(nearest_index(position, attributes), constant(0.0F)), last);
        result = std::make_shared<op::Gather>(data, as(index, ov::element::i64), constant(axis.index));
    } else {
        std::vector<std::int64_t> order;
        for (std::int64_t i = 0; i < rank; ++i) order.push_back(i);
        std::swap(order[static_cast<std::size_t>(axis.index)], order.back());
        const Value matrix = weights(position, axis, attributes);
        const Value turned = std::make_shared<op::Transpose>(data, constant(order));
        result = std::make_shared<op::Transpose>(std::make_shared<op::MatMul>(turned, matrix, false, true), constant(order));
    }
    if (attributes.transform != "tf_crop_and_resize") return result;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(rank), 1);
    shape[static_cast<std::size_t>(axis.index)] = -1;
    const Value outside = std::make_shared<op::LogicalOr>(std::make_shared<op::Less>(position, constant(0.0F)),
                                                          std::make_shared<op::Greater>(position, last));
    return select(reshape(outside, shape), as(constant(attributes.extrapolation), result.get_element_type()), result);
}

/// True where constant scales or sizes say that dimension `index` of the data keeps its length.
bool stays(const Value& data, std::int64_t index, const Value& wanted, std::int64_t element, bool by_size) {
    const auto known = ov::as_type_ptr<op::Constant>(wanted.get_node_shared_ptr());
    if (!known) return false;
    const auto value = known->cast_vector<float>().at(static_cast<std::size_t>(element));
    const auto& length = data.get_partial_shape()[index];
    return by_size ? length.is_static() && static_cast<float>(length.get_length()) == value : value == 1.0F;
}

}  // namespace

OutputVector translate_resize(const NodeContext& node) {
    Value data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    Attributes attributes;
    attributes.mode = node.get_attribute<std::string>("mode", "nearest");
    attributes.transform = node.get_attribute<std::string>("coordinate_transformation_mode", "half_pixel");
    attributes.nearest = node.get_attribute<std::string>("nearest_mode", "round_prefer_floor");
    attributes.policy = node.get_attribute<std::string>("keep_aspect_ratio_policy", "stretch");
    attributes.cubic = node.get_attribute<float>("cubic_coeff_a", -0.75F);
    attributes.extrapolation = node.get_attribute<float>("extrapolation_value", 0.0F);
    attributes.antialias = node.get_attribute<std::int64_t>("antialias", 0) != 0;
    attributes.exclude_outside = node.get_attribute<std::int64_t>("exclude_outside", 0) != 0;
    auto axes = node.get_attribute<std::vector<std::int64_t>>("axes", std::vector<std::int64_t>{});
    if (axes.empty())
        for (std::int64_t i = 0; i < rank; ++i) axes.push_back(i);
    const bool by_size = given(node, 3);
    const Value wanted = by_size ? node.get_input(3) : node.get_input(2);
    const Value shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    const auto count = static_cast<std::int64_t>(axes.size());
    const auto holds = [](const Value& vector, std::int64_t length) {
        const auto& lengths = vector.get_partial_shape();
        return lengths.is_dynamic() || (lengths.size() == 1 && lengths[0].get_length() == length);
    };
    OPENVINO_ASSERT(holds(wanted, count), "expected ", count, " scales or sizes, one per axis");
    OPENVINO_ASSERT(attributes.transform != "tf_crop_and_resize" || holds(node.get_input(1), 2 * count),
                    "expected a region of ", 2 * count, " numbers, two per axis");

    std::vector<Axis> all;
    for (std::int64_t i = 0; i < count; ++i) {
        Axis axis;
        const std::int64_t index = axes[static_cast<std::size_t>(i)];
        axis.index = index < 0 ? index + rank : index;
        axis.stays = attributes.transform != "tf_crop_and_resize" && stays(data, axis.index, wanted, i, by_size);
        axis.length_in = element(shape, axis.index);
        const Value value = element(wanted, i);
        axis.length_out = by_size ? value : floor(multiply(axis.length_in, value));
        axis.scale = by_size ? divide(value, axis.length_in) : value;
        if (attributes.transform == "tf_crop_and_resize") {
            axis.roi_start = element(node.get_input(1), i);
            axis.roi_end = element(node.get_input(1), i + count);
        }
        all.push_back(axis);
    }
    if (by_size && attributes.policy != "stretch") {
        Value common = all.front().scale;
        for (const Axis& axis : all)
            common = attributes.policy == "not_larger" ? Value(std::make_shared<op::Minimum>(common, axis.scale))
                                                       : Value(std::make_shared<op::Maximum>(common, axis.scale));
        for (Axis& axis : all) {
            axis.scale = common;
            axis.stays = false;
            axis.length_out = floor(add(multiply(common, axis.length_in), constant(0.5F)));
        }
    }
    const ov::element::Type type = data.get_element_type();
    if (attributes.mode != "nearest") data = as(data, ov::element::f32);
    for (const Axis& axis : all)
        if (!axis.stays) data = resize_axis(data, axis, attributes);
    return {as(data, type)};
}

OutputVector translate_upsample(const NodeContext& node) {
    Value data = node.get_input(0);
    const std::int64_t rank = rank_of(data);
    Value scales;
    if (given(node, 1)) {
        scales = node.get_input(1);
    } else {
        const auto values = node.get_attribute<std::vector<double>>("scales");
        scales = op::Constant::create(ov::element::f32, ov::Shape{values.size()}, values);
    }
    Attributes attributes;
    attributes.mode = "nearest";
    attributes.transform = "asymmetric";
    attributes.nearest = "floor";
    const auto& lengths = scales.get_partial_shape();
    OPENVINO_ASSERT(lengths.is_dynamic() || static_cast<std::int64_t>(ov::shape_size(lengths.get_shape())) == rank,
                    "expected one scale per dimension");
    const Value shape = std::make_shared<op::ShapeOf>(data, ov::element::i64);
    for (std::int64_t i = 0; i < rank; ++i) {
        const Value length = element(shape, i);
        const Value scale = element(scales, i);
        const Axis axis{i, stays(data, i, scales, i, false), length, floor(multiply(length, scale)), scale, {}, {}};
        if (!axis.stays) data = resize_axis(data, axis, attributes);
    }
    return {data};
}

}  // namespace facet::backend
