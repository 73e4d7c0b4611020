#pragma once
// blazeface: MediaPipe's short-range face detector with six landmarks (Bazarevsky et al., "BlazeFace", arXiv 1907.05047).
//
// Input: f32 NHWC 128x128, RGB / 127.5 - 1, centred letterbox, padded with black.
// Outputs: `regressors` [1, 896, 16]: centre, width, height, then x, y of right eye, left eye, nose tip, mouth, right and
// left
//          ear tragion, all in tensor pixels relative to the anchor's centre; `classificators` [1, 896, 1]: logits.

#include <array>

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kBlazeface;

namespace blazeface {

/// Centres of the 896 anchors for 128x128: two for each cell of 16x16, six for each of 8x8.
std::vector<Point> anchors(Size tensor);

/// What is above the threshold, in tensor pixels; `index` is the anchor.
std::vector<Candidate> decode(std::span<const float> regressors, std::span<const float> logits,
                              std::span<const Point> anchors, const Selection& selection);

/// The six landmarks of one anchor, in tensor pixels.
std::array<Point, 6> decode_landmarks(std::span<const float> regressors, Point anchor, std::size_t index);

}  // namespace blazeface
}  // namespace facet::expert
