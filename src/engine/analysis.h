#pragma once
// Analysis: `facet analyze`. Files and synthetic scenes, every frame, as fast as the cores allow.
//
// A camera is a straight line of stages, each a job of the executor:
//
//     decode --> window of slots --> experts --> scene --> write
//     in order,   bounded, reused    any order,  in order   in order over all cameras
//     one a time                     parallel    per camera (time, then camera): the same bytes for every --threads
//
// The lock guards the few numbers that say where each slot stands; it is never held across work.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "engine/camera_scene.h"
#include "engine/plan.h"
#include "engine/run_experts.h"
#include "sink/sink.h"

namespace facet::engine {

struct AnalysisOptions {
    std::size_t workers = 1;
    std::int64_t every = 1;           ///< experts run on every n-th frame
    std::int64_t frames_max = 0;      ///< per camera; 0 = all
    backend::SessionOptions session;  ///< threads is 1: a worker is a core
};

/// Sees every frame with all that it gave, in the order of writing, before the sinks. For the overlay and the report.
class Observer {
public:
    virtual ~Observer() = default;
    /// Where it returns a picture, that is the overlay that sinks get; null = none. Borrowed until the next call.
    virtual const Picture* observe(const Frame& frame, const CameraPlan& camera, std::span<const ExpertResult> results,
                                   const SceneResult& result) = 0;
};

struct CameraSummary {
    std::string name;
    std::string address;
    std::int64_t frames = 0;
    bool opened = false;
};

struct AnalysisSummary {
    std::int64_t frames = 0;           ///< decoded
    std::int64_t frames_inferred = 0;  ///< on which at least one expert ran
    std::int64_t events = 0;
    double startup_s = 0;       ///< from the call of analyze() until cameras are open and networks loaded
    double startup_cpu_s = 0;   ///< CPU time of the process until then
    double wall_s = 0;          ///< from then to the end
    double first_result_s = 0;  ///< from the call of analyze() to the first frame written
    StageCosts costs;
    std::map<std::string, std::int64_t> skipped;  ///< reason -> frames
    std::map<std::string, std::int64_t> errors;   ///< cause -> count
    std::vector<std::string> messages;            ///< one line a cause, for standard error
    std::vector<CameraSummary> cameras;
    bool interrupted = false;
    Error output_error{ErrorCode::internal, ""};  ///< message empty = none; the run stopped because of it
    Error model_error{ErrorCode::internal, ""};   ///< likewise: an expert that cannot run
    std::vector<std::string> variants;            ///< of the experts that ran
};

struct Progress {
    std::int64_t frames = 0;
    std::int64_t frames_expected = 0;  ///< 0 = unknown
    double elapsed_s = 0;
};

/// Runs the plan's cameras to their ends, or until `stop`. `sinks` are written but not finished. At most 4 cameras
/// are open at a time; more wait their turn, in order.
AnalysisSummary analyze(const Plan& plan, const Plugins& plugins, const AnalysisOptions& options,
                        std::span<const std::unique_ptr<sink::Sink>> sinks, Observer* observer,
                        const std::atomic<bool>& stop, const std::function<void(const Progress&)>& progress);

}  // namespace facet::engine
