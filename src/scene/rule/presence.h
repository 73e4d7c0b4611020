#pragma once
// Presence: who is in an area on this frame. Shared by the rules about the scene as a whole.

#include <vector>

#include "scene/rule/area.h"
#include "scene/rule/rule.h"

namespace facet::scene {

/// The confirmed objects seen on this frame whose label is wanted and whose anchor lies in `area`, which has been fitted.
std::vector<const Track*> present(const SceneView& scene, const RuleCommon& rule, const Area& area);

/// The row `points` of rules for which the area may be left out.
inline constexpr config::OptionRow kAreaRow{
    .key = "points",
    .type = config::OptionType::points,
    .help = "the corners of the area, in 0..1 of the picture; none: the whole picture"};

}  // namespace facet::scene
