#pragma once
// speed: how fast an object moves on the ground, by one of two calibrations.
//
//   # four points of the picture and where they lie on the ground, in metres: speed all over that section
//   - {name: speeding, type: speed, points: [[0.3, 0.4], [0.6, 0.4], [0.9, 0.9], [0.1, 0.9]],
//      metres: [[0, 0], [7, 0], [7, 40], [0, 40]], limit: 50, window: 1s, anchor: bottom, labels: [car, bus, truck]}
//   # or two lines across the road and how far they are apart: mean speed between them
//   - {name: gate-speed, type: speed, lines: [[[0.2, 0.4], [0.7, 0.4]], [[0.1, 0.8], [0.9, 0.8]]], distance: 20, limit: 50}
//
// Definition with `points` and `metres`. A passage is a stay (scene/rule/stay.h, hysteresis 0.01, grace 2 s) inside the four
// points. At each sighting inside, the speed of the moment is the straight distance on the ground from the earliest sighting
// inside of this passage that is no older than `window`, by the time since then; where that time is shorter than half the
// window there is none.
// - Without `limit`: one event when a passage of at least half the window has ended, at its last sighting inside. speed_kmh
// is
//   the straight distance on the ground from its first to its last sighting inside by the time between them; speed_max_kmh
//   the greatest speed of a moment.
// - With `limit`: one event per passage, at the first sighting at which the speed of the moment is above the limit and the
//   label is wanted; speed_kmh is that speed.
// Definition with `lines` and `distance`. The path of an object (as in scene/rule/line.h, without hysteresis) passes through
// the two lines; the time of a passage lies between two sightings, in proportion to their distances from the line. When it
// passes through one line, and its latest passage before was through the other one, its speed is `distance` by the time
// between these two. One event if there is no limit or the speed is above it, and the label is wanted.
//
// The ground is where boxes touch it: `anchor: bottom` is advised. Events: type speed; values: speed_kmh; speed_max_kmh
// without a limit on a section; limit_kmh where set; measured (total of the rule). Counters: measured.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kSpeedRule;
}  // namespace facet::scene
