#pragma once
// stop: an object has stopped.
//
//   - {name: parked, type: stop, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], after: 5s, still: 0.25, labels: [car]}
//
// Definition. How long an object has stood is defined in scene/rule/standing.h, with the tolerance `still`. It has stopped
// at the first sighting at which it has stood for `after`, its anchor lies in the area (without `points`: the whole picture)
// and its label is wanted; once until it moves on. From then on the tolerance is twice `still`, so that trembling is no
// moving on.
//
// Events: type stop, at that sighting; values: stopped_s (how long it has stood), stops (total of the rule). Counters:
// stops, standing (objects that have stopped and not been seen to move on, while their tracker keeps them).

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kStopRule;
}  // namespace facet::scene
