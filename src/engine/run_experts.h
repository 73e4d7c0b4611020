#pragma once
// The runners of one worker, and how they are applied to a frame.

#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "backend/backend.h"
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

/// One worker's runners, made when first needed and kept. Used by one thread at a time.
class WorkerExperts {
public:
    WorkerExperts(const Plan& plan, backend::SessionOptions options) : plan_(plan), options_(std::move(options)) {}

    /// Runs expert `index` on the whole frame and adds its cost to `costs`. An Error with ErrorCode::corrupt is about this
    /// frame only (non-finite outputs); any other means that the expert cannot run.
    Result<ObservationContent> run(std::size_t index, const Frame& frame, expert::State* state, StageCosts& costs);

    /// Runs those of `experts` that are cascades of `parent` on crops of its detections, attaches their results to these,
    /// and runs the cascades of cascades likewise.
    Status run_cascades(std::span<const std::size_t> experts, std::size_t parent, const Frame& frame, Detections& detections,
                        StageCosts& costs);

    /// The variant of an expert as it ran ("openvino bf16 416x256"); empty where it has not run on this size.
    std::string variant(std::size_t index, Size picture) const;

private:
    Result<expert::Runner*> runner(std::size_t index, Size picture);

    const Plan& plan_;
    backend::SessionOptions options_;
    std::map<std::pair<std::size_t, std::pair<int, int>>, std::unique_ptr<expert::Runner>> runners_;
};

}  // namespace facet::engine
