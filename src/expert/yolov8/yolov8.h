#pragma once
// yolov8: the anchor-free heads of Ultralytics YOLOv8 and YOLO11: boxes, boxes with masks, boxes with keypoints.
//
// Input: f32 NCHW, RGB / 255, letterbox padded with 114.
// Output: [1, channels, anchors], one column per anchor: cx, cy, w, h in tensor pixels, class scores (sigmoid applied), then
//   yolov8          nothing;
//   yolov8-segment  coefficients of the prototypes in the second output [1, coefficients, height, width]; a mask is the
//                   sigmoid of their weighted sum, inside the box;
//   yolov8-pose     x, y (tensor pixels) and visibility (0..1) of each keypoint. The number of classes is the number of the
//                   manifest's labels.

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kYolov8;
extern const FamilyInfo kYolov8Segment;
extern const FamilyInfo kYolov8Pose;

namespace yolov8 {

/// Columns of a transposed head.
struct Head {
    std::span<const float> values;  ///< [channels, anchors]
    std::size_t anchors = 0;
    std::size_t classes = 0;

    float at(std::size_t channel, std::size_t anchor) const { return values[channel * anchors + anchor]; }
};

/// What is above the threshold, before suppression, in tensor pixels; `index` is the anchor. An anchor has one label: its
/// best.
std::vector<Candidate> decode(const Head& head, const Selection& selection);

/// Mask prototypes: [count, size.height, size.width], covering the whole tensor.
struct Prototypes {
    std::span<const float> values;
    std::size_t count = 0;
    Size size;
};

/// The mask of one anchor inside `box` (tensor pixels, inside the tensor): a cell per tensor pixel that the box touches, the
/// logits interpolated between prototype cells. `area` of the result is in picture pixels.
Mask decode_mask(const Head& head, const Prototypes& prototypes, std::size_t anchor, const Box& box,
                 const Placement& placement);

/// The keypoints of one anchor, in picture pixels.
std::vector<Keypoint> decode_keypoints(const Head& head, std::size_t count, std::size_t anchor, const Placement& placement);

}  // namespace yolov8
}  // namespace facet::expert
