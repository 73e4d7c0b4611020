#pragma once
// Screening: which detections of a frame a tracker looks at, and in which order.

#include <vector>

#include "media/observation.h"

namespace facet::scene {

/// Writes to `kept` the indices of the detections that can be tracked, by falling score (ties: earlier first), at most 512:
/// - a score of at least `score_min`, a finite box with an area, within +-10 million pixels;
/// - of two boxes of different labels that overlap by more than 0.7 only the better one: networks suppress per label, so an
///   object between two labels comes twice, and would be two tracks.
void screen(const Detections& detections, float score_min, std::vector<int>& kept);

}  // namespace facet::scene
