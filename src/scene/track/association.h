#pragma once
// The costs of matching a tracklet with a detection that several trackers share.

#include "media/geometry.h"
#include "media/observation.h"
#include "scene/track/box_filter.h"
#include "scene/track/pairing.h"
#include "scene/track/roster.h"

namespace facet::scene {

/// The last resort for boxes that no longer overlap, at low frame rates and for small fast objects: how far the detection's
/// centre lies from where the filter expects it, against how uncertain the filter is, in [0, 1); kNever beyond the 99 %
/// gate, or where a side has more than doubled or halved. The gate grows by itself with the time since the track was seen:
/// at 30 frames a second it is tighter than any overlap, at 2 it reaches several sizes.
float reach_cost(const Tracklet& tracklet, const Detection& detection, const MotionModel& motion);
/// Where the reach stage cuts; all costs of reach_cost() are below.
constexpr float kReachCostMax = 1.5F;

}  // namespace facet::scene
