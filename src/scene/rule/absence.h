#pragma once
// absence: nothing of what should be there has been seen for long.
//
//   - {name: guard, type: absence, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], after: 30s, labels: [person]}
//
// Definition. Something is there on a frame if a confirmed object is seen on it whose label is wanted and whose anchor lies
// in the area (without `points`: the whole picture). Absence begins at the first frame on which a detector ran, nothing is
// there, and nothing has been there for `after`, counted from the last frame on which something was, or from the first frame
// on which a detector ran. It ends at the next frame on which something is there.
//
// Events: type absence; values: active (1 begins, 0 ends), absent_s (so far). Counters: absences.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kAbsenceRule;
}  // namespace facet::scene
