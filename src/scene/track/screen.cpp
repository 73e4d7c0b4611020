#include "scene/track/screen.h"

#include <algorithm>
#include <cmath>

namespace facet::scene {

namespace {

constexpr std::size_t kDetectionsMax = 512;
constexpr float kCoordinateMax = 1e7F;  // areas and unions stay far from overflow
constexpr float kSameObjectIou = 0.7F;

bool usable(const Detection& detection, float score_min) {
    const Box& box = detection.box;
    const auto bounded = [](float value) { return std::abs(value) <= kCoordinateMax; };  // false for NaN
    return detection.score >= score_min && detection.score <= 1 && bounded(box.x) && bounded(box.y) && bounded(box.width) &&
           bounded(box.height) && box.width > 0 && box.height > 0;
}

}  // namespace

void screen(const Detections& detections, float score_min, std::vector<int>& kept) {
    const auto& items = detections.items;
    kept.clear();
    for (std::size_t i = 0; i < items.size(); ++i)
        if (usable(items[i], score_min)) kept.push_back(static_cast<int>(i));
    const auto at = [&](int index) -> const Detection& { return items[static_cast<std::size_t>(index)]; };
    const auto better = [&](int a, int b) { return at(a).score != at(b).score ? at(a).score > at(b).score : a < b; };
    if (!std::is_sorted(kept.begin(), kept.end(), better)) std::sort(kept.begin(), kept.end(), better);
    if (kept.size() > kDetectionsMax) kept.resize(kDetectionsMax);

    auto end = kept.begin();
    for (const int candidate : kept) {
        const bool doubled = std::any_of(kept.begin(), end, [&](int other) {
            return at(other).label != at(candidate).label && iou(at(other).box, at(candidate).box) > kSameObjectIou;
        });
        if (!doubled) *end++ = candidate;
    }
    kept.erase(end, kept.end());
}

}  // namespace facet::scene
