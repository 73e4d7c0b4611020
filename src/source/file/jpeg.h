#pragma once
// JPEG through libjpeg-turbo: the same pixels as Pillow and OpenCV, which models were trained and measured with.

#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"
#include "media/geometry.h"
#include "wrap/ffmpeg/converter.h"

namespace facet::source::file {

struct JpegPicture {
    ffmpeg::Image image;    ///< bgr24, not yet turned
    std::string complaint;  ///< what was damaged where the rest could be decoded, else ""
};

/// Whether they begin as a JPEG does.
bool is_jpeg(std::span<const std::uint8_t> bytes);

/// Errors do not name the file; the caller does.
Result<Size> read_jpeg_size(std::span<const std::uint8_t> bytes);
Result<JpegPicture> decode_jpeg(std::span<const std::uint8_t> bytes, ffmpeg::BufferPool& pool);

}  // namespace facet::source::file
