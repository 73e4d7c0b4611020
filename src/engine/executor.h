#pragma once
// Executor: the box's cores. As many workers as asked for run jobs; nothing else of Facet computes.

#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace facet::engine {

/// A unit of work that lives longer than its run: submitting one allocates nothing. A job is in the executor at most once
/// at a time; it may submit itself or others while it runs.
class Job {
public:
    virtual ~Job() = default;
    /// `worker` is 0..workers-1; no two runs with one number overlap, so per-worker memory needs no lock.
    virtual void run(std::size_t worker) = 0;

private:
    friend class Executor;
    Job* next_ = nullptr;
};

/// What runs first where several jobs wait: results on their way out, then frames into the window, then inference.
/// Within one rank: first come, first served.
enum class JobRank : std::size_t { finish, decode, inference };

/// Workers sleep where there is nothing to do; there is no polling. Denormal numbers are flushed to zero in every worker.
/// Thread-safe.
class Executor {
public:
    explicit Executor(std::size_t workers);
    /// Waits for the jobs that run; jobs that still wait are dropped.
    ~Executor();
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;

    std::size_t workers() const { return threads_.size(); }
    void submit(Job& job, JobRank rank);

private:
    struct Queue {
        Job* first = nullptr;
        Job* last = nullptr;
    };
    static constexpr std::size_t kRanks = 3;

    void work(std::size_t worker);

    std::mutex mutex_;
    std::condition_variable ready_;
    std::array<Queue, kRanks> queues_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace facet::engine
