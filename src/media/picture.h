#pragma once
// Picture: decoded pixels, immutable and reference-counted. No copies: a decoder's buffers are shared through `owner`.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "media/geometry.h"

namespace facet {

/// All have 8 bits a sample; deeper video is reduced to 8 bits by its source.
enum class PixelFormat {
    i420,   ///< planes Y, U, V; chroma halved in both directions (rounded up)
    nv12,   ///< planes Y, UV interleaved; chroma halved in both directions (rounded up)
    i422,   ///< planes Y, U, V; chroma halved horizontally (rounded up)
    i444,   ///< planes Y, U, V of one size
    bgr24,  ///< one plane, B G R bytes
    gray8,  ///< one plane, luma in full range
};
std::string_view name(PixelFormat format);

/// How YCbCr samples map to RGB. bt2020 is the non-constant-luminance form.
enum class ColourMatrix { bt601, bt709, bt2020 };
enum class ColourRange { limited, full };
struct Colour {
    ColourMatrix matrix = ColourMatrix::bt601;
    ColourRange range = ColourRange::limited;
    friend bool operator==(const Colour&, const Colour&) = default;
};

/// Pixels with their layout. `data` of unused planes is null; strides are in bytes and may exceed the width.
/// Where `owner` is empty the pixels belong to somebody else who outlives this value (tests, stack buffers).
struct Picture {
    PixelFormat format = PixelFormat::i420;
    Size size;
    Colour colour;
    std::array<const std::uint8_t*, 3> data{};
    std::array<std::ptrdiff_t, 3> stride{};
    std::shared_ptr<const void> owner;
};

/// Number of planes of a format and the size of plane `index` of a picture of `size`, in samples (nv12's second plane
/// counts pairs).
int plane_count(PixelFormat format);
Size plane_size(PixelFormat format, Size size, int index);

/// A writable picture with planes of its own, aligned to 64 bytes; it converts to a shared immutable Picture.
class PictureBuffer {
public:
    PictureBuffer(PixelFormat format, Size size, Colour colour = {});

    std::uint8_t* plane(int index);
    std::ptrdiff_t stride(int index) const { return picture_.stride[static_cast<std::size_t>(index)]; }
    Size size() const { return picture_.size; }
    const Picture& view() const { return picture_; }  ///< shares the memory; later writes show in it
    /// Gives the memory away: the buffer must not be written afterwards.
    Picture release() && { return std::move(picture_); }

private:
    Picture picture_;
    std::array<std::uint8_t*, 3> writable_{};
};

/// One decoded picture of a camera. Immutable once made; shared by `std::shared_ptr<const Frame>`.
struct Frame {
    Picture picture;
    std::int64_t sequence = 0;        ///< number of the frame in its camera's stream, from 0, in presentation order
    Nanoseconds t{};                  ///< pts of this frame minus pts of the first
    Nanoseconds pts{};                ///< as in the container
    WallTime captured{};              ///< wall clock: live camera's capture; for a file creation_time (or 1970) + t
    TimePoint arrived{};              ///< when the frame's own packet arrived, monotonic
    Nanoseconds decode_cost{};        ///< CPU time of decoding it
    std::string_view picture_path{};  ///< set for still pictures of a folder: owned by the source, outlives the frame
};
using FramePtr = std::shared_ptr<const Frame>;

}  // namespace facet
