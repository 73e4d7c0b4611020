// The OpenVINO backend on real networks.
#include "backend/openvino/openvino_backend.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/clock.h"

namespace facet::backend {
namespace {

const std::filesystem::path kModels = "../shared/data/models";

#define NEEDS_MODEL(name)                                                                                  \
    if (!std::filesystem::exists(kModels / (name))) GTEST_SKIP() << "no " << (kModels / (name)).string() \
                                                                 << ": the test models are not here"

class OpenvinoTest : public testing::Test {
protected:
    Log log{LogLevel::warning};
    std::unique_ptr<Backend> backend = kOpenvinoBackend.create(log).value();

    std::unique_ptr<Session> load(const std::string& name, const SessionOptions& options = {.precision = Precision::f32}) {
        auto session = backend->load({kModels / name}, options);
        if (!session) ADD_FAILURE() << session.error().message;
        return session ? std::move(*session) : nullptr;
    }
};

TEST_F(OpenvinoTest, YoloxNanoRunsWithTheDeclaredShapes) {
    NEEDS_MODEL("det_yolox_nano_416.onnx");
    const auto session = load("det_yolox_nano_416.onnx");
    ASSERT_TRUE(session);
    ASSERT_EQ(session->facts().inputs.size(), 1U);
    EXPECT_EQ(session->facts().inputs[0].name, "images");
    EXPECT_EQ(session->facts().inputs[0].shape, (Shape{1, 3, 416, 416}));
    EXPECT_EQ(session->facts().outputs[0].name, "output");
    EXPECT_EQ(session->facts().outputs[0].shape, (Shape{1, 3549, 85}));
    EXPECT_EQ(session->facts().precision, Precision::f32);
    const Tensor input(ElementType::f32, {1, 3, 416, 416});
    const TensorView view = input.view();
    const auto outputs = run(*session, {&view, 1});
    ASSERT_TRUE(outputs) << outputs.error().message;
    EXPECT_EQ((*outputs)[0].shape, (Shape{1, 3549, 85}));
}

}  // namespace
}  // namespace facet::backend
