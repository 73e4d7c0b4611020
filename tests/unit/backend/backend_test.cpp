#include "backend/backend.h"

#include <gtest/gtest.h>

#include <thread>

namespace facet::backend {
namespace {

TEST(Precision, NamesAreReadBackAsWritten) {
    for (const Precision precision : {Precision::automatic, Precision::f32, Precision::bf16, Precision::f16})
        EXPECT_EQ(parse_precision(name(precision)).value(), precision);
}

TEST(Precision, AnUnknownNameIsRefusedWithTheChoices) {
    const auto parsed = parse_precision("int4");
    ASSERT_FALSE(parsed);
    EXPECT_EQ(parsed.error().message, "precision 'int4', expected auto, f32, bf16 or f16");
}

/// Completes later, from a thread of its own, as remote sessions do.
class RemoteSession final : public Session {
public:
    ~RemoteSession() override {
        if (thread_.joinable()) thread_.join();
    }
    const SessionFacts& facts() const override { return facts_; }
    void start(std::span<const TensorView> inputs, const Completion& done) override {
        if (thread_.joinable()) thread_.join();
        outputs_.assign(inputs.begin(), inputs.end());
        thread_ = std::thread([this, done] { done(Outputs(outputs_)); });
    }

private:
    SessionFacts facts_;
    std::vector<TensorView> outputs_;
    std::thread thread_;
};

TEST(Run, WaitsForASessionThatCompletesFromAnotherThread) {
    RemoteSession session;
    Tensor input(ElementType::f32, {2, 3});
    for (int i = 0; i < 100; ++i) {
        const TensorView view = input.view();
        const auto outputs = run(session, {&view, 1});
        ASSERT_TRUE(outputs);
        EXPECT_EQ((*outputs)[0].data, input.data());
    }
}

}  // namespace
}  // namespace facet::backend
