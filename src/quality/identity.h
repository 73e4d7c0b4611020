#pragma once
// Identity measures: how long identities are kept.
//
// Source: Ristani et al., "Performance measures and a data set for multi-target, multi-camera tracking", ECCV-W 2016. One
// matching of true to found identities over the whole video, chosen so that the most boxes agree (IoU >= 0.5); equal to
// TrackEval.

#include "quality/sequence.h"

namespace facet::quality {

struct Identity {
    std::size_t matched = 0;   ///< IDTP: boxes on which matched identities overlap
    std::size_t missed = 0;    ///< IDFN
    std::size_t invented = 0;  ///< IDFP
    double idf1 = 0;           ///< harmonic mean of precision and recall
    double precision = 0;      ///< IDP
    double recall = 0;         ///< IDR
};

Identity identity(const Sequence& sequence, double iou_min = 0.5);

}  // namespace facet::quality
