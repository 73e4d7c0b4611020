#include "wrap/onnx/graph.h"

#include <algorithm>
#include <cstring>

namespace facet::onnx {

std::string name(DataType type) {
    switch (type) {
        case DataType::undefined: return "undefined";
        case DataType::f32: return "f32";
        case DataType::u8: return "u8";
        case DataType::i8: return "i8";
        case DataType::u16: return "u16";
        case DataType::i16: return "i16";
        case DataType::i32: return "i32";
        case DataType::i64: return "i64";
        case DataType::string: return "string";
        case DataType::boolean: return "bool";
        case DataType::f16: return "f16";
        case DataType::f64: return "f64";
        case DataType::u32: return "u32";
        case DataType::u64: return "u64";
        case DataType::complex64: return "complex64";
        case DataType::complex128: return "complex128";
        case DataType::bf16: return "bf16";
    }
    return "type " + std::to_string(static_cast<std::int32_t>(type));
}

std::size_t size_of(DataType type) {
    switch (type) {
        case DataType::u8:
        case DataType::i8:
        case DataType::boolean: return 1;
        case DataType::u16:
        case DataType::i16:
        case DataType::f16:
        case DataType::bf16: return 2;
        case DataType::f32:
        case DataType::i32:
        case DataType::u32: return 4;
        case DataType::i64:
        case DataType::f64:
        case DataType::u64:
        case DataType::complex64: return 8;
        case DataType::complex128: return 16;
        case DataType::undefined:
        case DataType::string: return 0;
    }
    return 0;
}

namespace {

template <class T>
std::vector<T> elements(const std::string& bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

template <class T>
TensorData tensor_of(std::string name, DataType type, std::vector<std::int64_t> shape, const std::vector<T>& values) {
    TensorData tensor{std::move(name), type, std::move(shape), {}};
    tensor.bytes.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return tensor;
}

}  // namespace

std::vector<std::int64_t> integers(const TensorData& tensor) {
    if (tensor.type == DataType::i64) return elements<std::int64_t>(tensor.bytes);
    if (tensor.type != DataType::i32) return {};
    const auto narrow = elements<std::int32_t>(tensor.bytes);
    return {narrow.begin(), narrow.end()};
}

TensorData make_tensor(std::string name, std::vector<std::int64_t> shape, const std::vector<float>& values) {
    return tensor_of(std::move(name), DataType::f32, std::move(shape), values);
}

TensorData make_tensor(std::string name, std::vector<std::int64_t> shape, const std::vector<std::int64_t>& values) {
    return tensor_of(std::move(name), DataType::i64, std::move(shape), values);
}

Attribute make_attribute(std::string name, std::int64_t value) {
    Attribute attribute;
    attribute.name = std::move(name);
    attribute.kind = Attribute::Kind::integer;
    attribute.integer = value;
    return attribute;
}

Attribute make_attribute(std::string name, float value) {
    Attribute attribute;
    attribute.name = std::move(name);
    attribute.kind = Attribute::Kind::number;
    attribute.number = value;
    return attribute;
}

Attribute make_attribute(std::string name, std::string value) {
    Attribute attribute;
    attribute.name = std::move(name);
    attribute.kind = Attribute::Kind::text;
    attribute.text = std::move(value);
    return attribute;
}

Attribute make_attribute(std::string name, std::vector<std::int64_t> values) {
    Attribute attribute;
    attribute.name = std::move(name);
    attribute.kind = Attribute::Kind::integers;
    attribute.integers = std::move(values);
    return attribute;
}

const Attribute* Node::find(std::string_view attribute) const {
    const auto found =
        std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& a) { return a.name == attribute; });
    return found == attributes.end() ? nullptr : &*found;
}

std::int64_t Node::integer(std::string_view attribute, std::int64_t otherwise) const {
    const Attribute* found = find(attribute);
    return found && found->kind == Attribute::Kind::integer ? found->integer : otherwise;
}

float Node::number(std::string_view attribute, float otherwise) const {
    const Attribute* found = find(attribute);
    return found && found->kind == Attribute::Kind::number ? found->number : otherwise;
}

std::string_view Node::text(std::string_view attribute, std::string_view otherwise) const {
    const Attribute* found = find(attribute);
    return found && found->kind == Attribute::Kind::text ? std::string_view(found->text) : otherwise;
}

std::vector<std::int64_t> Node::integers(std::string_view attribute) const {
    const Attribute* found = find(attribute);
    return found ? found->integers : std::vector<std::int64_t>{};
}

std::string Node::describe() const {
    const std::string full = domain.empty() ? op : domain + "." + op;
    if (!name.empty()) return full + " '" + name + "'";
    if (outputs.empty()) return full + " without outputs";
    return full + " that makes '" + outputs.front() + "'";
}

const TensorData* Graph::initializer(std::string_view wanted) const {
    const auto found = std::find_if(initializers.begin(), initializers.end(),
                                    [&](const TensorData& tensor) { return tensor.name == wanted; });
    return found == initializers.end() ? nullptr : &*found;
}

std::int64_t Model::opset() const {
    const auto found = opsets.find("");
    return found == opsets.end() ? 0 : found->second;
}

}  // namespace facet::onnx
