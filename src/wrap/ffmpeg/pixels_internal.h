#pragma once
// How FFmpeg's pixel formats and colour tags map to ours. For this folder's .cpp files.

extern "C" {
#include <libavutil/pixfmt.h>
}

#include <cstring>
#include <optional>

#include "wrap/ffmpeg/image.h"

namespace facet::ffmpeg {

/// The layout that holds this format's samples as they are, or nothing.
std::optional<ImageLayout> direct_layout(AVPixelFormat format);
/// The 8-bit layout that loses least of a format that has no direct one: subsampling is kept where a layout has it, else
/// the next finer one is taken; alpha is dropped; RGB and palettes become bgr24.
ImageLayout nearest_layout(AVPixelFormat format);
AVPixelFormat pixel_format_of(ImageLayout layout);

/// What a stream means where it does not say: BT.709 from 720 lines on, else BT.601, as players do.
ImageMatrix matrix_of(int space, int height);
/// The same as a number for libswscale's sws_getCoefficients().
int swscale_matrix(ImageMatrix matrix);
bool is_full_range(int range, AVPixelFormat format);

/// The number behind one of FFmpeg's tags (AVColorSpace, AVColorRange). Demuxers store what the file says, also where the
/// enumeration has no such value; reading that as the enumeration would be undefined.
template <class Tag>
int tag_value(const Tag& tag) {
    static_assert(sizeof(Tag) == sizeof(int));
    int value = 0;
    std::memcpy(&value, &tag, sizeof value);
    return value;
}

}  // namespace facet::ffmpeg
