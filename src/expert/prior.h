#pragma once
// Priors: boxes at fixed places, to which SSD-like heads give offsets (Liu et al., "SSD", arXiv 1512.02325).

#include <span>
#include <vector>

#include "media/geometry.h"

namespace facet::expert {

/// Centre and size, in tensor pixels.
struct Prior {
    Point centre;
    float width = 0;
    float height = 0;
};

/// One level of priors: a grid of `cells`, a step apart, each with square priors of `sides`.
struct PriorLevel {
    Size cells;
    float step = 8;
    std::span<const float> sides;
};

/// Cell by cell, row by row, level by level; the sides of a cell follow each other.
std::vector<Prior> make_priors(std::span<const PriorLevel> levels);

/// The box of four offsets: centre = prior + dx * centre_variance * size, side = prior * exp(d * variance).
Box offset_box(const Prior& prior, const float* offsets, float centre_variance, float width_variance, float height_variance);

/// The sides of the four levels (8, 16, 32, 64) that UltraFace and YuNet share.
inline constexpr float kFaceSides8[] = {10, 16, 24};
inline constexpr float kFaceSides16[] = {32, 48};
inline constexpr float kFaceSides32[] = {64, 96};
inline constexpr float kFaceSides64[] = {128, 192, 256};

}  // namespace facet::expert
