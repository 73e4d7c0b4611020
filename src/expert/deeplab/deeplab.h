#pragma once
// deeplab: DeepLabv3 semantic segmentation (Chen et al., arXiv 1706.05587), as exported from TensorFlow.
//
// Input: f32 NHWC, RGB / 127.5 - 1, letterbox at the top left.
// Output: logits [1, height, width, classes]; the class of a pixel is the largest.

#include "expert/expert.h"

namespace facet::expert {
extern const FamilyInfo kDeeplab;
}
