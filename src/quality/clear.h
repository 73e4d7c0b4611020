#pragma once
// CLEAR MOT: how many boxes a tracker missed, invented and confused.
//
// Source: Bernardin and Stiefelhagen, "Evaluating multiple object tracking performance: the CLEAR MOT metrics", 2008. On
// each frame true and found boxes of IoU >= 0.5 are matched one to one; identities that were together stay together, the
// rest is assigned by similarity. MOTA = 1 - (missed + invented + switches) / true boxes.

#include <cstddef>
#include <string_view>

#include "quality/sequence.h"

namespace facet::quality {

/// The two public implementations differ where the paper leaves room; each is followed exactly
/// (tests/interop/quality_mot.py).
enum class ClearConvention {
    trackeval,   ///< keeps pairs of the frame before, then the largest sum of similarities; mostly tracked: > 80 %
    motmetrics,  ///< keeps an identity's last pair however long ago, then the most pairs, the nearest first; mostly tracked:
                 ///< >= 80 %
};

struct Clear {
    std::size_t truth = 0;  ///< true boxes
    std::size_t matched = 0;
    std::size_t missed = 0;          ///< false negatives
    std::size_t invented = 0;        ///< false positives
    std::size_t switches = 0;        ///< a true identity is matched by another found one than the last time
    std::size_t fragments = 0;       ///< times that a true identity is found again after it was not
    std::size_t identities = 0;      ///< true ones
    std::size_t mostly_tracked = 0;  ///< on 80 % of its frames
    std::size_t partly_tracked = 0;
    std::size_t mostly_lost = 0;  ///< on less than 20 % of its frames
    double mota = 0;              ///< up to 1, may be negative
    double motp = 0;              ///< mean IoU of matched boxes, in [0, 1]; py-motmetrics and the paper give 1 - motp
    double recall = 0;
    double precision = 0;
};

Clear clear(const Sequence& sequence, double iou_min = 0.5, ClearConvention convention = ClearConvention::trackeval);

}  // namespace facet::quality
