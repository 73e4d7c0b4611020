#pragma once
// Non-maximum suppression: of detections that overlap too much, the one with the highest score stays.

#include <vector>

#include "media/observation.h"

namespace facet {

enum class SuppressBy {
    label,     ///< only detections of one label suppress each other
    position,  ///< class-agnostic
};

/// Keeps, by falling score (ties: earlier first), each detection whose IoU with every kept one is at most `iou_max`, and at
/// most `count_max` of them. Greedy NMS; O(n * kept).
void suppress(std::vector<Detection>& detections, float iou_max, SuppressBy by, std::size_t count_max);

}  // namespace facet
