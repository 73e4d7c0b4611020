#include "engine/executor.h"

#include "base/assert.h"
#include "base/denormals.h"

namespace facet::engine {

Executor::Executor(std::size_t workers) {
    FACET_ASSERT(workers > 0);
    threads_.reserve(workers);
    for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back([this, i] { work(i); });
}

Executor::~Executor() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
    for (auto& thread : threads_) thread.join();
}

void Executor::submit(Job& job, JobRank rank) {
    {
        const std::lock_guard lock(mutex_);
        Queue& queue = queues_[static_cast<std::size_t>(rank)];
        FACET_ASSERT(job.next_ == nullptr && queue.last != &job);
        if (queue.last)
            queue.last->next_ = &job;
        else
            queue.first = &job;
        queue.last = &job;
    }
    ready_.notify_one();
}

void Executor::work(std::size_t worker) {
    const DenormalsAsZero denormals;
    std::unique_lock lock(mutex_);
    while (true) {
        Job* job = nullptr;
        for (auto& queue : queues_) {
            if (!queue.first) continue;
            job = queue.first;
            queue.first = job->next_;
            if (!queue.first) queue.last = nullptr;
            job->next_ = nullptr;
            break;
        }
        if (stopping_) return;
        if (!job) {
            ready_.wait(lock);
            continue;
        }
        lock.unlock();
        job->run(worker);
        lock.lock();
    }
}

}  // namespace facet::engine
