#pragma once
// LiveRun: the parts of a live run, for the files that carry it out: live.cpp (receiving, workers, the loop),
// live_change.cpp (another plan), live_status.cpp (what it says of itself).

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "brain/schedule/change.h"
#include "engine/footage.h"
#include "engine/live.h"
#include "engine/live_metrics.h"
#include "engine/live_writer.h"
#include "engine/run_experts.h"
#include "source/live/backoff.h"
#include "source/live/live_input.h"

namespace facet::engine {

/// A thread that receives one camera. Asked to end by its interrupt, which is raised with the lock of the run held: from
/// then on it touches nothing of the camera, so that one that cannot be ended is left alone and another takes its place.
struct Receiver {
    explicit Receiver(const CameraPlan& camera) : plan(camera) {}

    const CameraPlan plan;  ///< as it was when this began; the camera's own may change
    source::live::Interrupt interrupt;
    std::thread thread;
    TimePoint asked_to_end{};  ///< guarded by the lock of the run
    bool has_ended = false;    ///< likewise
};

/// What an inference job works on. Where its worker is written off, it keeps this, and the camera gets another.
struct Look {
    std::shared_ptr<const Plan> own;         ///< of this camera alone
    std::shared_ptr<const CameraPlan> plan;  ///< in `own`, which it keeps
    FramePtr frame;
    std::vector<std::unique_ptr<expert::State>> states;
    std::vector<ExpertResult> results;
};
/// A look without a frame, with states of which none has seen anything.
std::shared_ptr<Look> new_look(std::shared_ptr<const Plan> own);

struct LiveCamera {
    LiveCamera(std::shared_ptr<Look> first_look, std::unique_ptr<CameraScene> first_scene, Metrics& registry);

    /// Between its inference jobs: goes over to `next`.
    void go_over(Metrics& registry);

    const std::string name;
    CameraMetrics metrics;
    source::live::LiveTimeline timeline;     // of the decode job
    std::shared_ptr<CameraFootage> footage;  // set before it begins

    // Guarded by the lock of the run:
    std::size_t index = 0;     // the scheduler's
    std::size_t position = 0;  // in the config
    CameraPlan received_by;    // how it is or will be received: the latest plan's word
    bool is_paused = false;
    bool is_removed = false;             // it waits for its jobs and its receiver
    std::shared_ptr<Receiver> receiver;  // null: paused, ended, or none yet
    std::deque<std::pair<std::int64_t, source::live::LivePacket>>
        held;  // pending packets by number, as the scheduler has them
    std::int64_t packets = 0;
    std::shared_ptr<source::live::LiveDecoder> decoder;  // of the connection that stands
    std::int64_t frames = 0;
    std::vector<std::pair<std::int64_t, FramePtr>>
        waiting;  // decoded, not asked for yet; the newest and one that it replaces
    Size size;    // of the latest frame
    bool decodes = false;
    bool infers = false;
    bool rewinds = false;      // of the decode job: as commanded
    bool is_catch_up = false;  // of the inference job: likewise
    bool is_probe = false;
    bool is_up = false;
    bool ended = false;
    std::string trouble;
    std::int64_t reconnects = 0;
    LiveWindow window;

    // Of the decode job:
    source::live::LivePacket decoding;
    std::shared_ptr<source::live::LiveDecoder> decoding_with;
    std::vector<FramePtr> decoded;
    // Of the inference job; where none runs, guarded by the lock of the run:
    std::shared_ptr<Look> look;
    std::vector<Box> boxes;
    brain::SceneChange change;
    std::unique_ptr<CameraScene> scene;  // refers to look->own

    /// What it goes over to when the inference job that runs has ended. Guarded by the lock of the run.
    struct Next {
        std::shared_ptr<Look> look;
        std::unique_ptr<CameraScene> scene;
    };
    std::optional<Next> next;
};

/// A thread, its sessions, and what it is at.
struct Worker {
    explicit Worker(const backend::SessionOptions& options) : experts(options) {}

    WorkerExperts experts;
    std::thread thread;
    std::atomic<LiveCamera*> looks_at{nullptr};  // while its experts run
    std::atomic<TimePoint> since{};
    // Guarded by the lock of the run:
    std::int64_t generation = 0;              // of the plan to which its sessions belong
    std::unique_ptr<WorkerExperts> prepared;  // sessions for a newer one
    bool is_written_off = false;
    bool has_ended = false;
};

class LiveRun : public std::enable_shared_from_this<LiveRun> {
public:
    LiveRun(const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks, Metrics& metrics, Log& log,
            std::unique_ptr<Footage> footage);

    LiveStatus run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status);
    Result<LiveChange> change(std::shared_ptr<const Plan> plan, Nanoseconds latency_target);
    LiveStatus status() const;
    std::shared_ptr<const Plan> plan() const;
    void note_refused();
    void fail_with(const Error& error) { model_error_ = error; }          ///< before run()
    void fail_with_output(const Error& error) { output_error_ = error; }  ///< likewise

private:
    using CameraPtr = std::shared_ptr<LiveCamera>;
    struct Work {
        CameraPtr camera;
        bool is_inference = false;
    };

    // live.cpp
    void receive(LiveCamera& camera, Receiver& receiver);
    Status receive_connection(LiveCamera& camera, Receiver& receiver);
    void accept(LiveCamera& camera, Receiver& receiver, source::live::LivePacket packet);
    void lose(LiveCamera& camera, Receiver& receiver, const Error& error, source::live::Backoff& backoff);
    void tell(const brain::Fact& fact, bool from_free_worker = false);
    void carry_out(const brain::Command& command);
    std::shared_ptr<Worker> start_worker();
    void work(Worker& worker);
    void follow_plan(Worker& worker, std::unique_lock<std::mutex>& lock);
    void write_off_the_hung();
    void decode(LiveCamera& camera, std::unique_lock<std::mutex>& lock);
    void infer(LiveCamera& camera, Worker& worker, std::unique_lock<std::mutex>& lock);
    void run_experts(LiveCamera& camera, Look& look, Worker& worker, StageCosts& costs);
    static bool has_changed(LiveCamera& camera, const Look& look);
    bool judge(LiveCamera& camera, Look& look, TimePoint began, StageCosts& costs);
    void count(const StageCosts& costs);
    bool all_ended() const;
    void drain(std::unique_lock<std::mutex>& lock);

    // live_change.cpp
    struct Steps;
    Result<Steps> plan_steps(const std::shared_ptr<const Plan>& plan);
    Status prepare_experts(const Plan& before, const Plan& after, Steps& steps) const;
    Status add(Steps& steps, std::size_t position);
    void carry_out(Steps& steps);
    void end_receiver(LiveCamera& camera);
    void start_receiver(const CameraPtr& camera);
    void tend_cameras();
    void tend_receiver(LiveCamera& camera);

    // live_status.cpp
    LiveStatus status_now() const;
    LiveCameraStatus status_of(const LiveCamera& camera, double wall_s) const;
    std::vector<LiveExpertStatus> experts_now() const;
    void sample();

    LiveOptions options_;
    Metrics& metrics_;
    RunMetrics run_metrics_;
    Log& log_;
    TimePoint began_ = monotonic_now();
    std::mutex change_mutex_;  // one change at a time; taken before mutex_

    mutable std::mutex mutex_;  // guards what follows, and what LiveCamera, Receiver and Worker say
    std::condition_variable work_there_;
    std::condition_variable job_ended_;
    std::shared_ptr<const Plan> plan_;  // null before the first one
    std::int64_t generation_ = 0;       // of plan_
    std::vector<std::shared_ptr<Worker>> workers_;
    std::vector<CameraPtr> cameras_;                     // by the scheduler's index; null where removed
    std::vector<std::shared_ptr<Receiver>> left_alone_;  // threads that did not end when asked
    brain::Scheduler scheduler_;
    std::vector<brain::Command> commands_;
    std::vector<Work> work_;  // begun by the scheduler, not yet taken by a worker: at most as many as workers
    std::size_t receivers_ended_ = 0;
    bool left_someone_alone_ = false;
    bool wants_tending_ = false;
    bool stopping_ = false;
    bool interrupted_ = false;
    std::optional<double> wall_s_;  // of the whole run, once it has stopped
    std::int64_t write_offs_ = 0;
    Error model_error_{ErrorCode::internal, ""};
    Error output_error_{ErrorCode::internal, ""};
    struct Sample {
        TimePoint at{};
        Nanoseconds cpu{};
        std::map<std::string, std::int64_t> runs;  // by expert
    };
    std::deque<Sample> samples_;
    double resident_bytes_ = 0;

    std::unique_ptr<Footage> footage_;  // null where it could not be made
    LiveWriter writer_;
};

}  // namespace facet::engine
