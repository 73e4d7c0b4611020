#pragma once
// Tracking by appearance beside motion, after BoT-SORT (Aharon et al., arXiv 2206.14651) and Deep OC-SORT (Maggiolino et
// al., ICIP 2023, arXiv 2302.11813): ByteTrack's stages, but a detection that looks like the track and lies within its reach
// matches even where the boxes do not overlap, and one that looks different does not match by reach alone. A track's look is
// a running mean of its detections' embeddings in which a sure detection counts more.
//
// Inputs: boxes, scores, and Detection::embedding (unit length) from a re-identification cascade. Where embeddings are
// missing, on some frames or always, it decides as ByteTrack does. For people who cross, hide and come back.

#include "scene/track/tracker.h"

namespace facet::scene {

extern const TrackerInfo kAppearance;

}  // namespace facet::scene
