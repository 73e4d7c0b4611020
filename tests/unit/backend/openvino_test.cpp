// The OpenVINO backend on networks of the test data.
#include "backend/openvino/openvino_backend.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <thread>

#include "base/clock.h"
#include "base/file.h"
#include "base/random.h"

namespace facet::backend {
namespace {

using testing::HasSubstr;

const std::filesystem::path kModels = "../shared/data/models";
const std::string kYolox = "det_yolox_nano_416.onnx";
const std::string kFace = "face_yunet_120x160.onnx";

#define NEEDS_MODEL(name)                           \
    if (!std::filesystem::exists(kModels / (name))) \
    GTEST_SKIP() << "no " << (kModels / (name)).string() << ": the test models are not here"

Tensor noise(const Port& port, std::int64_t batch = 1) {
    Shape shape = port.shape;
    if (!shape.empty() && shape[0] < 0) shape[0] = batch;
    Tensor tensor(port.type, shape);
    Random random(3);
    for (float& value : tensor.values<float>()) value = static_cast<float>(random.uniform(0, 255));
    return tensor;
}

std::vector<float> floats(const TensorView& view) {
    const auto values = view.values<float>();
    return {values.begin(), values.end()};
}

/// The first output of one run on the given input; empty where the run fails.
std::vector<float> run_once(Session& session, const Tensor& input) {
    const TensorView view = input.view();
    const auto outputs = run(session, {&view, 1});
    return outputs ? floats((*outputs)[0]) : std::vector<float>{};
}

class OpenvinoTest : public testing::Test {
protected:
    void SetUp() override {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    SessionOptions exact() const {
        SessionOptions options;
        options.precision = Precision::f32;
        return options;
    }
    std::unique_ptr<Session> load(const std::string& name, const SessionOptions& options) {
        auto session = backend->load({(kModels / name).string()}, options);
        if (!session) ADD_FAILURE() << session.error().message;
        return session ? std::move(*session) : nullptr;
    }
    std::string load_error(const std::filesystem::path& path, const SessionOptions& options) {
        const auto session = backend->load({path.string()}, options);
        return session ? "" : session.error().message;
    }
    std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) / "facet_openvino";
    Log log{LogLevel::error};
    std::unique_ptr<Backend> backend = kOpenvinoBackend.create(log).value();
};

TEST_F(OpenvinoTest, FactsAreThoseOfTheFile) {
    NEEDS_MODEL(kYolox);
    const auto facts = backend->inspect({(kModels / kYolox).string()});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->opset, 11);
    EXPECT_EQ(facts->bytes, 3660092U);
    EXPECT_THAT(facts->operators, testing::ElementsAre("Add", "Concat", "Conv", "MaxPool", "Mul", "Reshape", "Resize",
                                                       "Sigmoid", "Slice", "Transpose"));
    const auto session = load(kYolox, exact());
    ASSERT_TRUE(session);
    EXPECT_EQ(session->facts().inputs[0].name, "images");
    EXPECT_EQ(session->facts().inputs[0].shape, (Shape{1, 3, 416, 416}));
    EXPECT_EQ(session->facts().outputs[0].name, "output");
    EXPECT_EQ(session->facts().outputs[0].shape, (Shape{1, 3549, 85}));
    EXPECT_EQ(session->facts().precision, Precision::f32);
    EXPECT_EQ(session->facts().device, "CPU");
    EXPECT_TRUE(session->facts().uses_core);
}

TEST_F(OpenvinoTest, EveryModelOfTheTestDataRuns) {
    if (!std::filesystem::exists(kModels)) GTEST_SKIP() << "no " << kModels.string() << ": the test models are not here";
    struct Expected {
        const char* file;
        std::vector<Shape> outputs;
    };
    // As stated in the test data's README. The two largest (int8 pose) take seconds to compile; the interop test runs them.
    const std::vector<Expected> models = {
        {"cls_mobilenet_v2_qlinear_224.onnx", {{1, 1000}}},
        {"face_blazeface_short_128.onnx", {{1, 896, 16}, {1, 896, 1}}},
        {"face_ultraface_rfb_320.onnx", {{1, 4420, 2}, {1, 4420, 4}}},
        {"face_yunet_120x160.onnx", {{1076, 14}, {1076, 2}, {1076, 1}}},
        {"plate_color_cls_96.onnx", {{1, 3}}},
        {"plate_rec_lprnet_24x94.onnx", {{1, 68, 18}}},
        {"seg_deeplabv3_mnv2_257.onnx", {{1, 257, 257, 21}}},
    };
    for (const Expected& expected : models) {
        const auto session = load(expected.file, exact());
        ASSERT_TRUE(session);
        const Tensor input = noise(session->facts().inputs[0]);
        const TensorView view = input.view();
        const auto outputs = run(*session, {&view, 1});
        ASSERT_TRUE(outputs) << expected.file << ": " << outputs.error().message;
        ASSERT_EQ(outputs->size(), expected.outputs.size()) << expected.file;
        for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
            EXPECT_EQ((*outputs)[i].shape, expected.outputs[i]) << expected.file;
            for (const float value : (*outputs)[i].values<float>()) ASSERT_TRUE(std::isfinite(value)) << expected.file;
        }
    }
}

TEST_F(OpenvinoTest, TheInputFollowsTheAspect) {
    NEEDS_MODEL(kYolox);
    SessionOptions options = exact();
    options.input_shapes = {{1, 3, 256, 416}};
    const auto session = load(kYolox, options);
    ASSERT_TRUE(session);
    EXPECT_EQ(session->facts().inputs[0].shape, (Shape{1, 3, 256, 416}));
    EXPECT_EQ(session->facts().outputs[0].shape, (Shape{1, (32 * 52) + (16 * 26) + (8 * 13), 85}));
}

TEST_F(OpenvinoTest, ANetworkThatCannotTakeAShapeSaysSo) {
    NEEDS_MODEL("face_ultraface_rfb_320_simplified.onnx");
    SessionOptions options = exact();
    options.input_shapes = {{1, 4, 240, 320}};
    EXPECT_THAT(load_error(kModels / "face_ultraface_rfb_320_simplified.onnx", options),
                HasSubstr("the network cannot take inputs of shape [1,4,240,320]"));
    options.input_shapes = {{1, 3, 240, 320}, {1}};
    EXPECT_THAT(load_error(kModels / "face_ultraface_rfb_320_simplified.onnx", options),
                HasSubstr("2 input shapes for a model of 1 inputs"));
}

TEST_F(OpenvinoTest, AnOpenBatchMayVaryFromRunToRun) {
    NEEDS_MODEL("reid_osnet_x0_25.onnx");
    const auto session = load("reid_osnet_x0_25.onnx", exact());
    ASSERT_TRUE(session);
    ASSERT_EQ(session->facts().inputs[0].shape, (Shape{-1, 3, 256, 128}));
    const Tensor one = noise(session->facts().inputs[0], 1);
    const Tensor three = noise(session->facts().inputs[0], 3);  // starts with the same picture
    const auto single = run_once(*session, one);
    const auto batch = run_once(*session, three);
    ASSERT_EQ(single.size(), 512U);
    ASSERT_EQ(batch.size(), 3 * single.size());
    for (std::size_t i = 0; i < single.size(); ++i) ASSERT_NEAR(batch[i], single[i], 1e-3);
}

TEST_F(OpenvinoTest, TheSameInputGivesTheSameBytes) {
    NEEDS_MODEL(kFace);
    SessionOptions options;  // automatic
    const auto first = load(kFace, options);
    const auto second = load(kFace, options);
    ASSERT_TRUE(first && second);
    const Tensor input = noise(first->facts().inputs[0]);
    const auto expected = run_once(*first, input);
    for (int i = 0; i < 3; ++i) {
        ASSERT_FALSE(expected.empty());
        EXPECT_EQ(run_once(*first, input), expected);
        EXPECT_EQ(run_once(*second, input), expected);
    }
}

TEST_F(OpenvinoTest, WithOneThreadTheCallerDoesAllTheWork) {
    NEEDS_MODEL(kFace);
    const auto session = load(kFace, exact());
    ASSERT_TRUE(session);
    const Tensor input = noise(session->facts().inputs[0]);
    for (int i = 0; i < 3; ++i) ASSERT_FALSE(run_once(*session, input).empty());
    const Nanoseconds thread = thread_cpu_time();
    const Nanoseconds process = process_cpu_time();
    for (int i = 0; i < 50; ++i) ASSERT_FALSE(run_once(*session, input).empty());
    const double own = seconds(thread_cpu_time() - thread);
    const double all = seconds(process_cpu_time() - process);
    EXPECT_GE(own, 0.95 * all) << "other threads computed too";
}

TEST_F(OpenvinoTest, TheCacheGivesTheSameModelAndSurvivesDamage) {
    NEEDS_MODEL(kFace);
    SessionOptions options;
    options.cache_folder = (folder_ / "cache").string();
    std::vector<float> expected;
    Precision precision = Precision::automatic;
    Log quiet(LogLevel::off);
    for (const char* state : {"cold", "warm", "damaged", "cut", "again"}) {
        for (const auto& file : std::filesystem::directory_iterator(
                 folder_ / "cache", std::filesystem::directory_options::none, *std::make_unique<std::error_code>())) {
            std::string bytes = read_file(file.path(), 1 << 28).value();
            if (state == std::string("damaged")) bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
            if (state == std::string("cut")) bytes.resize(bytes.size() / 3);
            ASSERT_TRUE(write_file(file.path(), bytes));
        }
        const auto fresh = kOpenvinoBackend.create(quiet).value();  // as another process would: nothing shared in memory
        const auto session = fresh->load({(kModels / kFace).string()}, options);
        ASSERT_TRUE(session) << state << ": " << session.error().message;
        const auto output = run_once(**session, noise((*session)->facts().inputs[0]));
        ASSERT_FALSE(output.empty());
        if (expected.empty()) {
            expected = output;
            precision = (*session)->facts().precision;
        }
        if ((*session)->facts().precision == precision) {
            EXPECT_EQ(output, expected) << state;
        }
        EXPECT_NE((*session)->facts().precision, Precision::automatic);
    }
}

TEST_F(OpenvinoTest, ManyThreadsMayLoadAndDropModelsAtOnce) {
    NEEDS_MODEL(kFace);
    const std::string other = "reid_osnet_x0_25.onnx";
    SessionOptions options = exact();
    options.cache_folder = folder_.string();
    std::vector<std::thread> loaders;
    for (int i = 0; i < 4; ++i)
        loaders.emplace_back([&, i] {
            for (int round = 0; round < 3; ++round) {
                auto session = load((i + round) % 2 == 0 ? kFace : other, options);
                if (!session) return;
                session.reset();
            }
        });
    for (std::thread& loader : loaders) loader.join();
}

TEST_F(OpenvinoTest, AnEmulatedPrecisionIsRefused) {
    NEEDS_MODEL(kFace);
    for (const Precision precision : {Precision::bf16, Precision::f16}) {
        SessionOptions options;
        options.precision = precision;
        const auto session = backend->load({(kModels / kFace).string()}, options);
        if (session) {
            EXPECT_EQ((*session)->facts().precision, precision);
        } else {
            EXPECT_THAT(session.error().message, HasSubstr("is not native to this processor"));
        }
    }
    SessionOptions options = exact();
    options.threads = 0;
    EXPECT_EQ(load_error(kModels / kFace, options), "0 threads for inference, expected 1 or more");
}

TEST_F(OpenvinoTest, DescribesItselfForTheDoctor) {
    EXPECT_THAT(backend->describe(), testing::AllOf(HasSubstr("OpenVINO 2026"), HasSubstr("f32")));
}

}  // namespace
}  // namespace facet::backend
