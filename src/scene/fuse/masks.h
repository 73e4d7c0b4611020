#pragma once
// Masks and segment maps of several experts on one frame, fused by weighted vote.

#include <span>

#include "media/observation.h"

namespace facet::scene {

/// A mask of one object, borrowed, with its weight above 0.
struct WeightedMask {
    const Mask* mask = nullptr;
    double weight = 1;
};
/// The cells of which at least half of the weight says that they are of the object (a mask says no outside of its area). The
/// result covers the union of all areas in cells of the heaviest mask's size (ties: the first), at most 1024 to a side. One
/// mask alone comes back as it is; none gives an empty one.
Mask fuse_masks(std::span<const WeightedMask> masks);

/// A segment map, borrowed.
struct SegmentsOfExpert {
    const SegmentMap* map = nullptr;
    std::span<const int>
        labels;        ///< from its class to the common one (fuse/labels.h), at most 255; -1 = no vote; empty = as it is
    float weight = 1;  ///< how much it is trusted, above 0
};
/// In each cell the class of most weight; ties: the lowest; where nobody votes, `nobody`. The result has the grid of the map
/// with the most cells (ties: the first); the others are read at the cell that holds the same point of the picture, and do
/// not vote outside of their own. There is at least one map.
SegmentMap fuse_segments(std::span<const SegmentsOfExpert> experts, std::uint8_t nobody = 0);

}  // namespace facet::scene
