#pragma once
// An ONNX model as plain values: what the file says, without protobuf. Read with reader.h, changed freely, written with
// writer.h. Nothing here knows what an operator means.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace facet::onnx {

/// TensorProto.DataType, with the format's numbers. Files may hold numbers that are not listed (float8, int4 ...).
enum class DataType : std::int32_t {
    undefined = 0,
    f32 = 1,
    u8 = 2,
    i8 = 3,
    u16 = 4,
    i16 = 5,
    i32 = 6,
    i64 = 7,
    string = 8,
    boolean = 9,
    f16 = 10,
    f64 = 11,
    u32 = 12,
    u64 = 13,
    complex64 = 14,
    complex128 = 15,
    bf16 = 16,
};
/// "f32"; "type 23" for a number without a name here.
std::string name(DataType type);
/// Bytes of one element; 0 for strings and for types that are not listed.
std::size_t size_of(DataType type);

/// Constant data. `bytes` holds the elements densely, little-endian, row-major.
struct TensorData {
    std::string name;
    DataType type = DataType::undefined;
    std::vector<std::int64_t> shape;
    std::string bytes;
};
/// The elements of an i64 or i32 tensor; nothing for another type.
std::vector<std::int64_t> integers(const TensorData& tensor);
/// Tensors for rewritten graphs.
TensorData make_tensor(std::string name, std::vector<std::int64_t> shape, const std::vector<float>& values);
TensorData make_tensor(std::string name, std::vector<std::int64_t> shape, const std::vector<std::int64_t>& values);

struct Graph;

/// One attribute of a node; `kind` says which member counts.
struct Attribute {
    enum class Kind { number, integer, text, tensor, graph, numbers, integers, texts };
    std::string name;
    Kind kind = Kind::integer;
    float number = 0;
    std::int64_t integer = 0;
    std::string text;
    std::vector<float> numbers;
    std::vector<std::int64_t> integers;
    std::vector<std::string> texts;
    std::shared_ptr<const TensorData> tensor;  ///< shared by copies of the attribute
    std::shared_ptr<const Graph> graph;
};
Attribute make_attribute(std::string name, std::int64_t value);
Attribute make_attribute(std::string name, float value);
Attribute make_attribute(std::string name, std::string value);
Attribute make_attribute(std::string name, std::vector<std::int64_t> values);

struct Node {
    std::string op;
    std::string domain;               ///< "" = the standard operators ("ai.onnx" is read as "")
    std::string name;                 ///< may be empty
    std::vector<std::string> inputs;  ///< "" = an optional input that is left out
    std::vector<std::string> outputs;
    std::vector<Attribute> attributes;

    const Attribute* find(std::string_view attribute) const;
    std::int64_t integer(std::string_view attribute, std::int64_t otherwise) const;
    float number(std::string_view attribute, float otherwise) const;
    std::string_view text(std::string_view attribute, std::string_view otherwise) const;
    /// The attribute's integers; empty where it is missing.
    std::vector<std::int64_t> integers(std::string_view attribute) const;
    /// The input's name; "" where it is left out.
    std::string_view input(std::size_t index) const { return index < inputs.size() ? inputs[index] : std::string_view(); }
    /// "Resize 'up1'" or, where the node has no name, "Resize that makes 'x'".
    std::string describe() const;
};

/// A tensor that enters or leaves a graph.
struct Value {
    std::string name;
    DataType type = DataType::undefined;  ///< undefined: not a tensor (sequence, map ...) or not stated
    bool has_shape = false;
    std::vector<std::int64_t> shape;   ///< -1 = any
    std::vector<std::string> symbols;  ///< per dimension, the name of a -1; may be empty
};

struct Graph {
    std::string name;
    std::vector<Node> nodes;
    std::vector<TensorData> initializers;
    std::vector<Value> inputs;  ///< without those that an initializer gives a value
    std::vector<Value> outputs;
    std::vector<Value> values;  ///< types and shapes that the file states of other tensors; read, never written

    const TensorData* initializer(std::string_view name) const;
};

/// The name of a function that the file defines for itself; its body is not read.
struct Function {
    std::string name;
    std::string domain;
};

struct Model {
    std::int64_t ir_version = 0;
    std::map<std::string, std::int64_t, std::less<>> opsets;  ///< domain -> version
    Graph graph;
    std::vector<Function> functions;
    std::vector<std::pair<std::string, std::string>> metadata;
    std::string producer;
    bool external_data = false;  ///< weights came from files beside the model

    /// Version of the standard operators.
    std::int64_t opset() const;
};

}  // namespace facet::onnx
