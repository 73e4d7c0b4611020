#include "media/suppress.h"

#include <algorithm>

namespace facet {

namespace {

template <class T>
void suppress_greedily(std::vector<T>& detections, float iou_max, SuppressBy by, std::size_t count_max) {
    std::stable_sort(detections.begin(), detections.end(), [](const T& a, const T& b) { return a.score > b.score; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < detections.size() && kept < count_max; ++i) {
        const auto& candidate = detections[i];
        const bool overlapped =
            std::any_of(detections.begin(), detections.begin() + static_cast<std::ptrdiff_t>(kept), [&](const T& other) {
                return (by == SuppressBy::position || other.label == candidate.label) &&
                       iou(other.box, candidate.box) > iou_max;
            });
        if (overlapped) continue;
        if (kept != i) detections[kept] = std::move(detections[i]);
        ++kept;
    }
    detections.resize(kept);
}

}  // namespace

void suppress(std::vector<Detection>& detections, float iou_max, SuppressBy by, std::size_t count_max) {
    suppress_greedily(detections, iou_max, by, count_max);
}

void suppress(std::vector<Candidate>& candidates, float iou_max, SuppressBy by, std::size_t count_max) {
    suppress_greedily(candidates, iou_max, by, count_max);
}

}  // namespace facet
