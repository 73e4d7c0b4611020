#pragma once
// dwell: an object stays in an area for long: dwelling, or loitering if it comes and goes.
//
//   - {name: loitering, type: dwell, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], dwell: 60s, visits: all, labels:
//   [person],
//      anchor: bottom, hysteresis: 0.01, grace: 2s}
//
// Definition. A stay is as in scene/rule/stay.h; without `points` the area is the whole picture. With `visits: each` an
// object dwells at the first sighting inside that is at least `dwell` after the first one of its stay; once per stay. With
// `visits: all` the lengths of its earlier stays count too, each from its first to its last sighting inside; once per
// object. An object whose label is not wanted at that sighting dwells at the first later one inside at which it is.
//
// Events: type dwell; values: dwell_s (of the stay, or of all), stay_s (of this stay), visits (stays so far), dwellers
// (total of the rule). Counters: dwellers.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kDwellRule;
}  // namespace facet::scene
