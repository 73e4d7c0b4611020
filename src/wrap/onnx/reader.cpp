#include "wrap/onnx/reader.h"

#include <onnx/onnx_pb.h>

#include <cstring>
#include <limits>
#include <unordered_set>

#include "base/file.h"
#include "base/text.h"
#include "wrap/onnx/wire.h"

namespace facet::onnx {

namespace {

constexpr std::size_t kExternalBytesMax = std::size_t{4} << 30;

/// Bytes that a tensor of this type and shape holds; fails on negative dimensions and on overflow.
Result<std::size_t> bytes_of(const std::string& what, DataType type, const std::vector<std::int64_t>& shape) {
    std::size_t bytes = size_of(type);
    if (bytes == 0) return fail(ErrorCode::unsupported, "{} has element type {}, which is not supported", what, name(type));
    for (const std::int64_t dimension : shape) {
        if (dimension < 0) return fail(ErrorCode::corrupt, "{} has dimension {}, expected 0 or more", what, dimension);
        if (__builtin_mul_overflow(bytes, static_cast<std::size_t>(dimension), &bytes))
            return fail(ErrorCode::corrupt, "{} has more elements than any memory holds", what);
    }
    return bytes;
}

/// Copies typed fields into little-endian bytes of the tensor's own type.
template <class Narrow, class Field>
std::string packed(const Field& field) {
    std::string bytes(static_cast<std::size_t>(field.size()) * sizeof(Narrow), '\0');
    char* to = bytes.data();
    for (const auto value : field) {
        const auto narrow = static_cast<Narrow>(value);
        std::memcpy(to, &narrow, sizeof narrow);
        to += sizeof narrow;
    }
    return bytes;
}

std::string typed_data(const ::onnx::TensorProto& proto, DataType type) {
    switch (type) {
        case DataType::f32:
        case DataType::complex64: return packed<float>(proto.float_data());
        case DataType::f64:
        case DataType::complex128: return packed<double>(proto.double_data());
        case DataType::i64: return packed<std::int64_t>(proto.int64_data());
        case DataType::u64: return packed<std::uint64_t>(proto.uint64_data());
        case DataType::u32: return packed<std::uint32_t>(proto.uint64_data());
        case DataType::i32: return packed<std::int32_t>(proto.int32_data());
        case DataType::u16:
        case DataType::i16:
        case DataType::f16:
        case DataType::bf16: return packed<std::uint16_t>(proto.int32_data());
        case DataType::u8:
        case DataType::i8:
        case DataType::boolean: return packed<std::uint8_t>(proto.int32_data());
        case DataType::undefined:
        case DataType::string: break;
    }
    return {};
}

class Reader {
public:
    explicit Reader(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Result<TensorData> tensor(::onnx::TensorProto& proto) {
        TensorData tensor;
        tensor.name = std::move(*proto.mutable_name());
        tensor.type = static_cast<DataType>(proto.data_type());
        tensor.shape.assign(proto.dims().begin(), proto.dims().end());
        const std::string what = fmt::format("tensor '{}'", tensor.name);
        if (proto.has_segment())
            return fail(ErrorCode::unsupported, "{} is stored in segments, which nothing writes any more", what);
        FACET_TRY(const std::size_t bytes_expected, bytes_of(what, tensor.type, tensor.shape));
        if (proto.data_location() == ::onnx::TensorProto::EXTERNAL) {
            FACET_TRY(tensor.bytes, external(proto, what, bytes_expected));
        } else if (proto.has_raw_data()) {
            tensor.bytes = std::move(*proto.mutable_raw_data());
        } else {
            tensor.bytes = typed_data(proto, tensor.type);
        }
        if (tensor.bytes.size() != bytes_expected)
            return fail(ErrorCode::corrupt, "{} of {} elements needs {} bytes, but has {}", what,
                        bytes_expected / size_of(tensor.type), bytes_expected, tensor.bytes.size());
        return tensor;
    }

    Result<Graph> graph(::onnx::GraphProto& proto) {
        Graph graph;
        graph.name = std::move(*proto.mutable_name());
        if (proto.sparse_initializer_size() > 0)
            return fail(ErrorCode::unsupported, "sparse initializer '{}' is not supported",
                        proto.sparse_initializer(0).values().name());
        std::unordered_set<std::string_view> given;
        graph.initializers.reserve(static_cast<std::size_t>(proto.initializer_size()));
        for (auto& initializer : *proto.mutable_initializer()) {
            FACET_TRY(TensorData data, tensor(initializer));
            graph.initializers.push_back(std::move(data));
        }
        for (const TensorData& data : graph.initializers) given.insert(data.name);
        for (const auto& input : proto.input())
            if (!given.contains(input.name())) graph.inputs.push_back(value(input));
        for (const auto& output : proto.output()) graph.outputs.push_back(value(output));
        for (const auto& info : proto.value_info()) graph.values.push_back(value(info));
        graph.nodes.reserve(static_cast<std::size_t>(proto.node_size()));
        for (auto& node_proto : *proto.mutable_node()) {
            FACET_TRY(Node read, node(node_proto));
            graph.nodes.push_back(std::move(read));
        }
        return graph;
    }

    bool used_external_data() const { return !files_.empty(); }

private:
    Result<Node> node(::onnx::NodeProto& proto) {
        Node node;
        node.op = proto.op_type();
        node.domain = proto.domain() == "ai.onnx" ? "" : proto.domain();
        node.name = proto.name();
        node.inputs.assign(proto.input().begin(), proto.input().end());
        node.outputs.assign(proto.output().begin(), proto.output().end());
        for (auto& attribute_proto : *proto.mutable_attribute()) {
            auto read = attribute(attribute_proto);
            if (!read) return fail(read.error().within(node.describe()));
            node.attributes.push_back(std::move(*read));
        }
        return node;
    }

    Result<Attribute> attribute(::onnx::AttributeProto& proto) {
        using Type = ::onnx::AttributeProto;
        Attribute attribute;
        attribute.name = proto.name();
        if (!proto.ref_attr_name().empty())
            return fail(ErrorCode::unsupported, "attribute '{}' refers to '{}' of a function", proto.name(),
                        proto.ref_attr_name());
        switch (kind_of(proto)) {
            case Type::FLOAT:
                attribute.kind = Attribute::Kind::number;
                attribute.number = proto.f();
                return attribute;
            case Type::INT:
                attribute.kind = Attribute::Kind::integer;
                attribute.integer = proto.i();
                return attribute;
            case Type::STRING:
                attribute.kind = Attribute::Kind::text;
                attribute.text = proto.s();
                return attribute;
            case Type::FLOATS:
                attribute.kind = Attribute::Kind::numbers;
                attribute.numbers.assign(proto.floats().begin(), proto.floats().end());
                return attribute;
            case Type::INTS:
                attribute.kind = Attribute::Kind::integers;
                attribute.integers.assign(proto.ints().begin(), proto.ints().end());
                return attribute;
            case Type::STRINGS:
                attribute.kind = Attribute::Kind::texts;
                attribute.texts.assign(proto.strings().begin(), proto.strings().end());
                return attribute;
            case Type::TENSOR: {
                attribute.kind = Attribute::Kind::tensor;
                FACET_TRY(TensorData data, tensor(*proto.mutable_t()));
                attribute.tensor = std::make_shared<const TensorData>(std::move(data));
                return attribute;
            }
            case Type::GRAPH: {
                attribute.kind = Attribute::Kind::graph;
                FACET_TRY(Graph body, graph(*proto.mutable_g()));
                attribute.graph = std::make_shared<const Graph>(std::move(body));
                return attribute;
            }
            default:
                return fail(ErrorCode::unsupported, "attribute '{}' has kind {}, which is not supported", proto.name(),
                            static_cast<int>(proto.type()));
        }
    }

    /// The stated kind; files of IR version 1 do not state it.
    static ::onnx::AttributeProto::AttributeType kind_of(const ::onnx::AttributeProto& proto) {
        using Type = ::onnx::AttributeProto;
        if (proto.type() != Type::UNDEFINED) return proto.type();
        if (proto.has_f()) return Type::FLOAT;
        if (proto.has_i()) return Type::INT;
        if (proto.has_s()) return Type::STRING;
        if (proto.has_t()) return Type::TENSOR;
        if (proto.has_g()) return Type::GRAPH;
        if (proto.floats_size() > 0) return Type::FLOATS;
        if (proto.ints_size() > 0) return Type::INTS;
        if (proto.strings_size() > 0) return Type::STRINGS;
        return Type::UNDEFINED;
    }

    static Value value(const ::onnx::ValueInfoProto& proto) {
        Value value;
        value.name = proto.name();
        if (!proto.type().has_tensor_type()) return value;
        const auto& type = proto.type().tensor_type();
        value.type = static_cast<DataType>(type.elem_type());
        value.has_shape = type.has_shape();
        for (const auto& dimension : type.shape().dim()) {
            value.shape.push_back(dimension.has_dim_value() && dimension.dim_value() >= 0 ? dimension.dim_value() : -1);
            value.symbols.push_back(dimension.dim_param());
        }
        return value;
    }

    Result<std::string> external(const ::onnx::TensorProto& proto, const std::string& what, std::size_t bytes_expected) {
        std::string location;
        std::uint64_t offset = 0;
        std::uint64_t length = bytes_expected;
        for (const auto& entry : proto.external_data()) {
            if (entry.key() == "location") location = entry.value();
            if (entry.key() != "offset" && entry.key() != "length") continue;
            const auto number = parse_integer(entry.value());
            if (!number || *number < 0)
                return fail(ErrorCode::corrupt, "{}: external {} is '{}', expected a number of bytes", what, entry.key(),
                            entry.value());
            (entry.key() == "offset" ? offset : length) = static_cast<std::uint64_t>(*number);
        }
        if (folder_.empty()) return fail(ErrorCode::unsupported, "{}: external data is not accepted here", what);
        if (length != bytes_expected)
            return fail(ErrorCode::corrupt, "{} needs {} bytes, but its external data has {}", what, bytes_expected, length);
        FACET_TRY(const std::string* file, external_file(location, what));
        if (offset > file->size() || length > file->size() - offset)
            return fail(ErrorCode::corrupt, "{}: bytes {} to {} lie outside '{}' of {} bytes", what, offset, offset + length,
                        location, file->size());
        return file->substr(static_cast<std::size_t>(offset), static_cast<std::size_t>(length));
    }

    /// The bytes of an external file, which must lie inside the model's folder after all links are followed.
    Result<const std::string*> external_file(const std::string& location, const std::string& what) {
        if (const auto known = files_.find(location); known != files_.end()) return &known->second;
        std::error_code error;
        const auto root = std::filesystem::weakly_canonical(folder_, error);
        const auto path = std::filesystem::weakly_canonical(root / location, error);
        const auto relative = path.lexically_relative(root);
        if (error || location.empty() || relative.empty() || *relative.begin() == ".." || relative == ".")
            return fail(ErrorCode::permission_denied, "{}: external data '{}' is outside the model's folder", what,
                        location);
        if (!std::filesystem::is_regular_file(path, error))
            return fail(ErrorCode::not_found, "{}: external data '{}' is not a file beside the model", what, location);
        FACET_TRY(std::string bytes, read_file(path, kExternalBytesMax));
        return &files_.emplace(location, std::move(bytes)).first->second;
    }

    std::filesystem::path folder_;
    std::map<std::string, std::string> files_;
};

}  // namespace

Result<Model> read_model(std::string_view bytes, const std::filesystem::path& folder) {
    if (bytes.empty()) return fail(ErrorCode::corrupt, "offset 0: the file is empty, expected an ONNX model");
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return fail(ErrorCode::resource_exhausted, "{} bytes, protobuf holds at most 2 GiB", bytes.size());
    FACET_CHECK(check_wire(bytes, Root::model));
    ::onnx::ModelProto proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return fail(ErrorCode::corrupt, "offset 0: protobuf cannot parse the file");
    if (!proto.has_graph()) return fail(ErrorCode::corrupt, "the file holds no graph, expected an ONNX model");
    Model model;
    model.ir_version = proto.ir_version();
    model.producer = proto.producer_name();
    for (const auto& opset : proto.opset_import())
        model.opsets[opset.domain() == "ai.onnx" ? "" : opset.domain()] = opset.version();
    for (const auto& entry : proto.metadata_props()) model.metadata.emplace_back(entry.key(), entry.value());
    for (const auto& function : proto.functions()) model.functions.push_back({function.name(), function.domain()});
    Reader reader(folder);
    FACET_TRY(model.graph, reader.graph(*proto.mutable_graph()));
    model.external_data = reader.used_external_data();
    return model;
}

Result<TensorData> read_tensor(std::string_view bytes) {
    if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
        return fail(ErrorCode::resource_exhausted, "{} bytes, protobuf holds at most 2 GiB", bytes.size());
    FACET_CHECK(check_wire(bytes, Root::tensor));
    ::onnx::TensorProto proto;
    if (!proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return fail(ErrorCode::corrupt, "offset 0: protobuf cannot parse the tensor");
    return Reader({}).tensor(proto);
}

}  // namespace facet::onnx
