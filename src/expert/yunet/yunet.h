#pragma once
// yunet: YuNet faces with five landmarks, in the form of 2022 (Wu et al., "YuNet: A Tiny Millisecond-level Face Detector",
// 2023; priors as in opencv_zoo).
//
// Input: f32 NCHW, BGR 0..255, letterbox at the top left.
// Outputs: `loc` [priors, 14] (box, then x, y of the eyes, the nose tip and the corners of the mouth, as offsets to the
//          priors), `conf` [priors, 2] (column 1 = face, softmax applied), `iou` [priors, 1].
// score = sqrt(face * iou), iou clamped to 0..1.

#include <array>

#include "expert/model_expert.h"
#include "expert/prior.h"

namespace facet::expert {

extern const FamilyInfo kYunet;

namespace yunet {

/// 1076 for 160x120.
std::vector<Prior> priors(Size tensor);

/// What is above the threshold, in tensor pixels; `index` is the prior.
std::vector<Candidate> decode(std::span<const float> offsets, std::span<const float> confidence,
                              std::span<const float> overlap, std::span<const Prior> priors, const Selection& selection);

/// The five landmarks of one prior, in tensor pixels.
std::array<Point, 5> decode_landmarks(std::span<const float> offsets, const Prior& prior, std::size_t index);

}  // namespace yunet
}  // namespace facet::expert
