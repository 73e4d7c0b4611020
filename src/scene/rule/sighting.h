#pragma once
// Sighting: one moment at which an object was seen. What rules remember of the past, and what events are made of.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scene/rule/rule.h"

namespace facet::scene {

struct Sighting {
    Nanoseconds t{};
    WallTime time{};
    Box box;         ///< picture pixels
    Point anchor;    ///< the tested point, in heights (scene/rule/area.h)
    float side = 0;  ///< longer side of the box, in heights
    int label = 0;   ///< by the track's vote at that time
    float score = 0;
};

/// The tested point of a box in pixels, in heights.
Point anchor_of(const Box& box, bool bottom, Size picture);
Sighting sighting_of(const SceneView& scene, const Track& track, bool anchor_bottom);

/// The name of a label; "" for an index that has none.
std::string_view label_name(const SceneView& scene, int label);
/// Whether a rule with these labels (empty = any) wants objects of `label`.
bool is_wanted(const std::vector<std::string>& labels, const SceneView& scene, int label);

/// An event about a track as it was at `sighting`, without direction, values and id. The label is the one that the vote
/// gives at the time of decision, which may be later than the sighting.
Event event_of(const RuleCommon& rule, std::string_view type, const SceneView& scene, std::int64_t track,
               const Sighting& sighting, int label);
/// An event about the scene as a whole, at this frame.
Event event_of(const RuleCommon& rule, std::string_view type, const SceneView& scene);

/// Gives the event its id and appends it.
void emit(std::vector<Event>& events, Event event);

}  // namespace facet::scene
