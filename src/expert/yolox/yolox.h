#pragma once
// yolox: anchor-free detector (Ge et al., "YOLOX: Exceeding YOLO Series in 2021", arXiv 2107.08430).
//
// Input: f32 NCHW, BGR 0..255, letterbox at the top left, padded with 114; may follow the picture's aspect (stride 32).
// Output: [1, rows, 5 + classes], a row per cell of the grids of strides 8, 16 and 32 (row by row): cx, cy, w, h,
// objectness,
//         class scores (sigmoid applied). score = objectness * class score.
// Parameters: decoded: true|false (default false): whether the graph itself has turned cx, cy, w, h into tensor pixels;
//             otherwise centre = (x + cell) * stride, size = exp(x) * stride.

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kYolox;

namespace yolox {

/// Rows of the output for a tensor of this size.
std::int64_t row_count(Size tensor);

/// What is above the threshold, before suppression, in tensor pixels. `rows` is [row_count(tensor), 5 + classes].
std::vector<Candidate> decode(std::span<const float> rows, Size tensor, std::size_t classes, bool decoded,
                              const Selection& selection);

}  // namespace yolox
}  // namespace facet::expert
