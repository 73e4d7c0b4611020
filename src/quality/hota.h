#pragma once
// HOTA: detection, association and localisation of a tracker in one balanced figure.
//
// Source: Luiten et al., "HOTA: a higher order metric for evaluating multi-object tracking", IJCV 129, 2021; equal to
// TrackEval (tests/interop/quality_mot.py). At each localisation threshold alpha, HOTA = sqrt(DetA * AssA): DetA = TP / (TP
// + FN + FP) over boxes, AssA = the mean over TP of the share that its pair of identities has of all boxes of the two. The
// figures are means over alpha.

#include <array>

#include "quality/sequence.h"

namespace facet::quality {

/// 0.05, 0.1 ... 0.95.
inline constexpr std::size_t kAlphaCount = 19;

struct Hota {
    double hota = 0;
    double deta = 0;
    double assa = 0;
    double loca = 0;  ///< mean similarity of matched boxes; 1 at an alpha where none is matched
    double detection_recall = 0;
    double detection_precision = 0;
    double association_recall = 0;
    double association_precision = 0;
    std::array<double, kAlphaCount> hota_by_alpha{};
};

Hota hota(const Sequence& sequence);

}  // namespace facet::quality
