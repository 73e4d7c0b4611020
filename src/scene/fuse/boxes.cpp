#include "scene/fuse/boxes.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>

#include "base/assert.h"
#include "scene/fuse/masks.h"

namespace facet::scene {

namespace {

struct Member {
    const Detection* detection = nullptr;
    int label = 0;
    double weight = 0;  // score times the expert's weight
};

struct Cluster {
    std::vector<Member> members;  // by falling weight
    double weight = 0;
    double left = 0, top = 0, width = 0, height = 0;  // sums, times weight

    void add(const Member& member) {
        members.push_back(member);
        weight += member.weight;
        const Box& box = member.detection->box;
        left += member.weight * static_cast<double>(box.x);
        top += member.weight * static_cast<double>(box.y);
        width += member.weight * static_cast<double>(box.width);
        height += member.weight * static_cast<double>(box.height);
    }
    Box box() const {
        if (members.size() == 1) return members.front().detection->box;
        return {static_cast<float>(left / weight), static_cast<float>(top / weight), static_cast<float>(width / weight),
                static_cast<float>(height / weight)};
    }
    float score_best() const {
        const auto less = [](const Member& a, const Member& b) { return a.detection->score < b.detection->score; };
        return std::max_element(members.begin(), members.end(), less)->detection->score;
    }
    /// Of most weight; ties: the lower.
    int label() const {
        std::map<int, double> votes;
        for (const auto& member : members) votes[member.label] += member.weight;
        return std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) { return a.second < b.second; })
            ->first;
    }
};

bool usable(const Detection& detection, float score_min) {
    const Box& box = detection.box;
    return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.area()) && box.width > 0 && box.height > 0 &&
           detection.score >= score_min && detection.score > 0 && detection.score <= 1;
}

std::vector<Member> members_of(std::span<const DetectionsOfExpert> experts, float score_min) {
    std::vector<Member> members;
    for (const auto& expert : experts) {
        FACET_ASSERT(expert.detections != nullptr && expert.weight > 0);
        for (const auto& detection : expert.detections->items) {
            const auto index = static_cast<std::size_t>(detection.label);
            FACET_ASSERT(expert.labels.empty() || index < expert.labels.size());
            const int label = expert.labels.empty() ? detection.label : expert.labels[index];
            if (label < 0 || !usable(detection, score_min)) continue;
            members.push_back(
                {&detection, label, static_cast<double>(expert.weight) * static_cast<double>(detection.score)});
        }
    }
    // A total order by content: the order of experts must not show.
    std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
        const auto key = [](const Member& m) {
            const Box& box = m.detection->box;
            return std::tuple(-m.weight, m.label, box.x, box.y, box.width, box.height, m.detection->score);
        };
        return key(a) < key(b);
    });
    return members;
}

Mask mask_of(const Cluster& cluster) {
    std::vector<WeightedMask> masks;
    for (const auto& member : cluster.members)
        if (!member.detection->mask.cells.empty()) masks.push_back({&member.detection->mask, member.weight});
    return fuse_masks(masks);
}

}  // namespace

Detections fuse_boxes(std::span<const DetectionsOfExpert> experts, const BoxFusion& options) {
    std::vector<Cluster> clusters;
    for (const auto& member : members_of(experts, options.score_min)) {
        Cluster* best = nullptr;
        float best_iou = options.iou_min;
        for (auto& cluster : clusters) {
            if (options.by == SuppressBy::label && cluster.members.front().label != member.label) continue;
            const float overlap = iou(cluster.box(), member.detection->box);
            if (overlap <= best_iou) continue;
            best = &cluster;
            best_iou = overlap;
        }
        (best != nullptr ? *best : clusters.emplace_back()).add(member);
    }

    double weights = 0;
    for (const auto& expert : experts) weights += static_cast<double>(expert.weight);
    Detections fused;
    for (const auto& cluster : clusters) {
        const auto count = static_cast<double>(cluster.members.size());
        const double agreeing = std::min(count, static_cast<double>(experts.size()));
        auto& detection = fused.items.emplace_back(*cluster.members.front().detection);
        detection.box = cluster.box();
        detection.label = cluster.label();
        const float mean = static_cast<float>(cluster.weight / count * agreeing / weights);
        detection.score = std::min(mean, cluster.score_best());
        if (cluster.members.size() > 1) detection.mask = mask_of(cluster);
    }
    std::stable_sort(fused.items.begin(), fused.items.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    return fused;
}

}  // namespace facet::scene
