#pragma once
// count: how many objects there are, whenever that changes.
//
//   - {name: bottles, type: count, labels: [bottle], points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], window: 1s}
//
// Definition. On each frame on which a detector ran the boxes are counted whose label is wanted and whose anchor lies in the
// area (without `points`: the whole picture); boxes as they come from the detector, after masks and before tracking. The
// count is the running median (scene/rule/running_median.h) of these numbers over `window`. It is first taken half a window
// after the first such frame. Before that the count is 0.
//
// Events: type count, at every frame at which the count is another than before; its t is that of the first frame of the
// latest half of the window that had this number, which is when a clear change took place, and always later than that of the
// event before. Values: count, previous. Counters: count.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kCountRule;
}  // namespace facet::scene
