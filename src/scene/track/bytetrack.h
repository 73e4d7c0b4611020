#pragma once
// ByteTrack (Zhang et al., ECCV 2022, arXiv 2110.06864): first the sure detections are matched with all tracks, then the
// unsure ones with the tracks that are left, because a box of low score that lies where a track is expected is the object,
// half hidden. Here with time in place of frames: the filter, the gates and the lives of tracks follow the clock, and a last
// stage finds objects that moved farther than their own size between two frames.
//
// Inputs: boxes and scores. Use it unless there is a reason not to.

#include "scene/track/tracker.h"

namespace facet::scene {

extern const TrackerInfo kByteTrack;

}  // namespace facet::scene
