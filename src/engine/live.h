#pragma once
// Live: `facet run`. Cameras that never end, watched by the brain's scheduler on this machine's cores.
//
//     receive --> ring of packets --> decode --> newest frame --> experts, scene --> write
//     a thread    bounded, dropped    worker     of the camera    worker             a thread
//     a camera    with a reason
//
// The scheduler (brain/schedule) decides; here its commands are carried out and its facts told. Its lock is held for that
// alone, never across work. No camera waits for another: what is shared are the workers, and those the scheduler shares out.

#include <array>
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
#include "engine/plan.h"
#include "engine/plugins.h"
#include "engine/run_experts.h"
#include "sink/sink.h"

namespace facet::engine {

struct LiveOptions {
    std::size_t workers = 1;
    backend::SessionOptions session;  ///< threads is 1: a worker is a core
    Nanoseconds latency_target = std::chrono::milliseconds(200);
    Nanoseconds hang_limit = std::chrono::seconds(10);  ///< experts that take longer on one frame have hung
    Nanoseconds duration{};                             ///< 0 = until stopped, or until all cameras are files that ended
};

/// One camera, as it was from the start to now.
struct LiveCameraStatus {
    std::string name;
    std::string address;  ///< without its password
    bool is_up = false;
    std::string trouble;  ///< why it is down, or what was last wrong; one line
    std::int64_t packets = 0;
    std::int64_t frames_decoded = 0;
    std::int64_t results = 0;
    std::int64_t caught_up = 0;  ///< of these, on frames that were decoded afterwards; they do not count as latency
    std::int64_t events = 0;
    std::int64_t reconnects = 0;
    double results_per_second = 0;
    double latency_p50_ms = 0;  ///< arrival of the frame's own packet to the decision on events
    double latency_p99_ms = 0;
    std::map<std::string, std::int64_t> drops;  ///< reason -> packets and frames
};

struct LiveStatus {
    std::vector<LiveCameraStatus> cameras;
    double wall_s = 0;
    double busy = 0;                    ///< share of the workers' time, lately
    Nanoseconds result_interval{};      ///< least time between two results of a camera of weight 1
    std::string_view automatic_policy;  ///< what `decode: auto` means now
    bool interrupted = false;
    /// Workers whose expert hung: replaced, and left alone. After `kWriteOffsMax` of them the run stops.
    std::int64_t write_offs = 0;
    static constexpr std::int64_t kWriteOffsMax = 4;
    /// Where there were any: what their threads still use, beside the plan, the options and the registry. All of these must
    /// stay until the process ends, and it must end without tearing them down (std::_Exit).
    std::shared_ptr<void> abandoned;
    Error output_error{ErrorCode::internal, ""};  ///< message empty = none; the run stopped because of it
    Error model_error{ErrorCode::internal, ""};   ///< likewise: an expert that cannot run
};

/// The families that a run fills, for Metrics::declare and for the reference pages.
std::span<const MetricRow> live_metrics();

/// Runs the plan's cameras until `stop`, the duration, or the end of all files. A camera that cannot be reached is tried
/// again for ever, and says so. `status` is called about once a second from this thread. Sinks are written by a thread of
/// their own and not finished.
LiveStatus run_live(const Plan& plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
                    Metrics& metrics, Log& log, const std::atomic<bool>& stop,
                    const std::function<void(const LiveStatus&)>& status);

}  // namespace facet::engine
