#pragma once
// StillDecoder: one picture out of the bytes of a file.

#include <cstdint>
#include <span>
#include <string>

#include "media/picture.h"
#include "wrap/ffmpeg/converter.h"

namespace facet::source::file {

/// Larger pictures are refused (the largest phone cameras make 200 million).
constexpr std::int64_t kPicturePixelsMax = std::int64_t{1} << 28;

struct Still {
    Picture picture;        ///< bgr24 in full range, upright (EXIF orientation applied); alpha is dropped
    std::string complaint;  ///< what was damaged where the rest could be decoded, else ""
};

/// JPEG with the same pixels as Pillow and OpenCV give; PNG, BMP, WebP and what else FFmpeg reads. Not thread-safe; what it
/// gives is.
class StillDecoder {
public:
    /// `name` is for messages.
    Result<Still> decode(std::span<const std::uint8_t> bytes, const std::string& name);

private:
    ffmpeg::BufferPool jpegs_;
    ffmpeg::BufferPool turned_;
    ffmpeg::Converter converter_;
};

}  // namespace facet::source::file
