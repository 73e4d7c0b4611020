#pragma once
// Block means: the first, averaging step of Sampling::box_mean.

#include <cstdint>
#include <vector>

#include "image/tensor_spec.h"
#include "media/picture.h"
#include "media/placement.h"

namespace facet::image {

/// Size of the blocks in picture pixels; 1x1 = nothing to do.
struct Blocks {
    int width = 1;
    int height = 1;
    bool any() const { return width > 1 || height > 1; }
};
Blocks blocks_of(const TensorSpec& spec, const Placement& placement);

/// Memory of the result of block_means(), reused from call to call.
struct BlockBuffer {
    std::vector<std::uint8_t> pixels;
    std::vector<std::uint16_t> sums;
};

/// The first plane averaged in blocks (rounded to nearest), for gray tensors: YCbCr gives a picture of the same format and
/// colour without chroma. A rest that does not fill a block is left out. The result lies in `buffer`.
Picture block_means(const Picture& picture, Blocks blocks, BlockBuffer& buffer);
namespace reference {
Picture block_means(const Picture& picture, Blocks blocks, BlockBuffer& buffer);
}

/// The same place in a picture whose pixels are blocks.
Placement in_blocks(Placement placement, Blocks blocks);

}  // namespace facet::image
