#include "engine/executor.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace facet::engine {
namespace {

struct FunctionJob : Job {
    std::function<void(std::size_t)> function;
    explicit FunctionJob(std::function<void(std::size_t)> f) : function(std::move(f)) {}
    void run(std::size_t worker) override { function(worker); }
};

TEST(ExecutorTest, JobsThatWaitRunByRankAndThenInTheOrderOfTheirSubmission) {
    std::promise<void> gate;
    std::promise<void> started;
    std::promise<void> finished;
    std::string order;
    FunctionJob block([&](std::size_t) {
        started.set_value();
        gate.get_future().wait();
    });
    FunctionJob first_inference([&](std::size_t) { order += 'i'; });
    FunctionJob second_inference([&](std::size_t) {
        order += 'j';
        finished.set_value();
    });
    FunctionJob decode([&](std::size_t) { order += 'd'; });
    FunctionJob finish([&](std::size_t) { order += 'f'; });
    Executor executor(1);
    executor.submit(block, JobRank::finish);
    started.get_future().wait();
    executor.submit(first_inference, JobRank::inference);
    executor.submit(second_inference, JobRank::inference);
    executor.submit(decode, JobRank::decode);
    executor.submit(finish, JobRank::finish);
    gate.set_value();
    finished.get_future().wait();
    EXPECT_EQ(order, "fdij");
}

TEST(ExecutorTest, AJobMaySubmitItselfAgainWhileItRuns) {
    constexpr int kRuns = 10'000;
    std::promise<void> finished;
    std::atomic<int> runs = 0;
    Executor executor(4);
    FunctionJob* self = nullptr;
    FunctionJob job([&](std::size_t) {
        if (++runs == kRuns)
            finished.set_value();
        else
            executor.submit(*self, JobRank::decode);
    });
    self = &job;
    executor.submit(job, JobRank::decode);
    finished.get_future().wait();
    EXPECT_EQ(runs, kRuns);
}

TEST(ExecutorTest, NoTwoJobsRunAtOnceOnOneWorker) {
    constexpr int kJobs = 2'000;
    Executor executor(3);
    std::array<std::atomic<int>, 3> busy{};
    std::atomic<int> clashes = 0;
    std::atomic<int> left = kJobs;
    std::promise<void> finished;
    std::vector<FunctionJob> jobs;
    jobs.reserve(kJobs);
    for (int i = 0; i < kJobs; ++i)
        jobs.emplace_back([&](std::size_t worker) {
            clashes += busy[worker].fetch_add(1) != 0 ? 1 : 0;
            busy[worker].fetch_sub(1);
            if (--left == 0) finished.set_value();
        });
    for (auto& job : jobs) executor.submit(job, JobRank::inference);
    finished.get_future().wait();
    EXPECT_EQ(clashes, 0);
}

}  // namespace
}  // namespace facet::engine
