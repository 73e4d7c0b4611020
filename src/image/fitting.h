#pragma once
// Fitting: which pixels of a tensor are filled from a region of the picture, and from where.

#include "image/tensor_spec.h"
#include "media/placement.h"

namespace facet::image {

/// Tensor pixels in [left, right) x [top, bottom) are content, the others padding.
struct Fitting {
    Placement placement;
    int left = 0;
    int top = 0;
    int right = 0;
    int bottom = 0;
};

/// `region` is first cut to the picture, and made at least one pixel wide and high (inside the picture).
Fitting fit_region(const TensorSpec& spec, Size picture, const Box& region);

}  // namespace facet::image
