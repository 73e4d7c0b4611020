// Files that lie: cut, flipped, and well-formed but mutated models go through load(), and nothing worse than an Error
// happens.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "backend/openvino/openvino_backend.h"
#include "base/file.h"
#include "base/random.h"
#include "wrap/onnx/check.h"
#include "wrap/onnx/reader.h"
#include "wrap/onnx/writer.h"

namespace facet::backend {
namespace {

using testing::HasSubstr;

const std::filesystem::path kCases = "../shared/data/conformance/onnx_node";
const std::filesystem::path kWholeModels = "../shared/data/models";

std::string damaged(std::string bytes, Random& random) {
    for (std::int64_t i = random.between(1, 3); i > 0 && !bytes.empty(); --i) {
        const std::size_t at = random.below(bytes.size());
        switch (random.below(4)) {
            case 0: bytes[at] = static_cast<char>(random.below(256)); break;
            case 1: bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8))); break;
            case 2: bytes.resize(at + 1); break;
            default: bytes.erase(at, random.below(8) + 1); break;
        }
    }
    return bytes;
}

class HostileTest : public testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directories(folder_); }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    Status load(const std::string& bytes) {
        const auto path = folder_ / "hostile.onnx";
        FACET_CHECK(write_file(path, bytes));
        SessionOptions options;
        options.precision = Precision::f32;
        FACET_TRY([[maybe_unused]] const auto session, backend_->load({path.string()}, options));
        return {};
    }

    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "facet_hostile";
    Log log_{LogLevel::off};
    std::unique_ptr<Backend> backend_ = kOpenvinoBackend.create(log_).value();
};

TEST_F(HostileTest, OtherFormatsAndNoFormatsAreRefused) {
    EXPECT_THAT(load("").error().message, HasSubstr("offset 0: the file is empty"));
    EXPECT_THAT(load("<?xml version=\"1.0\"?><net name=\"x\" version=\"11\"></net>").error().message,
                HasSubstr("OpenVINO IR (XML), expected ONNX"));
    EXPECT_THAT(load("\x89PNG\r\n\x1a\n____________").error().message, HasSubstr("offset 10"));
    EXPECT_THAT(backend_->load({"no/such.onnx"}, {}).error().message, HasSubstr("no/such.onnx"));
    EXPECT_THAT(backend_->load({folder_.string()}, {}).error().message, HasSubstr("is a folder"));
}

TEST_F(HostileTest, DamagedSmallModelsGiveErrors) {
    if (!std::filesystem::exists(kCases)) GTEST_SKIP() << "no " << kCases.string() << ": the conformance cases are not here";
    std::vector<std::filesystem::path> models;
    for (const auto& entry : std::filesystem::directory_iterator(kCases)) models.push_back(entry.path() / "model.onnx");
    std::sort(models.begin(), models.end());
    Random random(11);
    int refused = 0;
    constexpr int kRounds = 300;
    for (int i = 0; i < kRounds; ++i) {
        const std::string bytes = read_file(models[random.below(30) * models.size() / 30], 1 << 20).value();
        const Status status = load(damaged(bytes, random));
        if (status) continue;
        ++refused;
        EXPECT_FALSE(status.error().message.empty());
    }
    EXPECT_GT(refused, kRounds / 3);
}

TEST_F(HostileTest, TruncatedRealModelsNameTheOffset) {
    const auto path = kWholeModels / "det_yolox_nano_416.onnx";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path.string() << ": the test models are not here";
    const std::string whole = read_file(path, 1 << 28).value();
    Random random(5);
    for (int i = 0; i < 20; ++i) {
        const Status status = load(whole.substr(0, random.below(whole.size())));
        ASSERT_FALSE(status);
        EXPECT_THAT(status.error().message, HasSubstr("offset "));
    }
}

TEST_F(HostileTest, AModelThatAsksForAllTheMemoryIsRefused) {
    onnx::Model model;
    model.ir_version = 8;
    model.opsets[""] = 13;
    model.graph.inputs = {{"x", onnx::DataType::f32, true, {1, 1, 4096, 4096}, {"", "", "", ""}}};
    model.graph.outputs = {{"y", onnx::DataType::f32, false, {}, {}}};
    model.graph.initializers = {onnx::make_tensor("scales", {4}, std::vector<float>{1, 1, 4000, 4000})};
    model.graph.nodes = {{"Resize", "", "grow", {"x", "", "scales"}, {"y"}, {}}};
    EXPECT_THAT(load(onnx::write_model(model).value()).error().message, HasSubstr("more than 268435456 elements"));
}

}  // namespace
}  // namespace facet::backend
