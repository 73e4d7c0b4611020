#pragma once
// nanodet: NanoDet-m, an anchor-free detector whose box sides are distributions (generalised focal loss: Li et al., arXiv
// 2006.04388).
//
// Input: f32 NCHW, BGR, ImageNet mean and deviation in 0..255, letterbox at the top left.
// Outputs: for each stride s of 8, 16, 32 a pair `cls_pred_stride_s` [1, cells, classes] (sigmoid applied) and
//          `dis_pred_stride_s` [1, cells, 4 * bins]: for left, top, right and bottom a distribution (logits) over 0..bins-1
//          strides; its expectation is the distance from the cell's centre (cell + 0.5) * s.

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kNanodet;

namespace nanodet {

/// Appends what is above the threshold on one level, in tensor pixels. `classes` is [cells, class_count] and `sides`
/// [cells, 4 * bins], for a grid of `cells_x` columns.
struct Level {
    std::span<const float> classes;
    std::span<const float> sides;
    int stride = 8;
    int cells_x = 0;
    std::size_t class_count = 0;
    std::size_t bins = 0;
};
void decode(const Level& level, const Selection& selection, std::vector<Candidate>& candidates);

}  // namespace nanodet
}  // namespace facet::expert
