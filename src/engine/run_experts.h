#pragma once
// The runners of one worker, and how they are applied to a frame.

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "backend/backend.h"
#include "engine/camera_scene.h"
#include "engine/plan.h"
#include "media/observation.h"
#include "media/picture.h"

namespace facet::engine {

/// CPU time by stage, summed over frames.
struct StageCosts {
    Nanoseconds decode{};
    Nanoseconds image{};
    Nanoseconds inference{};  ///< the network and the decoding of its outputs
    Nanoseconds track{};
    Nanoseconds rule{};
    Nanoseconds sink{};

    StageCosts& operator+=(const StageCosts& other);
};

/// Experts with memory must see their camera's frames in order; those without may run on any frame at any time.
enum class Memory { without, with, either };

/// What is to run on one frame.
struct FrameExperts {
    const CameraPlan& camera;
    const Frame& frame;
    std::span<const std::unique_ptr<expert::State>> states;  ///< per expert of the plan; null where it has no memory
    Memory memory = Memory::either;
    std::int64_t every = 1;  ///< at least; an expert's own `every` may be more
};

/// Makes one result per expert of the camera, of which none has run.
void reset(std::vector<ExpertResult>& results, const CameraPlan& camera);

/// One worker's runners, made when first needed and kept. Used by one thread at a time.
class WorkerExperts {
public:
    WorkerExperts(const Plan& plan, backend::SessionOptions options) : plan_(plan), options_(std::move(options)) {}

    /// Loads those of `experts` that run on whole frames, for frames of this size, so that the first one does not wait. What
    /// cannot be loaded is said by run(). Nothing is done where the size is unknown (empty).
    void warm_up(std::span<const std::size_t> experts, Size picture);

    /// Runs the due experts of a camera on one of its frames, a cascade right after the expert it is of, and fills their
    /// `results` (after reset()). What fails is told to `failed`: an error that concerns this frame only (non-finite
    /// outputs, a cascade), or one that means that the expert cannot run. Costs are added.
    void run(const FrameExperts& what, std::span<ExpertResult> results, StageCosts& costs,
             const std::function<void(const Error&, bool concerns_frame)>& failed);

private:
    Result<expert::Runner*> runner(std::size_t index, Size picture);
    Result<ObservationContent> run(std::size_t index, const Frame& frame, expert::State* state, StageCosts& costs);
    /// Those of `experts` that are cascades of `parent` on crops of its detections, and the cascades of cascades.
    Status run_cascades(std::span<const std::size_t> experts, std::size_t parent, const Frame& frame, Detections& detections,
                        StageCosts& costs);

    const Plan& plan_;
    backend::SessionOptions options_;
    std::map<std::pair<std::size_t, std::pair<int, int>>, std::unique_ptr<expert::Runner>> runners_;
};

}  // namespace facet::engine
