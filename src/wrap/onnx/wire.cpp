#include "wrap/onnx/wire.h"

#include <cstdint>
#include <limits>
#include <optional>
#include <span>

namespace facet::onnx {

namespace {

// A subgraph nests three messages deeper (node, attribute, graph); protobuf itself stops at 100.
constexpr int kDepthMax = 64;
// Parts (messages and strings) of one file: a part of two bytes costs up to 200 in memory once parsed.
constexpr std::size_t kPartsMax = 4'000'000;

enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Message;

struct Field {
    std::uint32_t number;
    std::string_view name;
    Wire wire;
    const Message* message = nullptr;  ///< of a length-delimited field that is a message
    bool repeated_number = false;      ///< may come packed, as bytes
};

struct Message {
    std::string_view name;
    std::span<const Field> fields;
};

// The messages of onnx.proto (ONNX 1.12; later versions only added fields, which are skipped by their wire type).
extern const Message kGraph;
extern const Message kTensor;
extern const Message kType;

constexpr Field kEntryFields[] = {{1, "key", Wire::bytes}, {2, "value", Wire::bytes}};
constexpr Message kEntry{"StringStringEntryProto", kEntryFields};

constexpr Field kSegmentFields[] = {{1, "begin", Wire::varint}, {2, "end", Wire::varint}};
constexpr Message kSegment{"Segment", kSegmentFields};

constexpr Field kTensorFields[] = {
    {1, "dims", Wire::varint, nullptr, true},
    {2, "data_type", Wire::varint},
    {3, "segment", Wire::bytes, &kSegment},
    {4, "float_data", Wire::fixed32, nullptr, true},
    {5, "int32_data", Wire::varint, nullptr, true},
    {6, "string_data", Wire::bytes},
    {7, "int64_data", Wire::varint, nullptr, true},
    {8, "name", Wire::bytes},
    {9, "raw_data", Wire::bytes},
    {10, "double_data", Wire::fixed64, nullptr, true},
    {11, "uint64_data", Wire::varint, nullptr, true},
    {12, "doc_string", Wire::bytes},
    {13, "external_data", Wire::bytes, &kEntry},
    {14, "data_location", Wire::varint},
};
constexpr Message kTensor{"TensorProto", kTensorFields};

constexpr Field kSparseFields[] = {
    {1, "values", Wire::bytes, &kTensor}, {2, "indices", Wire::bytes, &kTensor}, {3, "dims", Wire::varint, nullptr, true}};
constexpr Message kSparse{"SparseTensorProto", kSparseFields};

constexpr Field kDimensionFields[] = {
    {1, "dim_value", Wire::varint}, {2, "dim_param", Wire::bytes}, {3, "denotation", Wire::bytes}};
constexpr Message kDimension{"Dimension", kDimensionFields};
constexpr Field kShapeFields[] = {{1, "dim", Wire::bytes, &kDimension}};
constexpr Message kShape{"TensorShapeProto", kShapeFields};
constexpr Field kTensorTypeFields[] = {{1, "elem_type", Wire::varint}, {2, "shape", Wire::bytes, &kShape}};
constexpr Message kTensorType{"TypeProto.Tensor", kTensorTypeFields};
constexpr Field kElementTypeFields[] = {{1, "elem_type", Wire::bytes, &kType}};
constexpr Message kElementType{"TypeProto.Sequence", kElementTypeFields};
constexpr Field kMapTypeFields[] = {{1, "key_type", Wire::varint}, {2, "value_type", Wire::bytes, &kType}};
constexpr Message kMapType{"TypeProto.Map", kMapTypeFields};
constexpr Field kTypeFields[] = {
    {1, "tensor_type", Wire::bytes, &kTensorType},
    {4, "sequence_type", Wire::bytes, &kElementType},
    {5, "map_type", Wire::bytes, &kMapType},
    {6, "denotation", Wire::bytes},
    {8, "sparse_tensor_type", Wire::bytes, &kTensorType},
    {9, "optional_type", Wire::bytes, &kElementType},
};
constexpr Message kType{"TypeProto", kTypeFields};

constexpr Field kValueFields[] = {
    {1, "name", Wire::bytes}, {2, "type", Wire::bytes, &kType}, {3, "doc_string", Wire::bytes}};
constexpr Message kValue{"ValueInfoProto", kValueFields};

constexpr Field kAttributeFields[] = {
    {1, "name", Wire::bytes},
    {2, "f", Wire::fixed32},
    {3, "i", Wire::varint},
    {4, "s", Wire::bytes},
    {5, "t", Wire::bytes, &kTensor},
    {6, "g", Wire::bytes, &kGraph},
    {7, "floats", Wire::fixed32, nullptr, true},
    {8, "ints", Wire::varint, nullptr, true},
    {9, "strings", Wire::bytes},
    {10, "tensors", Wire::bytes, &kTensor},
    {11, "graphs", Wire::bytes, &kGraph},
    {13, "doc_string", Wire::bytes},
    {14, "tp", Wire::bytes, &kType},
    {15, "type_protos", Wire::bytes, &kType},
    {20, "type", Wire::varint},
    {21, "ref_attr_name", Wire::bytes},
    {22, "sparse_tensor", Wire::bytes, &kSparse},
    {23, "sparse_tensors", Wire::bytes, &kSparse},
};
constexpr Message kAttribute{"AttributeProto", kAttributeFields};

constexpr Field kNodeFields[] = {
    {1, "input", Wire::bytes},
    {2, "output", Wire::bytes},
    {3, "name", Wire::bytes},
    {4, "op_type", Wire::bytes},
    {5, "attribute", Wire::bytes, &kAttribute},
    {6, "doc_string", Wire::bytes},
    {7, "domain", Wire::bytes},
};
constexpr Message kNode{"NodeProto", kNodeFields};

constexpr Field kAnnotationFields[] = {{1, "tensor_name", Wire::bytes},
                                       {2, "quant_parameter_tensor_names", Wire::bytes, &kEntry}};
constexpr Message kAnnotation{"TensorAnnotation", kAnnotationFields};

constexpr Field kGraphFields[] = {
    {1, "node", Wire::bytes, &kNode},
    {2, "name", Wire::bytes},
    {5, "initializer", Wire::bytes, &kTensor},
    {10, "doc_string", Wire::bytes},
    {11, "input", Wire::bytes, &kValue},
    {12, "output", Wire::bytes, &kValue},
    {13, "value_info", Wire::bytes, &kValue},
    {14, "quantization_annotation", Wire::bytes, &kAnnotation},
    {15, "sparse_initializer", Wire::bytes, &kSparse},
};
constexpr Message kGraph{"GraphProto", kGraphFields};

constexpr Field kOpsetFields[] = {{1, "domain", Wire::bytes}, {2, "version", Wire::varint}};
constexpr Message kOpset{"OperatorSetIdProto", kOpsetFields};

constexpr Field kFunctionFields[] = {
    {1, "name", Wire::bytes},
    {4, "input", Wire::bytes},
    {5, "output", Wire::bytes},
    {6, "attribute", Wire::bytes},
    {7, "node", Wire::bytes, &kNode},
    {8, "doc_string", Wire::bytes},
    {9, "opset_import", Wire::bytes, &kOpset},
    {10, "domain", Wire::bytes},
};
constexpr Message kFunction{"FunctionProto", kFunctionFields};

constexpr Field kTrainingFields[] = {{1, "initialization", Wire::bytes, &kGraph},
                                     {2, "algorithm", Wire::bytes, &kGraph},
                                     {3, "initialization_binding", Wire::bytes, &kEntry},
                                     {4, "update_binding", Wire::bytes, &kEntry}};
constexpr Message kTraining{"TrainingInfoProto", kTrainingFields};

constexpr Field kModelFields[] = {
    {1, "ir_version", Wire::varint},
    {2, "producer_name", Wire::bytes},
    {3, "producer_version", Wire::bytes},
    {4, "domain", Wire::bytes},
    {5, "model_version", Wire::varint},
    {6, "doc_string", Wire::bytes},
    {7, "graph", Wire::bytes, &kGraph},
    {8, "opset_import", Wire::bytes, &kOpset},
    {14, "metadata_props", Wire::bytes, &kEntry},
    {20, "training_info", Wire::bytes, &kTraining},
    {25, "functions", Wire::bytes, &kFunction},
};
constexpr Message kModel{"ModelProto", kModelFields};

class Walker {
public:
    explicit Walker(std::string_view bytes) : bytes_(bytes) {}

    Status message(const Message& message, std::size_t end, int depth) {
        if (depth > kDepthMax)
            return fail(ErrorCode::resource_exhausted, "offset {}: {} nests deeper than {} messages", at_, message.name,
                        kDepthMax);
        while (at_ < end) FACET_CHECK(field(message, end, depth));
        return {};
    }

private:
    Status field(const Message& message, std::size_t end, int depth) {
        const std::size_t start = at_;
        FACET_TRY(const std::uint64_t key, varint(message, end));
        const std::uint64_t number = key >> 3;
        const auto wire = static_cast<unsigned>(key & 7);
        if (number == 0 || number > 536'870'911)
            return fail(ErrorCode::corrupt, "offset {}: {} has field number {}, not a protobuf field", start, message.name,
                        number);
        const Field* known = nullptr;
        for (const Field& candidate : message.fields)
            if (candidate.number == number) known = &candidate;
        const auto expected = known ? static_cast<unsigned>(known->wire) : wire;
        const bool packed = known && known->repeated_number && wire == static_cast<unsigned>(Wire::bytes);
        if (wire != expected && !packed)
            return fail(ErrorCode::corrupt, "offset {}: {}.{} has wire type {}, expected {}", start, message.name,
                        known->name, wire, expected);
        const std::string_view field_name = known ? known->name : "unknown field";
        switch (wire) {
            case static_cast<unsigned>(Wire::varint): {
                FACET_TRY([[maybe_unused]] const std::uint64_t value, varint(message, end));
                return {};
            }
            case static_cast<unsigned>(Wire::fixed64): return skip(8, message, field_name, start, end);
            case static_cast<unsigned>(Wire::fixed32): return skip(4, message, field_name, start, end);
            case static_cast<unsigned>(Wire::bytes): break;
            default:
                return fail(ErrorCode::corrupt, "offset {}: {}.{} has wire type {}, which ONNX does not use", start,
                            message.name, field_name, wire);
        }
        FACET_TRY(const std::uint64_t length, varint(message, end));
        const std::size_t body = at_;
        FACET_CHECK(skip(length, message, field_name, start, end));
        if (++parts_ > kPartsMax)
            return fail(ErrorCode::resource_exhausted, "offset {}: more than {} parts in one file", start, kPartsMax);
        const std::size_t body_end = at_;
        if (known && known->message) {
            at_ = body;
            return this->message(*known->message, body_end, depth + 1);
        }
        if (packed) return packed_numbers(*known, message, start, body, body_end);
        return {};
    }

    Status packed_numbers(const Field& field, const Message& message, std::size_t start, std::size_t body, std::size_t end) {
        const std::size_t width = field.wire == Wire::fixed32 ? 4 : field.wire == Wire::fixed64 ? 8 : 0;
        if (width != 0 && (end - body) % width != 0)
            return fail(ErrorCode::corrupt, "offset {}: {}.{} has {} bytes, not a multiple of {}", start, message.name,
                        field.name, end - body, width);
        at_ = width != 0 ? end : body;
        while (at_ < end) {
            FACET_TRY([[maybe_unused]] const std::uint64_t value, varint(message, end));
        }
        return {};
    }

    Status skip(std::uint64_t length, const Message& message, std::string_view field, std::size_t start, std::size_t end) {
        if (length > end - at_)
            return fail(ErrorCode::corrupt, "offset {}: {}.{} of {} bytes runs past the end ({} bytes are left)", start,
                        message.name, field, length, end - at_);
        at_ += static_cast<std::size_t>(length);
        return {};
    }

    Result<std::uint64_t> varint(const Message& message, std::size_t end) {
        const std::size_t start = at_;
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            if (at_ == end)
                return fail(ErrorCode::corrupt, "offset {}: a number of {} is cut off by the end", start, message.name);
            const auto byte = static_cast<std::uint8_t>(bytes_[at_++]);
            if (shift < 64) value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        return fail(ErrorCode::corrupt, "offset {}: a number of {} is longer than 10 bytes", start, message.name);
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
    std::size_t parts_ = 0;
};

}  // namespace

Status check_wire(std::string_view bytes, Root root) {
    return Walker(bytes).message(root == Root::model ? kModel : kTensor, bytes.size(), 1);
}

}  // namespace facet::onnx
