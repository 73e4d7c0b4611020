#pragma once
// Areas to ignore: detections there are dropped before tracking.

#include <span>

#include "media/observation.h"

namespace facet::scene {

/// Drops the detections whose anchor (the centre of the box, or the middle of its lower edge) lies in one of the areas,
/// which are in 0..1 of the picture. The others keep their order.
void ignore(Detections& detections, std::span<const Polygon> areas, Size picture, bool anchor_bottom = false);

}  // namespace facet::scene
