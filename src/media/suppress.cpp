#include "media/suppress.h"

#include <algorithm>

namespace facet {

void suppress(std::vector<Detection>& detections, float iou_max, SuppressBy by, std::size_t count_max) {
    std::stable_sort(detections.begin(), detections.end(),
                     [](const Detection& a, const Detection& b) { return a.score > b.score; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < detections.size() && kept < count_max; ++i) {
        const auto& candidate = detections[i];
        const bool overlapped = std::any_of(
            detections.begin(), detections.begin() + static_cast<std::ptrdiff_t>(kept), [&](const Detection& other) {
                return (by == SuppressBy::position || other.label == candidate.label) &&
                       iou(other.box, candidate.box) > iou_max;
            });
        if (overlapped) continue;
        if (kept != i) detections[kept] = std::move(detections[i]);
        ++kept;
    }
    detections.resize(kept);
}

}  // namespace facet
