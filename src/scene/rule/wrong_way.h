#pragma once
// wrong_way: an object moves against the direction that is allowed.
//
//   - {name: one-way, type: wrong_way, points: [[0.5, 0.9], [0.5, 0.1]], area: [[0.3, 0.0], [0.7, 0.0], [0.7, 1.0]],
//      distance: 0.1, angle: 60, labels: [car, bus, truck]}
//
// Definition. The allowed direction runs from the first to the second of `points`. The way of an object is made of its
// sightings inside of `area` (none: the whole picture); a sighting outside ends it, and the next one inside begins another.
// - The object's farthest point is the latest of those of its way that lie farthest along the allowed direction. It goes the
//   wrong way as soon as it is seen at least `distance` (of the picture's height) back from that point, measured along the
//   allowed direction, and within `angle` degrees of straight back, and its label is wanted.
// - That is told once, until the object has gone `distance` along the allowed direction again, from the farthest point back
//   that it reached; from there its way begins anew.
//
// Events: type wrong_way; values: distance (back from the farthest point, in heights of the picture), wrong_way (total of
// the rule). Counters: wrong_way.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kWrongWayRule;
}  // namespace facet::scene
