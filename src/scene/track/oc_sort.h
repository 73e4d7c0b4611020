#pragma once
// OC-SORT (Cao et al., CVPR 2023, arXiv 2203.14360): trusts what was observed over what the filter believes.
// - Momentum: a match that keeps the direction in which the track was observed to move is cheaper.
// - Recovery: a track that finds nothing where it is expected may take what overlaps its last observation (it stopped).
// - Re-update: when a track is found again, its filter is run once more over a straight path from the last observation to
//   the new one, so that the error that grew in the gap does not live on.
// Times are in seconds in place of frames, as in all trackers here.
//
// Inputs: boxes and scores. Better than ByteTrack where objects turn and dance; it does not look at unsure detections.

#include "scene/track/tracker.h"

namespace facet::scene {

extern const TrackerInfo kOcSort;

}  // namespace facet::scene
