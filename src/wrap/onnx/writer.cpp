#include "wrap/onnx/writer.h"

#include <onnx/onnx_pb.h>

#include <limits>

namespace facet::onnx {

namespace {

void write(const TensorData& tensor, ::onnx::TensorProto& proto) {
    proto.set_name(tensor.name);
    proto.set_data_type(static_cast<std::int32_t>(tensor.type));
    for (const std::int64_t dimension : tensor.shape) proto.add_dims(dimension);
    proto.set_raw_data(tensor.bytes);
}

void write(const Value& value, ::onnx::ValueInfoProto& proto) {
    proto.set_name(value.name);
    if (value.type == DataType::undefined) return;
    auto& type = *proto.mutable_type()->mutable_tensor_type();
    type.set_elem_type(static_cast<std::int32_t>(value.type));
    if (!value.has_shape) return;
    auto& shape = *type.mutable_shape();
    for (std::size_t i = 0; i < value.shape.size(); ++i) {
        auto& dimension = *shape.add_dim();
        if (value.shape[i] >= 0)
            dimension.set_dim_value(value.shape[i]);
        else if (i < value.symbols.size() && !value.symbols[i].empty())
            dimension.set_dim_param(value.symbols[i]);
    }
}

void write(const Graph& graph, ::onnx::GraphProto& proto);

void write(const Attribute& attribute, ::onnx::AttributeProto& proto) {
    using Kind = Attribute::Kind;
    using Type = ::onnx::AttributeProto;
    proto.set_name(attribute.name);
    switch (attribute.kind) {
        case Kind::number:
            proto.set_type(Type::FLOAT);
            proto.set_f(attribute.number);
            break;
        case Kind::integer:
            proto.set_type(Type::INT);
            proto.set_i(attribute.integer);
            break;
        case Kind::text:
            proto.set_type(Type::STRING);
            proto.set_s(attribute.text);
            break;
        case Kind::numbers:
            proto.set_type(Type::FLOATS);
            for (const float value : attribute.numbers) proto.add_floats(value);
            break;
        case Kind::integers:
            proto.set_type(Type::INTS);
            for (const std::int64_t value : attribute.integers) proto.add_ints(value);
            break;
        case Kind::texts:
            proto.set_type(Type::STRINGS);
            for (const std::string& value : attribute.texts) proto.add_strings(value);
            break;
        case Kind::tensor:
            proto.set_type(Type::TENSOR);
            write(*attribute.tensor, *proto.mutable_t());
            break;
        case Kind::graph:
            proto.set_type(Type::GRAPH);
            write(*attribute.graph, *proto.mutable_g());
            break;
    }
}

void write(const Graph& graph, ::onnx::GraphProto& proto) {
    proto.set_name(graph.name.empty() ? "graph" : graph.name);
    for (const Value& input : graph.inputs) write(input, *proto.add_input());
    for (const Value& output : graph.outputs) write(output, *proto.add_output());
    for (const TensorData& tensor : graph.initializers) write(tensor, *proto.add_initializer());
    for (const Node& node : graph.nodes) {
        auto& to = *proto.add_node();
        to.set_op_type(node.op);
        to.set_domain(node.domain);
        to.set_name(node.name);
        for (const std::string& input : node.inputs) to.add_input(input);
        for (const std::string& output : node.outputs) to.add_output(output);
        for (const Attribute& attribute : node.attributes) write(attribute, *to.add_attribute());
    }
}

}  // namespace

Result<std::string> write_model(const Model& model) {
    // From version 4 on an initializer need not be listed among the inputs, and ours are not.
    constexpr std::int64_t kVersionMin = 4;
    ::onnx::ModelProto proto;
    proto.set_ir_version(std::max(model.ir_version, kVersionMin));
    proto.set_producer_name(model.producer);
    for (const auto& [domain, version] : model.opsets) {
        auto& opset = *proto.add_opset_import();
        opset.set_domain(domain);
        opset.set_version(version);
    }
    for (const auto& [key, value] : model.metadata) {
        auto& entry = *proto.add_metadata_props();
        entry.set_key(key);
        entry.set_value(value);
    }
    write(model.graph, *proto.mutable_graph());
    if (proto.ByteSizeLong() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return fail(ErrorCode::resource_exhausted, "the model needs {} bytes, protobuf holds at most 2 GiB",
                    proto.ByteSizeLong());
    return proto.SerializeAsString();
}

std::string write_tensor(const TensorData& tensor) {
    ::onnx::TensorProto proto;
    write(tensor, proto);
    return proto.SerializeAsString();
}

}  // namespace facet::onnx
