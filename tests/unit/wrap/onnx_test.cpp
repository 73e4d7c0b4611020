// Reading, checking and writing ONNX files, with honest and with hostile bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "wrap/onnx/check.h"
#include "wrap/onnx/reader.h"
#include "wrap/onnx/wire.h"
#include "wrap/onnx/writer.h"

namespace facet::onnx {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Value tensor_value(const std::string& name, std::vector<std::int64_t> shape) {
    Value value{name, DataType::f32, true, std::move(shape), {}};
    value.symbols.resize(value.shape.size());
    return value;
}

/// y = relu(x + w)
Model small_model() {
    Model model;
    model.ir_version = 8;
    model.opsets[""] = 13;
    model.metadata.emplace_back("author", "test");
    model.graph.name = "small";
    model.graph.inputs = {tensor_value("x", {-1, 3})};
    model.graph.inputs[0].symbols[0] = "batch";
    model.graph.outputs = {tensor_value("y", {-1, 3})};
    model.graph.initializers = {make_tensor("w", {3}, std::vector<float>{1, 2, 3})};
    model.graph.nodes = {{"Add", "", "sum", {"x", "w"}, {"s"}, {}}, {"Relu", "", "", {"s"}, {"y"}, {}}};
    return model;
}

std::string bytes_of(const Model& model) { return write_model(model).value(); }

std::string check_message(const Model& model) {
    const auto read = read_model(bytes_of(model), "");
    if (!read) return read.error().message;
    const Status checked = check_graph(*read);
    return checked ? "" : checked.error().message;
}

TEST(Onnx, AModelIsReadBackAsItWasWritten) {
    const auto read = read_model(bytes_of(small_model()), "");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_TRUE(check_graph(*read));
    EXPECT_EQ(read->opset(), 13);
    EXPECT_EQ(read->metadata, (std::vector<std::pair<std::string, std::string>>{{"author", "test"}}));
    ASSERT_EQ(read->graph.inputs.size(), 1U);
    EXPECT_EQ(read->graph.inputs[0].shape, (std::vector<std::int64_t>{-1, 3}));
    EXPECT_EQ(read->graph.inputs[0].symbols[0], "batch");
    ASSERT_EQ(read->graph.nodes.size(), 2U);
    EXPECT_EQ(read->graph.nodes[0].describe(), "Add 'sum'");
    EXPECT_EQ(read->graph.nodes[1].describe(), "Relu that makes 'y'");
    EXPECT_EQ(read->graph.initializers[0].bytes, small_model().graph.initializers[0].bytes);
    EXPECT_EQ(bytes_of(*read), bytes_of(small_model()));
}

TEST(Onnx, EveryTruncationIsAnErrorWithAnOffset) {
    const std::string whole = bytes_of(small_model());
    int accepted = 0;
    for (std::size_t length = 0; length < whole.size(); ++length) {
        const auto read = read_model(whole.substr(0, length), "");
        // A cut between two fields of the outermost message leaves a shorter, well-formed one.
        if (read || !read.error().message.starts_with("offset ")) {
            ++accepted;
            if (!read) {
                EXPECT_THAT(read.error().message, HasSubstr("no graph"));
            }
        }
    }
    EXPECT_LE(accepted, 6);
}

TEST(Onnx, TheOffsetIsThatOfTheFault) {
    const std::string whole = bytes_of(small_model());
    const std::size_t weights =
        whole.find("sum");  // the node's name; its length is the byte before, its key the one before that
    std::string bad = whole;
    bad[weights - 1] = 0x7F;
    const Status status = check_wire(bad, Root::model);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::corrupt);
    EXPECT_THAT(status.error().message,
                StartsWith(fmt::format("offset {}: NodeProto.name of 127 bytes runs past the end", weights - 2)));
}

TEST(Onnx, FlippedBytesNeverDoMoreThanGiveAnError) {
    const std::string whole = bytes_of(small_model());
    Random random(7);
    int refused = 0;
    for (int i = 0; i < 20000; ++i) {
        std::string bad = whole;
        for (int k = 0; k < 3; ++k) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
        const auto read = read_model(bad, "");
        if (!read || !check_graph(*read)) ++refused;
    }
    EXPECT_GT(refused, 10000);
}

TEST(Onnx, MessagesNestOnlySoDeep) {
    std::string bytes;  // innermost first: model.graph.node.attribute.g.node.attribute.g ...
    const auto wrap = [&](int field) {
        std::string length;
        std::size_t rest = bytes.size();
        for (; rest > 0x7F; rest >>= 7) length += static_cast<char>((rest & 0x7F) | 0x80);
        length += static_cast<char>(rest);
        bytes.insert(0, std::string(1, static_cast<char>(field << 3 | 2)) + length);
    };
    for (int i = 0; i < 30; ++i)
        for (const int field : {6, 5, 1}) wrap(field);
    wrap(7);
    const Status status = check_wire(bytes, Root::model);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::resource_exhausted);
    EXPECT_THAT(status.error().message, HasSubstr("nests deeper than 64 messages"));
}

TEST(Onnx, AnInitializerWhoseDataDoesNotFitItsShapeIsNamed) {
    Model model = small_model();
    model.graph.initializers[0].shape = {4};
    EXPECT_EQ(check_message(model), "tensor 'w' of 4 elements needs 16 bytes, but has 12");
    model.graph.initializers[0].shape = {std::int64_t{1} << 62, 16};
    EXPECT_EQ(check_message(model), "tensor 'w' has more elements than any memory holds");
    model.graph.initializers[0].shape = {-3};
    EXPECT_EQ(check_message(model), "tensor 'w' has dimension -3, expected 0 or more");
    model.graph.initializers[0].type = DataType{23};
    EXPECT_EQ(check_message(model), "tensor 'w' has element type type 23, which is not supported");
}

TEST(Onnx, AGraphMustBeAGraph) {
    Model cyclic = small_model();
    cyclic.graph.nodes[0].inputs[1] = "y";
    EXPECT_EQ(check_message(cyclic), "Add 'sum' uses 'y', which is made only after it: the graph is cyclic or not in order");
    Model loose = small_model();
    loose.graph.nodes[0].inputs[1] = "nowhere";
    EXPECT_EQ(check_message(loose), "Add 'sum' uses 'nowhere', which nothing makes");
    Model twice = small_model();
    twice.graph.nodes[1].outputs[0] = "s";
    EXPECT_EQ(check_message(twice), "Relu that makes 's' makes 's', which is made already");
    Model open = small_model();
    open.graph.outputs[0].name = "z";
    EXPECT_EQ(check_message(open), "output 'z' is made by no node");
    Model silent = small_model();
    silent.graph.outputs.clear();
    EXPECT_EQ(check_message(silent), "graph 'small' has no outputs");
    Model unversioned = small_model();
    unversioned.opsets.clear();
    EXPECT_EQ(check_message(unversioned), "the file states no opset version");
    Model foreign = small_model();
    foreign.graph.nodes[0].domain = "example.org";
    EXPECT_EQ(check_message(foreign), "example.org.Add 'sum': the file states no opset version for domain 'example.org'");
    Model huge = small_model();
    huge.graph.inputs[0] = tensor_value("x", {1'000'000, 1'000'000});
    EXPECT_EQ(check_message(huge), "input 'x' has more than 268435456 elements");
}

class ExternalData : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::create_directories(folder_ / "models");
        ASSERT_TRUE(write_file(folder_ / "models/weights.bin", std::string(20, 'w')));
        ASSERT_TRUE(write_file(folder_ / "secret.bin", std::string(20, 's')));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    /// The message of reading a tensor of three floats that lies at `location`, or "" when it is read.
    std::string read(const std::string& location, const std::string& offset, const std::string& length) {
        // TensorProto: dims 3, data_type f32, name, external_data entries, data_location EXTERNAL.
        const auto text = [](int field, const std::string& value) {
            return std::string{static_cast<char>(field << 3 | 2), static_cast<char>(value.size())} + value;
        };
        const auto entry = [&](const std::string& key, const std::string& value) {
            return text(13, text(1, key) + text(2, value));
        };
        const std::string tensor = std::string("\x08\x03\x10\x01", 4) + text(8, "w") + entry("location", location) +
                                   entry("offset", offset) + entry("length", length) + std::string("\x70\x01", 2);
        const std::string model = std::string("\x08\x08", 2) + text(7, text(5, tensor));
        const auto result = read_model(model, folder_ / "models");
        return result ? (result->external_data ? "" : "not external") : result.error().message;
    }
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "facet_onnx_external";
};

TEST_F(ExternalData, IsReadFromBesideTheModel) { EXPECT_EQ(read("weights.bin", "4", "12"), ""); }

TEST_F(ExternalData, IsNeverReadFromOutsideTheModelsFolder) {
    EXPECT_THAT(read("../secret.bin", "0", "12"), HasSubstr("outside the model's folder"));
    EXPECT_THAT(read((folder_ / "secret.bin").string(), "0", "12"), HasSubstr("outside the model's folder"));
    std::filesystem::create_symlink(folder_ / "secret.bin", folder_ / "models/link.bin");
    EXPECT_THAT(read("link.bin", "0", "12"), HasSubstr("outside the model's folder"));
}

TEST_F(ExternalData, MustBeThereAndLongEnough) {
    EXPECT_THAT(read("missing.bin", "0", "12"), HasSubstr("is not a file beside the model"));
    EXPECT_THAT(read("weights.bin", "12", "12"), HasSubstr("bytes 12 to 24 lie outside"));
    EXPECT_THAT(read("weights.bin", "0", "16"), HasSubstr("needs 12 bytes, but its external data has 16"));
    EXPECT_THAT(read("weights.bin", "-1", "12"), HasSubstr("external offset is '-1'"));
}

}  // namespace
}  // namespace facet::onnx
