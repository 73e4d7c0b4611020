#pragma once
// LiveWriter: results on their way to the sinks, on a thread of its own, so that a slow disk holds up no worker.

#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/camera_scene.h"

namespace facet::engine {

/// What one frame gave, kept until it is written.
struct LiveResult {
    std::shared_ptr<const CameraPlan> camera;  ///< with all that `scene` refers to
    Size size;
    Nanoseconds t{};
    std::int64_t sequence = 0;
    SceneResult scene;
    LiveResult* next = nullptr;  // of the free list or of the queue
};

/// Thread-safe. A fixed number of results is under way: who wants one more than that waits until one is written, since
/// events may be late but never lost.
class LiveWriter {
public:
    LiveWriter(std::span<const std::unique_ptr<sink::Sink>> sinks, std::size_t results_max);
    /// Writes what is queued.
    ~LiveWriter();
    LiveWriter(const LiveWriter&) = delete;
    LiveWriter& operator=(const LiveWriter&) = delete;

    /// Memory for a result.
    LiveResult& take();
    /// Written in the order of these calls.
    void put(LiveResult& result);
    /// Returns when all that was put is written. What comes later is not taken any more: the sinks may be finished.
    void close();
    /// The first failure of a sink; nothing is written after it.
    Status status() const;

private:
    void work();

    std::span<const std::unique_ptr<sink::Sink>> sinks_;
    std::vector<LiveResult> results_;
    mutable std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    LiveResult* free_ = nullptr;
    std::size_t under_way_ = 0;  // put, not yet written
    LiveResult* first_ = nullptr;
    LiveResult* last_ = nullptr;
    bool closed_ = false;
    bool stopping_ = false;
    Status status_;
    std::thread thread_;
};

}  // namespace facet::engine
