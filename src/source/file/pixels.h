#pragma once
// FFmpeg's pixels as ours.

#include "media/picture.h"
#include "wrap/ffmpeg/image.h"

namespace facet::source::file {

/// The same memory, with the same owner.
Picture to_picture(ffmpeg::Image image);
Colour to_colour(ffmpeg::ImageMatrix matrix, bool full_range);

}  // namespace facet::source::file
