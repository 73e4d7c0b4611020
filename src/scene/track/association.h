#pragma once
// What the trackers share in deciding who is matched with whom: the lists that their stages work on, and a cost.

#include <vector>

#include "media/geometry.h"
#include "media/observation.h"
#include "scene/track/box_filter.h"
#include "scene/track/pairing.h"
#include "scene/track/roster.h"

namespace facet::scene {

/// Who is still to be matched on this frame: indices of tracklets by id, of detections by falling score.
struct Candidates {
    std::vector<std::size_t> believed;   ///< confirmed and lost tracks
    std::vector<std::size_t> tentative;  ///< tracks that have been seen once or too shortly
    std::vector<std::size_t> waiting;    ///< tracks set aside by a stage for a later one
    std::vector<int> sure;               ///< detections of at least the tracker's high score
    std::vector<int> unsure;             ///< the others
    std::vector<Box> predicted;          ///< of all tracklets

    /// Fills the lists from a roster that has advanced to the frame.
    void collect(const Roster& roster, const Detections& detections, float high, float low);
    /// Puts the tracks that were lost already before this frame aside: they may not take an unsure detection.
    void set_lost_aside(const Roster& roster);
    /// All tracks that are left into `waiting`, all detections of at least `score_min` that are left into `sure`: for the
    /// last stage and for new tracks.
    void gather_rest(const Detections& detections, float score_min);
};

/// The last resort for boxes that no longer overlap, at low frame rates and for small fast objects: how far the detection's
/// centre lies from where the filter expects it, against how uncertain the filter is; at most kReachCostMax, and kNever
/// beyond the 99 % gate or where a side has more than doubled or halved. The gate grows by itself with the time since the
/// track was seen: at 30 frames a second it is tighter than any overlap, at 2 it reaches several sizes.
float reach_cost(const Tracklet& tracklet, const Detection& detection, const MotionModel& motion);
constexpr float kReachCostMax = 1.5F;

}  // namespace facet::scene
