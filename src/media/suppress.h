#pragma once
// Non-maximum suppression: of detections that overlap too much, the one with the highest score stays.

#include <cstdint>
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

/// A detection before it is worth a Detection: what decoders collect by the thousand.
struct Candidate {
    Box box;
    float score = 0;
    int label = 0;
    std::uint32_t index = 0;  ///< the decoder's own: where it came from
};
/// The same on candidates.
void suppress(std::vector<Candidate>& candidates, float iou_max, SuppressBy by, std::size_t count_max);

}  // namespace facet
