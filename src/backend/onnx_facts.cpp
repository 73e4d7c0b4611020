#include "backend/onnx_facts.h"

#include <set>

namespace facet::backend {

namespace {

void collect_operators(const onnx::Graph& graph, std::set<std::string>& operators) {
    for (const onnx::Node& node : graph.nodes) {
        operators.insert(node.domain.empty() ? node.op : node.domain + "." + node.op);
        for (const onnx::Attribute& attribute : node.attributes)
            if (attribute.graph) collect_operators(*attribute.graph, operators);
    }
}

Result<std::vector<Port>> ports_of(const std::vector<onnx::Value>& values, std::string_view direction) {
    std::vector<Port> ports;
    for (const onnx::Value& value : values) {
        const auto type = element_type(value.type);
        if (!type)
            return fail(ErrorCode::unsupported, "{} '{}' is {}, expected a tensor of numbers", direction, value.name,
                        value.type == onnx::DataType::undefined ? "no tensor" : onnx::name(value.type));
        ports.push_back({value.name, *type, value.shape});
    }
    return ports;
}

}  // namespace

std::optional<ElementType> element_type(onnx::DataType type) {
    switch (type) {
        case onnx::DataType::f32: return ElementType::f32;
        case onnx::DataType::f64: return ElementType::f64;
        case onnx::DataType::f16: return ElementType::f16;
        case onnx::DataType::bf16: return ElementType::bf16;
        case onnx::DataType::i8: return ElementType::i8;
        case onnx::DataType::u8: return ElementType::u8;
        case onnx::DataType::i16: return ElementType::i16;
        case onnx::DataType::u16: return ElementType::u16;
        case onnx::DataType::i32: return ElementType::i32;
        case onnx::DataType::u32: return ElementType::u32;
        case onnx::DataType::i64: return ElementType::i64;
        case onnx::DataType::u64: return ElementType::u64;
        case onnx::DataType::boolean: return ElementType::boolean;
        case onnx::DataType::undefined:
        case onnx::DataType::string:
        case onnx::DataType::complex64:
        case onnx::DataType::complex128: break;
    }
    return {};
}

Result<ModelFacts> facts_of(const onnx::Model& model, std::size_t bytes) {
    ModelFacts facts;
    FACET_TRY(facts.inputs, ports_of(model.graph.inputs, "input"));
    FACET_TRY(facts.outputs, ports_of(model.graph.outputs, "output"));
    std::set<std::string> operators;
    collect_operators(model.graph, operators);
    facts.operators.assign(operators.begin(), operators.end());
    facts.opset = model.opset();
    facts.metadata = model.metadata;
    facts.bytes = bytes;
    return facts;
}

}  // namespace facet::backend
