#pragma once
// Exif: the orientation that cameras write into pictures.

#include <cstdint>
#include <span>

#include "wrap/ffmpeg/image.h"

namespace facet::source::file {

/// The tag "Orientation" of a JPEG, PNG or WebP file (Exif 2.3, tag 0x0112 of the first directory); upright where there is
/// none, or where what is there is broken. Reads only the bytes given, however damaged they are.
ffmpeg::Orientation exif_orientation(std::span<const std::uint8_t> file);

}  // namespace facet::source::file
