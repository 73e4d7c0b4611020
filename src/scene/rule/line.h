#pragma once
// line: an object crosses a line. One event per crossing.
//
//   - {name: stop-line, type: line, points: [[0.0, 0.5], [1.0, 0.5]], labels: [car, bus, truck],
//      anchor: centre, direction: both, hysteresis: 0.01}
//
// Definition. The line runs from P to Q. Standing at P and looking to Q, a crossing from the left side to the right side is
// `forward`, the other way `backward` (for a line drawn from left to right on the screen, forward is downwards).
// - The path of an object is the polyline through its anchor points at its sightings; a gap (lost and found again by the
// same
//   id, skipped frames, a fast object) is a straight piece of it.
// - An object's side is the side of its latest point off the line; a point on the line does not change it. The path
//   *flips* where the side changes; a flip is *through the line* if that piece of the path touches the segment from P to Q
//   (with its ends), and beside it otherwise.
// - The object is settled on the side of its first point off the line, and later on the other side as soon as it is seen
//   there at least `hysteresis` (of the picture's height) away from the line. When it settles on the other side after an odd
//   number of flips through the line since it last stood `hysteresis` away on its old side, it has crossed: once, however
//   much it trembled on the line. So an object that goes around an end of the line, or turns back on it, has not crossed.
// - The event's t, box and score are those of the first sighting after the last flip through the line. Its label is the
//   vote's at the time of decision; an object whose label is not wanted then is not counted.
//
// Events: type line, direction forward or backward; values: forward, backward (totals of the rule with this event),
// forward.LABEL or backward.LABEL (total of this direction and label). Counters: forward, backward.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kLineRule;
}  // namespace facet::scene
