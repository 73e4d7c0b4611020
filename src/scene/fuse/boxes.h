#pragma once
// Detections of several experts of one group on one frame, fused into one list.

#include <span>

#include "media/observation.h"
#include "media/suppress.h"

namespace facet::scene {

/// What one expert found, borrowed.
struct DetectionsOfExpert {
    const Detections* detections = nullptr;
    std::span<const int> labels;  ///< from its label to the common one (fuse/labels.h), -1 = drop; empty = as it is
    float weight = 1;             ///< how much it is trusted, above 0
};

struct BoxFusion {
    float iou_min = 0.55F;              ///< boxes that overlap more than this are of one object
    float score_min = 0;                ///< boxes below this score are left out before
    SuppressBy by = SuppressBy::label;  ///< label: only boxes of one label are fused; position: the heaviest label wins
};

/// Weighted boxes fusion (Solovyev, Wang and Gabruseva, Image and Vision Computing 107, 2021, arXiv 1910.13302): boxes that
/// overlap are averaged, weighted by score times the expert's weight, in place of throwing all but one away. The fused score
/// is the mean over the cluster, lowered where fewer boxes than experts agree: sum(w s) / n * min(n, experts) / sum(w), at
/// most the best of the cluster (the paper's formula can exceed it where one expert of much weight has two boxes in it).
/// What a box carries beside it (keypoints, embedding, attributes) comes from its heaviest member; masks are averaged with
/// the same weights and cut at one half. Returns by falling score. The order of experts and of boxes does not matter. One
/// expert alone whose boxes overlap by at most iou_min gets its own detections back. Boxes without an area or with values
/// that are not finite are left out.
Detections fuse_boxes(std::span<const DetectionsOfExpert> experts, const BoxFusion& options);

}  // namespace facet::scene
