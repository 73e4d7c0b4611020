#pragma once
// Converter: decoded frames to upright 8-bit Images, without a copy wherever the frame is one already.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/handles.h"
#include "wrap/ffmpeg/image.h"

namespace facet::ffmpeg {

/// Buffers of one size that go back to their pool when the last user lets go, from whatever thread that is.
class BufferPool {
public:
    /// At least `bytes`, aligned to 64; the size may change from call to call (the pool then starts anew). Null without
    /// memory.
    std::shared_ptr<std::uint8_t> take(std::size_t bytes);

private:
    std::size_t bytes_ = 0;
    Handle<AVBufferPool> pool_;
};

/// Not thread-safe; the Images it gives are. i420, nv12, i422, i444 and full-range gray frames pass as they are. Others
/// become the nearest 8-bit layout (swscale; matrix, range and chroma subsampling stay), gray becomes full range, RGB
/// becomes bgr24. Turned pictures are turned upright.
class Converter {
public:
    Result<Image> convert(const DecodedFrame& decoded, Orientation orientation);
    /// The same as bgr24, with chroma interpolated at full quality: for still pictures.
    Result<Image> convert_to_bgr24(const DecodedFrame& decoded, Orientation orientation);

private:
    Result<Image> rescale(const AVFrame& frame, ImageLayout layout);
    Status prepare_scaler(const AVFrame& frame, int target_format);

    std::array<int, 6> scaler_key_{};  // what scaler_ was made for
    Handle<SwsContext> scaler_;
    BufferPool scaled_;
    BufferPool turned_;
};

/// `image` turned upright into memory of `pool`. i422 with its sides swapped becomes i444, nv12 becomes i420.
Result<Image> turn(const Image& image, Orientation orientation, BufferPool& pool);

}  // namespace facet::ffmpeg
