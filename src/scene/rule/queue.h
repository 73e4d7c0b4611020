#pragma once
// queue: objects wait in an area, and a jam: they have done so for long.
//
//   - {name: checkout, type: queue, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], length: 4, waiting: 2s, after: 5s, jam:
//   60s,
//      still: 0.25, hysteresis: 0.01, grace: 2s, labels: [person], anchor: bottom}
//
// Definition. An object waits from its first sighting at which its stay in the area (scene/rule/stay.h) is under way, it has
// stood (scene/rule/standing.h, tolerance `still`) for `waiting`, and its label is wanted; it waits on while the queue moves
// up, until the stay ends. The length of the queue is the number of objects that wait.
// - A queue begins when the length has been at least `length` on every frame on which a detector ran for `after`; it ends
//   when it has been less for `after`.
// - With `jam`, one more event when a queue has lasted that long since it began.
//
// Events: type queue; values: active (1 begins or jams, 0 ends), jam (1 only with a jam), length, wait_s (the longest: since
// the beginning of the stay). Counters: length, queues, jams.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kQueueRule;
}  // namespace facet::scene
