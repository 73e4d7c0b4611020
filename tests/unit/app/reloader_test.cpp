#include "app/reloader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <future>
#include <latch>

namespace facet::app {
namespace {

using std::chrono::milliseconds;
constexpr std::chrono::seconds kPatience{20};  // reached only by a failing test

class ReloaderTest : public testing::Test {
protected:
    static void SetUpTestSuite() { Reloader::keep_signal(); }
};

TEST_F(ReloaderTest, WhoAsksGetsTheAnswer) {
    Reloader reloader([] { return std::string("done"); });
    std::promise<std::string> answer;
    reloader.ask([&](std::string text) { answer.set_value(std::move(text)); });
    auto told = answer.get_future();
    ASSERT_EQ(told.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(told.get(), "done");
    EXPECT_TRUE(reloader.stop(kPatience));
}

TEST_F(ReloaderTest, TheSignalReloadsWithoutBeingAsked) {
    std::promise<void> reloaded;
    Reloader reloader([&] {
        reloaded.set_value();
        return std::string();
    });
    kill(getpid(), SIGHUP);
    EXPECT_EQ(reloaded.get_future().wait_for(kPatience), std::future_status::ready);
    EXPECT_TRUE(reloader.stop(kPatience));
}

TEST_F(ReloaderTest, WhoAsksWhileOneRunsGetsTheNextOneAndSoManyAtMost) {
    std::latch begun(1);
    std::latch let_go(1);
    int reloads = 0;
    Reloader reloader([&] {
        if (++reloads == 1) {
            begun.count_down();
            let_go.wait();
        }
        return std::to_string(reloads);
    });
    std::promise<std::string> first;
    reloader.ask([&](std::string text) { first.set_value(std::move(text)); });
    begun.wait();
    std::promise<std::string> last;
    std::string answers;
    for (std::size_t i = 0; i + 1 < Reloader::kWaitingMax; ++i)
        reloader.ask([&](const std::string& text) { answers += text; });
    reloader.ask([&](std::string text) { last.set_value(std::move(text)); });
    reloader.ask([&](const std::string&) { answers += "one too many"; });
    let_go.count_down();
    EXPECT_EQ(first.get_future().get(), "1");
    EXPECT_EQ(last.get_future().get(), "2");
    EXPECT_TRUE(reloader.stop(kPatience));
    EXPECT_EQ(answers, std::string(Reloader::kWaitingMax - 1, '2'));
}

TEST_F(ReloaderTest, OneThatTakesTooLongIsLeftAlone) {
    struct Shared {
        std::latch begun{1};
        std::latch let_go{1};
        std::promise<void> ended;
    };
    const auto shared = std::make_shared<Shared>();
    Reloader reloader([shared] {
        shared->begun.count_down();
        shared->let_go.wait();
        shared->ended.set_value();
        return std::string();
    });
    reloader.ask([](const std::string&) {});
    shared->begun.wait();
    EXPECT_FALSE(reloader.stop(milliseconds(1)));
    shared->let_go.count_down();
    EXPECT_EQ(shared->ended.get_future().wait_for(kPatience), std::future_status::ready);
}

}  // namespace
}  // namespace facet::app
