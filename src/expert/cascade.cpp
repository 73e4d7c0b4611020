#include "expert/cascade.h"

#include <algorithm>
#include <numeric>

namespace facet::expert {

namespace {

constexpr float kSideMin = 2;  // pixels; less shows nothing

bool triggers(const Detection& detection, std::span<const std::string> labels, const ExpertConfig& child) {
    if (child.of_labels.empty()) return true;
    const auto index = static_cast<std::size_t>(detection.label);
    return index < labels.size() &&
           std::find(child.of_labels.begin(), child.of_labels.end(), labels[index]) != child.of_labels.end();
}

Box with_margin(const Box& box, float margin) {
    return {box.x - margin * box.width, box.y - margin * box.height, box.width * (1 + 2 * margin),
            box.height * (1 + 2 * margin)};
}

std::array<Point, 4> corners_of(const Detection& detection, float margin) {
    std::array<Point, 4> corners;
    Point middle;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        corners[i] = detection.keypoints[i].point;
        middle.x += corners[i].x / 4;
        middle.y += corners[i].y / 4;
    }
    for (Point& corner : corners) {
        corner.x = middle.x + (corner.x - middle.x) * (1 + 2 * margin);
        corner.y = middle.y + (corner.y - middle.y) * (1 + 2 * margin);
    }
    return corners;
}

/// Four corners that go round once and enclose something: what a homography can be made of.
bool is_usable(const std::array<Point, 4>& corners) {
    const Polygon polygon(corners.begin(), corners.end());
    return area(polygon) >= kSideMin * kSideMin && !self_crossing(polygon);
}

std::string label_of(int label, std::span<const std::string> labels) {
    const auto index = static_cast<std::size_t>(label);
    return index < labels.size() ? labels[index] : fmt::format("class {}", label);
}

}  // namespace

std::vector<Crop> find_crops(const Detections& parents, std::span<const std::string> parent_labels,
                             const ExpertConfig& child, Task child_task, Size picture) {
    std::vector<std::size_t> order(parents.items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return parents.items[a].score > parents.items[b].score; });
    std::vector<Crop> crops;
    for (const std::size_t index : order) {
        if (crops.size() == static_cast<std::size_t>(child.crops_max)) break;
        const Detection& detection = parents.items[index];
        if (!triggers(detection, parent_labels, child)) continue;
        Crop crop{index, clamp(with_margin(detection.box, child.margin), picture), std::nullopt};
        if (crop.region.width < kSideMin || crop.region.height < kSideMin) continue;
        const bool is_flat = child_task == Task::read || child_task == Task::classify;
        if (is_flat && detection.keypoints.size() == 4) {
            const auto corners = corners_of(detection, child.margin);
            if (is_usable(corners)) crop.corners = corners;
        }
        crops.push_back(crop);
    }
    return crops;
}

void attach(Detection& detection, const ExpertConfig& child, Task child_task, std::span<const std::string> child_labels,
            const ObservationContent& content) {
    if (const auto* classes = std::get_if<Classification>(&content)) {
        if (!classes->top.empty())
            detection.attributes.push_back(
                {child.name, label_of(classes->top[0].label, child_labels), classes->top[0].score});
    } else if (const auto* text = std::get_if<Text>(&content)) {
        if (!text->text.empty() && text->score >= child.options.threshold)
            detection.attributes.push_back({child.name, text->text, text->score});
    } else if (const auto* embedding = std::get_if<Embedding>(&content)) {
        detection.embedding = embedding->values;
    } else if (const auto* score = std::get_if<Score>(&content)) {
        detection.attributes.push_back({child.name, "", score->value});
    } else if (const auto* found = std::get_if<Detections>(&content)) {
        if (found->items.empty()) return;
        const Detection& best = found->items[0];
        detection.attributes.push_back({child.name, label_of(best.label, child_labels), best.score});
        detection.attributes.insert(detection.attributes.end(), best.attributes.begin(), best.attributes.end());
        const bool has_landmarks = child_task == Task::pose || child_task == Task::face;
        if (has_landmarks && detection.keypoints.empty()) detection.keypoints = best.keypoints;
    }
}

Status check_cascades(std::span<const ExpertConfig> experts) {
    const auto find = [&](std::string_view name) {
        return std::find_if(experts.begin(), experts.end(), [&](const ExpertConfig& expert) { return expert.name == name; });
    };
    std::vector<std::string_view> names;
    for (const ExpertConfig& expert : experts) {
        if (std::find(names.begin(), names.end(), expert.name) != names.end())
            return fail(ErrorCode::invalid_argument, "experts: the name '{}' stands twice", expert.name);
        names.push_back(expert.name);
    }
    for (const ExpertConfig& expert : experts) {
        std::size_t steps = 0;
        for (const ExpertConfig* up = &expert; !up->of.empty(); ++steps) {
            const auto parent = find(up->of);
            if (parent == experts.end())
                return fail(config::unknown_name(fmt::format("expert '{}': of", up->name), "expert", up->of, names));
            if (steps == experts.size())
                return fail(ErrorCode::invalid_argument, "expert '{}': its cascade leads back to itself", expert.name);
            up = &*parent;
        }
    }
    return {};
}

Status check_cascade(const ExpertConfig& child, const ExpertConfig& parent, const FamilyInfo& parent_family,
                     std::span<const std::string> parent_labels) {
    if (!parent_family.detects)
        return fail(ErrorCode::invalid_argument, "expert '{}': of '{}', but that expert ({}) gives no boxes to crop",
                    child.name, parent.name, parent_family.name);
    const std::vector<std::string_view> known(parent_labels.begin(), parent_labels.end());
    for (const std::string& label : child.of_labels)
        if (std::find(known.begin(), known.end(), label) == known.end())
            return fail(config::unknown_name(fmt::format("expert '{}': of_labels", child.name), "label", label, known));
    return {};
}

}  // namespace facet::expert
