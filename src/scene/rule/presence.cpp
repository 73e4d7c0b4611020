#include "scene/rule/presence.h"

#include "scene/rule/sighting.h"

namespace facet::scene {

std::vector<const Track*> present(const SceneView& scene, const RuleCommon& rule, const Area& area) {
    std::vector<const Track*> found;
    for (const Track& track : scene.tracks)
        if (track.state == TrackState::confirmed && track.detection >= 0 && is_wanted(rule.labels, scene, track.label) &&
            area.contains(anchor_of(track.box, rule.anchor_bottom, scene.picture)))
            found.push_back(&track);
    return found;
}

}  // namespace facet::scene
