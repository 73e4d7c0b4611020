#pragma once
// road-segmentation: road, curb and lane marks, as in Open Model Zoo's road-segmentation-adas-0001.
//
// Input: f32 NHWC, BGR 0..255, stretched.
// Output: softmax [1, height, width, 4] (background, road, curb, lane mark); the class of a pixel is the largest.

#include "expert/expert.h"

namespace facet::expert {
extern const FamilyInfo kRoadSegmentation;
}
