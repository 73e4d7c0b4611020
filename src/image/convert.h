#pragma once
// Whole pictures from one pixel format to another, at their own size. For tensors see preprocess.h.

#include <cstddef>
#include <cstdint>

#include "media/picture.h"

namespace facet::image {

/// Writes the picture as rows of B G R 255 bytes, `stride` bytes apart (a multiple of 4). Chroma is not interpolated.
void to_bgrx(const Picture& picture, std::uint8_t* out, std::ptrdiff_t stride);

/// Writes rows of B G R x bytes into `out`, which is an i420 buffer of the wanted size in BT.601 limited range.
void bgrx_to_i420(const std::uint8_t* bgrx, std::ptrdiff_t stride, PictureBuffer& out);

/// The picture as i420. YCbCr pictures keep their matrix and range (i420 itself is shared, not copied), bgr24 becomes BT.601
/// limited, gray8 full range.
Picture to_i420(const Picture& picture);

/// The part of a picture in `region`, cut to the picture and widened to whole pixels (even ones where chroma is halved); at
/// least one pixel. Shares the memory.
Picture crop(const Picture& picture, const Box& region);

}  // namespace facet::image
