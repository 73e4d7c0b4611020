#include "scene/rule/ignore.h"

#include <algorithm>

namespace facet::scene {

void ignore(Detections& detections, std::span<const Polygon> areas, Size picture, bool anchor_bottom) {
    std::erase_if(detections.items, [&](const Detection& detection) {
        const Point anchor = anchor_bottom ? detection.box.bottom_centre() : detection.box.centre();
        const Point point{anchor.x / static_cast<float>(picture.width), anchor.y / static_cast<float>(picture.height)};
        return std::any_of(areas.begin(), areas.end(), [&](const Polygon& area) { return contains(area, point); });
    });
}

}  // namespace facet::scene
