#pragma once
// Pairing: one stage of association. Stages follow each other; each takes its pairs out of the lists of those who are left.

#include <cstddef>
#include <limits>
#include <vector>

#include "media/assignment.h"

namespace facet::scene {

/// Not to be paired.
constexpr float kNever = std::numeric_limits<float>::infinity();

/// Scratch memory of the stages; one per tracker.
class Pairing {
public:
    /// Matches tracklets with detections (indices) at the least total cost, exactly; pairs of at least `cost_max` are not
    /// made. `cost(tracklet, detection)` is below kNever where the pair is allowed; `pair(tracklet, detection)` is called
    /// for each match, by tracklet. Matched ones leave their lists; the order of the others stays.
    template <class Cost, class Pair>
    void match(std::vector<std::size_t>& tracklets, std::vector<int>& detections, float cost_max, Cost&& cost, Pair&& pair) {
        if (tracklets.empty() || detections.empty()) return;
        costs_.clear();
        for (const auto tracklet : tracklets)
            for (const auto detection : detections) costs_.push_back(cost(tracklet, detection));
        const auto column_of = assigner_.solve(costs_, tracklets.size(), detections.size(), cost_max);
        std::size_t kept = 0;
        for (std::size_t i = 0; i < tracklets.size(); ++i) {
            if (column_of[i] < 0) {
                tracklets[kept++] = tracklets[i];
                continue;
            }
            auto& detection = detections[static_cast<std::size_t>(column_of[i])];
            pair(tracklets[i], detection);
            detection = kTaken;
        }
        tracklets.resize(kept);
        std::erase(detections, kTaken);
    }

private:
    static constexpr int kTaken = -1;
    Assigner assigner_;
    std::vector<float> costs_;
};

}  // namespace facet::scene
