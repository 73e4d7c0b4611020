#include "engine/camera_scene.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "scene/fuse/boxes.h"
#include "scene/fuse/masks.h"
#include "scene/rule/ignore.h"

namespace facet::engine {

namespace {

/// From pixels of pictures of one size to those of another.
struct Rescale {
    Rescale(Size from, Size to)
        : x(static_cast<float>(to.width) / static_cast<float>(from.width)),
          y(static_cast<float>(to.height) / static_cast<float>(from.height)) {}
    Point operator()(Point point) const { return {point.x * x, point.y * y}; }
    Box operator()(const Box& box) const { return {box.x * x, box.y * y, box.width * x, box.height * y}; }
    Detections operator()(Detections detections) const {
        for (auto& detection : detections.items) detection.box = (*this)(detection.box);
        return detections;
    }
    Track operator()(Track track) const {
        track.box = (*this)(track.box);
        track.velocity = (*this)(track.velocity);
        return track;
    }
    float x;
    float y;
};

}  // namespace

Result<std::unique_ptr<CameraScene>> CameraScene::create(const Plan& plan, const CameraPlan& camera, bool still,
                                                         bool shapes) {
    std::unique_ptr<CameraScene> scene(new CameraScene(plan, camera, still, shapes));
    for (const auto& group : camera.groups) {
        GroupScene& added = scene->groups_.emplace_back();
        added.group = &group;
        if (still) continue;
        FACET_TRY(added.tracker, camera.tracker->create(camera.tracker_options));
    }
    for (const auto& node : camera.rules) {
        std::vector<std::string> experts;
        RuleScene rule;
        FACET_TRY(rule.rule, scene::read_rule(plan.rule_types, node, camera.name, experts));
        const config::Node* name = node.find("name");
        rule.name = name ? name->scalar : "";
        rule.text = config::to_json(node);
        if (camera.groups.empty())
            return fail(ErrorCode::invalid_argument, "{}: rule '{}' needs an expert that detects, camera '{}' has none",
                        node.place(), rule.name, camera.name);
        for (const auto& wanted : experts) {
            const auto runs = [&](const Group& group) {
                return group.name == wanted ||
                       std::any_of(group.experts.begin(), group.experts.end(),
                                   [&](std::size_t expert) { return plan.experts[expert].config.name == wanted; });
            };
            const auto found = std::find_if(camera.groups.begin(), camera.groups.end(), runs);
            if (found == camera.groups.end()) {
                std::vector<std::string_view> names;
                for (const auto& group : camera.groups) names.push_back(group.name);
                return fail(config::unknown_name(fmt::format("{}: rule '{}'", node.place(), rule.name), "detecting expert",
                                                 wanted, names));
            }
            rule.group = static_cast<std::size_t>(found - camera.groups.begin());
        }
        scene->rules_.push_back(std::move(rule));
    }
    return scene;
}

void CameraScene::inherit(CameraScene& before) {
    const auto tracker_text = [](const CameraScene& scene) {
        const config::Node* node = scene.camera_.node.find("tracker");
        return node ? config::to_json(*node) : "";
    };
    if (tracker_text(*this) != tracker_text(before)) return;
    first_size_ = before.first_size_;  // in whose pixels the tracks are
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        const auto same = std::find_if(before.groups_.begin(), before.groups_.end(), [&](const GroupScene& other) {
            return other.tracker && other.group->name == groups_[g].group->name &&
                   other.group->labels.names == groups_[g].group->labels.names;
        });
        if (same == before.groups_.end()) continue;
        groups_[g].tracker = std::move(same->tracker);
        const auto from = static_cast<std::size_t>(same - before.groups_.begin());
        for (RuleScene& rule : rules_) {
            const auto old = std::find_if(before.rules_.begin(), before.rules_.end(), [&](const RuleScene& other) {
                return rule.group == g && other.rule && other.group == from && other.text == rule.text;
            });
            if (old != before.rules_.end()) rule.rule = std::move(old->rule);
        }
    }
}

void CameraScene::fuse(const Group& group, std::span<ExpertResult> results, Detections& out) const {
    std::vector<scene::DetectionsOfExpert> inputs;
    for (std::size_t member = 0; member < group.experts.size(); ++member)
        for (auto& result : results) {
            if (result.expert != group.experts[member] || !result.ran) continue;
            auto* detections = std::get_if<Detections>(&result.content);
            if (!detections) continue;
            if (group.experts.size() == 1) {  // nothing to fuse: no copy
                out = std::move(*detections);
                return;
            }
            inputs.push_back({detections, group.labels.maps[member], plan_.experts[result.expert].config.weight});
        }
    out = scene::fuse_boxes(inputs, {});
}

void CameraScene::fuse(const Group& group, std::span<ExpertResult> results, std::vector<SegmentMap>& out) const {
    std::vector<scene::SegmentsOfExpert> inputs;
    for (std::size_t member = 0; member < group.experts.size(); ++member)
        for (auto& result : results) {
            if (result.expert != group.experts[member] || !result.ran) continue;
            auto* map = std::get_if<SegmentMap>(&result.content);
            if (!map) continue;
            if (group.experts.size() == 1) {  // nothing to fuse: no copy
                out.push_back(std::move(*map));
                return;
            }
            inputs.push_back({map, group.labels.maps[member], plan_.experts[result.expert].config.weight});
        }
    if (!inputs.empty()) out.push_back(scene::fuse_segments(inputs));
}

void CameraScene::observe(const Frame& frame, std::span<ExpertResult> results, SceneResult& out, Nanoseconds& track_cost,
                          Nanoseconds& rule_cost) {
    out.detections.resize(groups_.size());
    out.objects.clear();
    out.tracks.clear();
    out.track_labels.clear();
    out.events.clear();
    out.detected = false;

    const Nanoseconds began = thread_cpu_time();
    if (still_ || first_size_ == Size{}) first_size_ = frame.picture.size;
    const bool is_other_size = frame.picture.size != first_size_;
    const Rescale to_first(frame.picture.size, first_size_);
    const Rescale from_first(first_size_, frame.picture.size);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        GroupScene& group = groups_[g];
        Detections& detections = out.detections[g];
        detections.items.clear();
        const auto& members = group.group->experts;
        group.ran = std::any_of(results.begin(), results.end(), [&](const ExpertResult& result) {
            return result.ran && std::find(members.begin(), members.end(), result.expert) != members.end();
        });
        if (group.ran) {
            out.detected = true;
            fuse(*group.group, results, detections);
            scene::ignore(detections, camera_.masks, frame.picture.size);
        }
        if (is_other_size) group.rescaled = to_first(detections);
        if (group.tracker)
            group.tracks = group.ran ? group.tracker->update(is_other_size ? group.rescaled : detections, frame.t)
                                     : group.tracker->propagate(frame.t);
        const auto first = out.objects.size();
        for (const auto& detection : detections.items)
            out.objects.push_back({&detection, group.group->labels.names[static_cast<std::size_t>(detection.label)], 0});
        for (const auto& track : group.tracks) {
            if (track.state != TrackState::confirmed || track.detection < 0) continue;
            out.objects[first + static_cast<std::size_t>(track.detection)].track = track.id;
            out.tracks.push_back(is_other_size ? from_first(track) : track);
            out.track_labels.push_back(group.group->labels.names[static_cast<std::size_t>(track.label)]);
        }
    }
    out.segments.clear();
    for (const auto& group : camera_.segment_groups) fuse(group, results, out.segments);
    const Nanoseconds tracked = thread_cpu_time();
    track_cost += tracked - began;

    for (auto& rule : rules_) {
        const GroupScene& group = groups_[rule.group];
        scene::SceneView view;
        view.t = frame.t;
        view.time = frame.captured;
        view.sequence = frame.sequence;
        view.picture = first_size_;
        view.tracks = group.tracks;
        view.detections = !group.ran ? nullptr : is_other_size ? &group.rescaled : &out.detections[rule.group];
        view.labels = group.group->labels.names;
        const auto first = out.events.size();
        rule.rule->observe(view, out.events);
        for (auto event = out.events.begin() + static_cast<std::ptrdiff_t>(first); event != out.events.end(); ++event) {
            event->evidence.frame = frame.sequence;
            if (is_other_size && event->box) event->box = from_first(*event->box);
            explain(*event, group, results);
        }
    }
    out.shapes.clear();
    if (wants_shapes_)
        for (const auto& rule : rules_) out.shapes.push_back({rule.name, rule.rule->shape()});
    rule_cost += thread_cpu_time() - tracked;
}

void CameraScene::explain(Event& event, const GroupScene& group, std::span<const ExpertResult> results) const {
    const auto is_member = [&group](std::size_t expert) {
        const auto& members = group.group->experts;
        return std::find(members.begin(), members.end(), expert) != members.end();
    };
    for (const auto& result : results) {
        const PlannedExpert& planned = plan_.experts[result.expert];
        if (!planned.config.of.empty() || !is_member(result.expert)) continue;
        if (result.ran) {
            const auto cost_ms = planned.costs_ms.find(result.variant);
            event.why.ran.push_back({planned.config.name, result.variant,
                                     cost_ms == planned.costs_ms.end() ? 0 : cost_ms->second, std::string(result.reason)});
        } else
            event.why.skipped.push_back({planned.config.name, std::string(result.reason)});
    }
}

}  // namespace facet::engine
