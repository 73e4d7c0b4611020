#pragma once
// motion: something moves, or no longer does; usually on the tracks of the motion expert.
//
//   - {name: yard, type: motion, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], after: 500ms, grace: 2s, experts: [motion]}
//
// Definition. A frame moves if a confirmed object is seen on it whose label is wanted and whose anchor lies in the area
// (without `points`: the whole picture). Moving frames belong to one movement while each is less than `grace` after the one
// before. A movement begins when it has reached from its first to its last moving frame for `after`, and ends at the first
// frame on which a detector ran that is at least `grace` after its last moving one, so that shorter ones are never told.
//
// Events: type motion; values: active (1 begins, 0 ends), motion_s (from first to last moving frame). The t of a beginning
// is that of the first moving frame, the t of an end that of the last one. box and score: of the largest object there.
// Counters: moving (1 or 0), movements.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kMotionRule;
}  // namespace facet::scene
