#pragma once
// zone: an object enters or leaves an area; with `dwell`, also that a stay has lasted that long.
//
//   - {name: lobby, type: zone, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], labels: [person], anchor: bottom,
//      dwell: 5s, hysteresis: 0.01, grace: 2s}
//
// Definition. A stay (scene/rule/stay.h) begins with an object's first sighting inside, also where that is its first at all,
// and lasts until its last sighting inside. It has ended as soon as the object is seen more than `hysteresis` (of the
// picture's height) outside, or is not seen for `grace` and its tracker has given it up; until then trembling on the edge
// and losses are one stay. The end of a clip ends no stay.
// - `enter` is given when the stay begins, or later, at the first sighting of the stay at which the vote's label is a wanted
//   one; its t is the first sighting inside in both cases. `leave` is given when a stay whose `enter` was given has ended,
//   whatever the label is then; its t is the last sighting inside.
// - With `dwell`, one event of type `dwell` per stay whose `enter` was given, at the first sighting inside that is at least
//   `dwell` after the first of the stay.
//
// Events: type zone, direction enter or leave; type dwell without direction. Values: occupancy (objects inside after this
// event), entered, left (totals of the rule); dwell_s with leave and dwell. Counters: inside, entered, left.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kZoneRule;
}  // namespace facet::scene
