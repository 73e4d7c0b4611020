#pragma once
// Live: `facet run`. Cameras that never end, watched by the brain's scheduler on this machine's cores.
//
//     receive --> ring of packets --> decode --> newest frame --> experts, scene --> write
//     a thread    bounded, dropped    worker     of the camera    worker             a thread
//     a camera    with a reason
//
// The scheduler (brain/schedule) decides; here its commands are carried out and its facts told. Its lock is held for that
// alone, never across work. No camera waits for another: what is shared are the workers, and those the scheduler shares out.
//
// While it runs it can be given another plan. Cameras are told apart by name. What a camera does between two frames is
// changed between two frames; who is not changed does not notice.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "brain/schedule/scheduler.h"
#include "engine/live_window.h"
#include "engine/plan.h"
#include "sink/sink.h"

namespace facet::engine {

struct LiveOptions {
    std::size_t workers = 1;
    backend::SessionOptions session;  ///< threads is 1: a worker is a core
    Nanoseconds latency_target = std::chrono::milliseconds(200);
    Nanoseconds hang_limit = std::chrono::seconds(10);  ///< experts that take longer on one frame have hung
    Nanoseconds duration{};                             ///< 0 = until stopped, or until all cameras are files that ended
};

enum class LiveCameraState { up, away, paused, ended };
std::string_view name(LiveCameraState state);

/// One camera, as it was from the start to now.
struct LiveCameraStatus {
    std::string name;
    std::string address;  ///< without its password
    LiveCameraState state = LiveCameraState::away;
    bool is_up = false;
    bool is_dozing = false;  ///< up, of `decode: lazy`, and nothing happens there
    std::string trouble;     ///< why it is down, or what was last wrong; one line
    std::int64_t packets = 0;
    std::int64_t frames_decoded = 0;
    std::int64_t results = 0;
    std::int64_t caught_up = 0;  ///< of these, on frames that were decoded afterwards; they do not count as latency
    std::int64_t events = 0;
    std::int64_t reconnects = 0;
    double results_per_second = 0;
    double latency_p50_ms = 0;  ///< arrival of the frame's own packet to the decision on events
    double latency_p99_ms = 0;
    std::vector<StageLatency> stages;           ///< in the order of the way through the program
    std::map<std::string, std::int64_t> drops;  ///< reason -> packets and frames
    LiveRecent recent;                          ///< of the last seconds
};

/// One expert, over all cameras.
struct LiveExpertStatus {
    std::string name;
    std::string model;
    std::size_t cameras = 0;  ///< that name it
    std::int64_t runs = 0;    ///< on whole frames
    double runs_per_second = 0;
};

struct LiveStatus {
    std::vector<LiveCameraStatus> cameras;  ///< in the order of the config
    std::vector<LiveExpertStatus> experts;
    double wall_s = 0;
    std::size_t workers = 0;
    double busy = 0;                    ///< share of the workers' time, lately
    double cores_used = 0;              ///< by the whole process, in the last seconds
    double resident_bytes = 0;          ///< memory of the process that is in RAM
    std::size_t packets_pending = 0;    ///< received, neither decoded nor dropped yet
    std::size_t jobs_waiting = 0;       ///< begun by the scheduler, not yet taken by a worker
    Nanoseconds result_interval{};      ///< least time between two results of a camera of weight 1
    std::string_view automatic_policy;  ///< what `decode: auto` means now
    std::int64_t reloads = 0;           ///< changes of the plan so far
    bool interrupted = false;
    /// Workers whose expert hung: replaced, and left alone. After `kWriteOffsMax` of them the run stops.
    std::int64_t write_offs = 0;
    static constexpr std::int64_t kWriteOffsMax = 4;
    /// Where a thread had to be left alone (an expert that hung, a name server that did not answer): what it still uses,
    /// beside the options and the registry. All of these must stay until the process ends, and it must end without tearing
    /// them down (std::_Exit).
    std::shared_ptr<void> abandoned;
    Error output_error{ErrorCode::internal, ""};  ///< message empty = none; the run stopped because of it
    Error model_error{ErrorCode::internal, ""};   ///< likewise: an expert that cannot run
};

/// What a change of the plan did, by names of cameras; and of experts, where these alone were loaded or let go.
struct LiveChange {
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> changed;    ///< between two frames
    std::vector<std::string> restarted;  ///< their connection was made anew
    std::size_t unchanged = 0;
    std::vector<std::string> experts_loaded;
    std::vector<std::string> experts_let_go;
};

/// The families that a run fills, for Metrics::declare and for the reference pages.
std::span<const MetricRow> live_metrics();

class LiveRun;

/// One run. Sinks are written by a thread of its own and not finished. What is passed by reference outlives it.
class Live {
public:
    Live(std::shared_ptr<const Plan> plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
         Metrics& metrics, Log& log);
    ~Live();
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;

    /// Runs the plan's cameras until `stop`, the duration, or the end of all files. A camera that cannot be reached is tried
    /// again for ever, and says so. `status` is called about once a second from this thread. To be called once.
    LiveStatus run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status);

    /// From any thread, also before run(). Goes over to `plan`: added cameras start, removed ones stop, changed ones go on
    /// with what they share with before (see CameraScene::inherit). New experts are made ready for every worker here, on
    /// the caller's time, before anything is changed; it waits for no frame. Nothing is done where an Error is returned.
    Result<LiveChange> change(std::shared_ptr<const Plan> plan, Nanoseconds latency_target);
    /// Counts a change that did not come to that, since its config is wrong. From any thread.
    void note_refused();
    /// From any thread.
    LiveStatus status() const;
    /// The latest plan, from any thread.
    std::shared_ptr<const Plan> plan() const;

private:
    std::shared_ptr<LiveRun> run_;
};

}  // namespace facet::engine
