#include "scene/rule/sighting.h"

#include <algorithm>

#include "scene/rule/area.h"

namespace facet::scene {

Point anchor_of(const Box& box, bool bottom, Size picture) {
    return pixels_to_heights(bottom ? box.bottom_centre() : box.centre(), picture);
}

Sighting sighting_of(const SceneView& scene, const Track& track, bool anchor_bottom) {
    return {.t = scene.t,
            .time = scene.time,
            .box = track.box,
            .anchor = anchor_of(track.box, anchor_bottom, scene.picture),
            .side = std::max(track.box.width, track.box.height) / static_cast<float>(scene.picture.height),
            .label = track.label,
            .score = track.score};
}

std::string_view label_name(const SceneView& scene, int label) {
    const auto index = static_cast<std::size_t>(label);
    return label >= 0 && index < scene.labels.size() ? std::string_view(scene.labels[index]) : std::string_view();
}

bool is_wanted(const std::vector<std::string>& labels, const SceneView& scene, int label) {
    return labels.empty() || std::find(labels.begin(), labels.end(), label_name(scene, label)) != labels.end();
}

Event event_of(const RuleCommon& rule, std::string_view type, const SceneView& scene) {
    Event event;
    event.camera = rule.camera;
    event.rule = rule.name;
    event.type = type;
    event.t = scene.t;
    event.time = scene.time;
    return event;
}

Event event_of(const RuleCommon& rule, std::string_view type, const SceneView& scene, std::int64_t track,
               const Sighting& sighting, int label) {
    Event event = event_of(rule, type, scene);
    event.t = sighting.t;
    event.time = sighting.time;
    event.track = track;
    event.label = label_name(scene, label);
    event.score = sighting.score;
    event.box = sighting.box;
    return event;
}

void emit(std::vector<Event>& events, Event event) {
    event.id = event_id(event);
    events.push_back(std::move(event));
}

}  // namespace facet::scene
