#pragma once
// LiveWriter: results on their way to the sinks, on a thread of its own, so that a slow disk holds up no worker.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/camera_scene.h"
#include "engine/footage.h"

namespace facet::engine {

/// What one frame gave, kept until it is written.
struct LiveResult {
    std::shared_ptr<const CameraPlan> camera;  ///< with all that `scene` refers to
    std::shared_ptr<CameraFootage> footage;    ///< of its camera; null = no evidence is kept
    FramePtr frame;                            ///< of a result with events whose evidence is kept; else null
    Size size;
    Nanoseconds t{};
    std::int64_t sequence = 0;
    SceneResult scene;
    TimePoint decided{};
    Histogram* written = nullptr;  ///< (optional) gets the time from `decided` until the sinks have it
    LiveResult* next = nullptr;    // of the free list or of the queue
};

/// Thread-safe. A fixed number of results is under way: who wants one more than that waits until one is written, since
/// events may be late but never lost.
///
/// Events with evidence wait for it, apart from the rest of their result, at most kEvidenceWaitMax; they are written in the
/// order of decision.
class LiveWriter {
public:
    static constexpr Nanoseconds kEvidenceWaitMax = std::chrono::milliseconds(1500);
    static constexpr std::size_t kEventsMax = 256;  ///< that wait for their evidence; beyond, the oldest waits no longer

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
    /// The evidence of some event is settled. From any thread.
    void evidence_settled();
    /// The first failure of a sink; nothing is written after it.
    Status status() const;

private:
    /// An event and what its line needs.
    struct Waiting {
        std::shared_ptr<const CameraPlan> camera;
        Size size;
        Nanoseconds t{};
        std::int64_t sequence = 0;
        Event event;
        EvidenceClaimPtr claim;
        TimePoint give_up{};
    };

    void work();
    void hold_back(LiveResult& result);
    bool can_write_event(TimePoint now);
    Status write(const sink::FrameRecord& record);
    Status write(const LiveResult& result);
    Status write(Waiting& waiting);

    std::span<const std::unique_ptr<sink::Sink>> sinks_;
    std::vector<LiveResult> results_;
    std::deque<Waiting> waiting_;  // of the writer's thread; by decision
    bool is_ending_ = false;       // likewise
    mutable std::mutex mutex_;     // guards what follows
    std::condition_variable changed_;
    LiveResult* free_ = nullptr;
    std::size_t under_way_ = 0;  // put, not yet written
    LiveResult* first_ = nullptr;
    LiveResult* last_ = nullptr;
    std::size_t events_waiting_ = 0;  // waiting_.size()
    bool closed_ = false;
    bool stopping_ = false;
    Status status_;
    std::thread thread_;
};

}  // namespace facet::engine
