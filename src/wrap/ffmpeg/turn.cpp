// Upright pictures: the eight orientations of EXIF and of display matrices.

#include <libyuv/rotate.h>

#include <array>

#include "wrap/ffmpeg/converter.h"

namespace facet::ffmpeg {

namespace {

constexpr int halved(int value) { return (value + 1) / 2; }

/// Samples of one component: where they start, how far apart they are, and how much coarser than the target.
struct SampleGrid {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;
    int step = 1;     ///< bytes from sample to sample
    int shift_x = 0;  ///< 1: each sample stands for two columns of the target
};

struct TargetGrid {
    std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;
    int step = 1;
    int width = 0;  ///< upright
    int height = 0;
};

/// The general form; each target sample fetches its source.
void turn_samples(const SampleGrid& from, const TargetGrid& to, Orientation orientation) {
    const int across = swaps_sides(orientation) ? to.height : to.width;  // of the source, at the target's resolution
    const int down = swaps_sides(orientation) ? to.width : to.height;
    for (int y = 0; y < to.height; ++y) {
        std::uint8_t* out = to.data + y * to.stride;
        for (int x = 0; x < to.width; ++x, out += to.step) {
            int u = x;
            int v = y;
            switch (orientation) {
                case Orientation::upright: break;
                case Orientation::mirrored: u = across - 1 - x; break;
                case Orientation::turned_180: u = across - 1 - x, v = down - 1 - y; break;
                case Orientation::flipped: v = down - 1 - y; break;
                case Orientation::transposed: u = y, v = x; break;
                case Orientation::turned_90: u = y, v = down - 1 - x; break;
                case Orientation::transversed: u = across - 1 - y, v = down - 1 - x; break;
                case Orientation::turned_270: u = across - 1 - y, v = x; break;
            }
            *out = from.data[v * from.stride + (u >> from.shift_x) * from.step];
        }
    }
}

/// libyuv's fast form for the plain turns of whole planes.
bool turn_plane(const SampleGrid& from, const TargetGrid& to, Orientation orientation) {
    if (from.step != 1 || from.shift_x != 0) return false;
    libyuv::RotationMode mode = libyuv::kRotate0;
    switch (orientation) {
        case Orientation::turned_90: mode = libyuv::kRotate90; break;
        case Orientation::turned_180: mode = libyuv::kRotate180; break;
        case Orientation::turned_270: mode = libyuv::kRotate270; break;
        default: return false;
    }
    const bool swapped = swaps_sides(orientation);
    return libyuv::RotatePlane(from.data, static_cast<int>(from.stride), to.data, static_cast<int>(to.stride),
                               swapped ? to.height : to.width, swapped ? to.width : to.height, mode) == 0;
}

}  // namespace

Result<Image> turn(const Image& image, Orientation orientation, BufferPool& pool) {
    const bool swapped = swaps_sides(orientation);
    Image out;
    out.layout = image.layout;
    if (image.layout == ImageLayout::nv12) out.layout = ImageLayout::i420;
    if (image.layout == ImageLayout::i422 && swapped) out.layout = ImageLayout::i444;
    out.width = swapped ? image.height : image.width;
    out.height = swapped ? image.width : image.height;
    out.matrix = image.matrix;
    out.full_range = image.full_range;

    // One grid per component: three, or one for gray. Packed BGR is three interleaved grids.
    const std::size_t components = image.layout == ImageLayout::gray8 ? 1 : 3;
    const bool packed = image.layout == ImageLayout::bgr24;
    std::array<SampleGrid, 3> from{};
    std::array<TargetGrid, 3> to{};
    std::size_t bytes = 0;
    std::array<std::size_t, 3> offset{};
    for (std::size_t i = 0; i < components; ++i) {
        const bool chroma = i > 0 && !packed;
        const std::size_t plane = packed ? 0 : i;
        from[i] = {image.planes.data[plane], image.planes.stride[plane], 1, 0};
        to[i].width =
            chroma && (out.layout == ImageLayout::i420 || out.layout == ImageLayout::i422) ? halved(out.width) : out.width;
        to[i].height = chroma && out.layout == ImageLayout::i420 ? halved(out.height) : out.height;
        if (packed) from[i].data += i, from[i].step = 3, to[i].step = 3;
        if (chroma && image.layout == ImageLayout::nv12)
            from[i] = {image.planes.data[1] + (i - 1), image.planes.stride[1], 2, 0};
        if (chroma && image.layout == ImageLayout::i422 && swapped) from[i].shift_x = 1;
        to[i].stride = (to[i].width * to[i].step + 63) / 64 * 64;
        if (packed && i > 0) continue;
        offset[i] = bytes;
        bytes += static_cast<std::size_t>(to[i].stride) * static_cast<std::size_t>(to[i].height);
    }
    const auto memory = pool.take(bytes);
    if (!memory) return fail(ErrorCode::resource_exhausted, "no memory for a picture of {}x{}", out.width, out.height);
    for (std::size_t i = 0; i < components; ++i) {
        to[i].data = memory.get() + (packed ? i : offset[i]);
        if (!turn_plane(from[i], to[i], orientation)) turn_samples(from[i], to[i], orientation);
        if (packed && i > 0) continue;
        out.planes.data[i] = to[i].data;
        out.planes.stride[i] = to[i].stride;
    }
    out.owner = memory;
    return out;
}

}  // namespace facet::ffmpeg
