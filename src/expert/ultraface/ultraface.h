#pragma once
// ultraface: "Ultra-Light-Fast-Generic-Face-Detector-1MB" (RFB and slim).
//
// Input: f32 NCHW, RGB (x - 127) / 128, stretched.
// Outputs: `scores` [1, priors, 2] (column 1 = face, softmax applied), `boxes` [1, priors, 4].
// Parameters: boxes: decoded|offsets. decoded: left, top, right, bottom in 0..1 of the tensor; offsets: SSD offsets to the
//             priors, variances 0.1 and 0.2. Without it the graph tells: the decoding form contains Exp.

#include "expert/model_expert.h"
#include "expert/prior.h"

namespace facet::expert {

extern const FamilyInfo kUltraface;

namespace ultraface {

/// 4420 for 320x240.
std::vector<Prior> priors(Size tensor);

/// What is above the threshold, in tensor pixels. `scores` is [n, 2], `boxes` [n, 4] in 0..1.
std::vector<Candidate> decode_boxes(std::span<const float> scores, std::span<const float> boxes, Size tensor,
                                    const Selection& selection);
/// The same where `boxes` are offsets to `priors`.
std::vector<Candidate> decode_offsets(std::span<const float> scores, std::span<const float> boxes,
                                      std::span<const Prior> priors, const Selection& selection);

}  // namespace ultraface
}  // namespace facet::expert
