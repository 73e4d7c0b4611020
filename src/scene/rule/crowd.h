#pragma once
// crowd: many objects are in an area at once.
//
//   - {name: platform, type: crowd, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], count: 10, slack: 1, window: 2s,
//      labels: [person], anchor: bottom}
//
// Definition. On each frame on which a detector ran the confirmed objects are counted that are seen on it, whose label is
// wanted and whose anchor lies in the area (without `points`: the whole picture). The size is the running median
// (scene/rule/running_median.h) of these numbers over `window`. A crowd begins when the size is at least `count`, and ends
// when it is less than `count` - `slack`.
//
// Events: type crowd; values: active (1 begins, 0 ends), count (the size), peak (the largest size of the crowd). Counters:
// count, crowds.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kCrowdRule;
}  // namespace facet::scene
