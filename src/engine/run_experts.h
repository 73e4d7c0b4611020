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
    const Plan& plan;  ///< the camera's
    const CameraPlan& camera;
    const Frame& frame;
    std::span<const std::unique_ptr<expert::State>> states;  ///< per expert of the plan; null where it has no memory
    Memory memory = Memory::either;
    std::int64_t every = 1;  ///< at least; an expert's own `every` may be more
};

/// Makes one result per expert of the camera, of which none has run.
void reset(std::vector<ExpertResult>& results, const CameraPlan& camera);

/// One worker's runners, made when first needed and kept. Used by one thread at a time. Plans come and go: a runner belongs
/// to a loaded expert, whichever plan names it.
class WorkerExperts {
public:
    explicit WorkerExperts(backend::SessionOptions options) : options_(std::move(options)) {}

    /// Loads those of `experts` (of `plan`) that run on whole frames, for frames of this size, so that the first one does
    /// not wait. The first that cannot be loaded is the Error, which run() will say again; the others are loaded all the
    /// same. Nothing is done where the size is unknown (empty).
    Status warm_up(const Plan& plan, std::span<const std::size_t> experts, Size picture);

    /// Runs the due experts of a camera on one of its frames, a cascade right after the expert it is of, and fills their
    /// `results` (after reset()). What fails is told to `failed`: an error that concerns this frame only (non-finite
    /// outputs, a cascade), or one that means that the expert cannot run. Costs are added.
    void run(const FrameExperts& what, std::span<ExpertResult> results, StageCosts& costs,
             const std::function<void(const Error&, bool concerns_frame)>& failed);

    /// Takes over the runners that another one has made, where it has none of its own.
    void take(WorkerExperts&& prepared) { runners_.merge(prepared.runners_); }
    /// Lets go of the runners of experts that `plan` does not name.
    void keep_only(const Plan& plan);

private:
    Result<expert::Runner*> runner(const PlannedExpert& expert, Size picture);
    Result<ObservationContent> run(const PlannedExpert& expert, const Frame& frame, expert::State* state, StageCosts& costs);
    /// Those of `experts` that are cascades of `parent` on crops of its detections, and the cascades of cascades.
    Status run_cascades(const FrameExperts& what, std::size_t parent, Detections& detections, StageCosts& costs);

    /// The runner keeps its expert, so an address stands for one expert as long as it is a key.
    struct Key {
        const expert::LoadedExpert* expert;
        backend::Precision precision;
        int width;
        int height;
        auto operator<=>(const Key&) const = default;
    };
    backend::SessionOptions options_;
    std::map<Key, std::unique_ptr<expert::Runner>> runners_;
};

}  // namespace facet::engine
