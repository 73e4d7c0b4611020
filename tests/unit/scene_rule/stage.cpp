#include "stage.h"

#include "all_rules.h"
#include "base/assert.h"

namespace facet::scene {

Result<std::unique_ptr<Rule>> read(const std::string& yaml) {
    FACET_TRY(const auto node, config::parse_yaml(yaml, "site.yaml", [](const char*) -> const char* { return nullptr; }));
    std::vector<std::string> experts;
    return read_rule(kAllRules, node, "north", experts);
}

Stage::Stage(const std::string& yaml, Size picture) : picture_(picture) {
    auto rule = read(yaml);
    if (!rule) fmt::print(stderr, "{}\n", rule.error().message);
    FACET_ASSERT(rule.has_value());
    rule_ = std::move(*rule);
}

std::vector<Event> Stage::show(double t_s, const std::vector<Actor>& actors) { return play(t_s, actors, true); }
std::vector<Event> Stage::skip(double t_s, const std::vector<Actor>& actors) { return play(t_s, actors, false); }

std::vector<Event> Stage::play(double t_s, const std::vector<Actor>& actors, bool detected) {
    Detections detections;
    std::vector<Track> tracks;
    for (const Actor& actor : actors) {
        const bool is_seen = detected && actor.state != TrackState::lost;
        const Box box{actor.x - actor.size / 2, actor.y - actor.size / 2, actor.size, actor.size};
        tracks.push_back({.id = actor.id,
                          .box = box,
                          .state = actor.state,
                          .label = actor.label,
                          .score = 0.5F,
                          .first_seen = {},
                          .last_seen = from_seconds(t_s),
                          .detection = is_seen ? static_cast<int>(detections.items.size()) : -1,
                          .velocity = {}});
        if (!is_seen) continue;
        Detection detection;
        detection.box = box;
        detection.label = actor.label;
        detection.score = 0.5F;
        detections.items.push_back(detection);
    }
    const SceneView scene{.t = from_seconds(t_s),
                          .time = WallTime(std::chrono::hours(1000) + from_seconds(t_s)),
                          .sequence = sequence_++,
                          .picture = picture_,
                          .tracks = tracks,
                          .detections = detected ? &detections : nullptr,
                          .labels = kStageLabels};
    std::vector<Event> events;
    rule_->observe(scene, events);
    events_.insert(events_.end(), events.begin(), events.end());
    return events;
}

std::string Stage::told() const {
    std::string text;
    for (const Event& event : events_)
        text += fmt::format("{}{} {:g}", text.empty() ? "" : ", ", event.direction.empty() ? event.type : event.direction,
                            seconds(event.t));
    return text;
}

}  // namespace facet::scene
