#pragma once
// removed: an object that had been there for long is gone.
//
//   - {name: exhibit, type: removed, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], present: 10s, after: 5s, hidden: 0.2,
//      still: 0.25, labels: [vase]}
//
// Definition. An object whose label is wanted and whose anchor lies in the area (without `points`: the whole picture) and
// that has stood (scene/rule/standing.h, tolerance `still`) for `present` makes the box of that sighting a watched place,
// unless a watched place has an IoU of at least 0.5 with it or belongs to the same track. On each frame on which a detector
// ran, a watched place is
// - filled if a confirmed object of a wanted label is seen with an IoU of at least 0.5, which takes the place over (the same
//   object, whatever its id), or the track that it belongs to is seen within the tolerance of where it stood,
// - else hidden if the boxes of confirmed objects seen there cover more than the part `hidden` of it, each for itself,
// - else empty. It has been empty for the time between consecutive empty frames (at most one second each) since it was
//   last filled; while it is hidden no time counts.
// The object was removed when its place has been empty for `after`: one event, and the place is watched no longer. At most
// 256 places are watched; the one filled longest ago goes.
//
// Limits: an object that moves off slowly hides its own place until it is away; one that the detector loses for `after` in
// plain sight (light, night) counts as removed.
// Events: type removed, with the track, box, label and t of the last sighting at the place; values: present_s (from when it
// stood to then), removed (total of the rule). Counters: watched, removed.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kRemovedRule;
}  // namespace facet::scene
