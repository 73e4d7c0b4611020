#pragma once
// Pixels as they pass between FFmpeg and Facet. Plain values, no meaning of ours; the members mirror media's Picture, which
// this level may not know.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace facet::ffmpeg {

/// 8 bits a sample; chroma sizes are rounded up.
enum class ImageLayout { i420, nv12, i422, i444, bgr24, gray8 };
enum class ImageMatrix { bt601, bt709, bt2020 };

/// Memory of somebody else, laid out as the format demands. Strides are in bytes.
struct ImagePlanes {
    std::array<const std::uint8_t*, 3> data{};
    std::array<std::ptrdiff_t, 3> stride{};
};

/// A decoded picture. `owner` keeps the pixels alive and immutable.
struct Image {
    ImageLayout layout = ImageLayout::i420;
    int width = 0;
    int height = 0;
    ImageMatrix matrix = ImageMatrix::bt601;
    bool full_range = false;
    ImagePlanes planes;
    std::shared_ptr<const void> owner;
};

/// How a stored picture must be turned to stand upright: the values of the EXIF tag "Orientation".
enum class Orientation {
    upright = 1,
    mirrored = 2,
    turned_180 = 3,
    flipped = 4,
    transposed = 5,
    turned_90 = 6,  ///< clockwise
    transversed = 7,
    turned_270 = 8,  ///< clockwise
};
/// Whether width and height change places.
constexpr bool swaps_sides(Orientation orientation) { return orientation >= Orientation::transposed; }

}  // namespace facet::ffmpeg
