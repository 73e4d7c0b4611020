#pragma once
// left: an object was left behind.
//
//   - {name: luggage, type: left, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], after: 30s, owners: [person], distance: 1,
//      learn: 5s, still: 0.25, labels: [suitcase, backpack, handbag]}
//
// Definition. An object is anything of a wanted label; without `labels`, of any label that is not an owner's.
// - It is attended on a frame on which an owner (a confirmed object of a label of `owners`) is seen at a gap of at most
//   `distance` owner's box heights between the two boxes, where it is seen itself or was last seen.
// - It is left behind at the first sighting at which it has stood (scene/rule/standing.h, tolerance `still`) for `after`, it
//   has not been attended for `after` (counted from its first sighting), its anchor lies in the area (without `points`: the
//   whole picture), and its place is not known. Once per object.
// - A place is a box. The places of objects seen in the first `learn` of the stream (furniture), and of those already told,
//   are known; an object is at a place if their boxes have an IoU of at least 0.5. A place is forgotten a minute of watching
//   after an object was last seen at it, so that a track that gets a new identity is not told again. At most 256 places are
//   known; the one used longest ago goes.
//
// Limits: what no detector sees as an object is not found; an object that is hidden by a crowd counts as attended only by
// who is near; whoever stays near is an owner, whoever brought it. Events: type left; values: standing_s, unattended_s, left
// (total of the rule). Counters: left.

#include "scene/rule/rule.h"

namespace facet::scene {
extern const RuleInfo kLeftRule;
}  // namespace facet::scene
