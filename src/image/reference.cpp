// The scalar reference: one pixel at a time, in double precision, nothing clever. The SIMD form is proven against it.

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "image/colour.h"
#include "image/fitting.h"
#include "image/homography.h"
#include "image/preprocess.h"
#include "image/reduce.h"

namespace facet::image::reference {

namespace {

/// One component of one sample of a plane.
double fetch(const Picture& picture, int component, int x, int y) {
    const auto at = [&](std::size_t plane, int byte) {
        return static_cast<double>(picture.data[plane][static_cast<std::ptrdiff_t>(y) * picture.stride[plane] + byte]);
    };
    if (picture.format == PixelFormat::bgr24) return at(0, 3 * x + component);
    if (picture.format == PixelFormat::nv12 && component > 0) return at(1, 2 * x + component - 1);
    return at(static_cast<std::size_t>(component), x);
}

/// One component, bilinear, at a continuous position of the picture (the centre of the first pixel is 0.5).
double sample(const Picture& picture, int component, double x, double y) {
    const bool chroma = component > 0 && picture.format != PixelFormat::bgr24;
    const Size plane = plane_size(picture.format, picture.size, chroma ? 1 : 0);
    const bool half_width = chroma && picture.format != PixelFormat::i444;
    const bool half_height = half_width && picture.format != PixelFormat::i422;
    const double column = clamp_index((half_width ? x / 2 : x) - 0.5, plane.width);
    const double row = clamp_index((half_height ? y / 2 : y) - 0.5, plane.height);
    const int x0 = static_cast<int>(column), x1 = std::min(x0 + 1, plane.width - 1);
    const int y0 = static_cast<int>(row), y1 = std::min(y0 + 1, plane.height - 1);
    const double right = column - x0, low = row - y0;
    return (1 - low) * ((1 - right) * fetch(picture, component, x0, y0) + right * fetch(picture, component, x1, y0)) +
           low * ((1 - right) * fetch(picture, component, x0, y1) + right * fetch(picture, component, x1, y1));
}

/// Writes channel `channel` of pixel (x, y): `value` is a sample in 0..255, before mean and scale.
void write(const TensorSpec& spec, int x, int y, int channel, double value, void* out) {
    const int depth = spec.channels == Channels::gray ? 1 : 3;
    const auto c = static_cast<std::size_t>(channel);
    const std::size_t pixel =
        static_cast<std::size_t>(y) * static_cast<std::size_t>(spec.size.width) + static_cast<std::size_t>(x);
    const std::size_t plane = static_cast<std::size_t>(spec.size.width) * static_cast<std::size_t>(spec.size.height);
    const std::size_t index = spec.layout == Layout::nchw ? c * plane + pixel : pixel * static_cast<std::size_t>(depth) + c;
    if (spec.type == ElementType::f32)
        static_cast<float*>(out)[index] = static_cast<float>((value - spec.mean[c]) * spec.scale[c]);
    else
        static_cast<std::uint8_t*>(out)[index] = static_cast<std::uint8_t>(std::lrint(std::clamp(value, 0.0, 255.0)));
}

/// Pixel (x, y) of the tensor from the position (picture_x, picture_y) of the picture.
void write_sampled(const Picture& picture, const TensorSpec& spec, int x, int y, double picture_x, double picture_y,
                   void* out) {
    std::array<double, 3> component{};
    const bool gray = spec.channels == Channels::gray && picture.format != PixelFormat::bgr24;
    const int components = gray || picture.format == PixelFormat::gray8 ? 1 : 3;
    for (int i = 0; i < components; ++i) component[static_cast<std::size_t>(i)] = sample(picture, i, picture_x, picture_y);
    const auto value = [&](const Affine& affine) {
        return std::clamp(affine.weight[0] * component[0] + affine.weight[1] * component[1] +
                              affine.weight[2] * component[2] + affine.bias,
                          0.0, 255.0);
    };
    if (spec.channels == Channels::gray) {
        write(spec, x, y, 0, value(to_gray(picture.format, picture.colour)), out);
        return;
    }
    const std::array<Affine, 3> rgb = to_rgb(picture.format, picture.colour);
    for (int channel = 0; channel < 3; ++channel) {
        const int source = spec.channels == Channels::rgb ? channel : 2 - channel;
        write(spec, x, y, channel, value(rgb[static_cast<std::size_t>(source)]), out);
    }
}

}  // namespace

void to_tensor(const Picture& whole, const TensorSpec& spec, const Box& region, void* out) {
    const Fitting fitting = fit_region(spec, whole.size, region);
    Placement placement = fitting.placement;
    Picture picture = whole;
    BlockBuffer buffer;
    if (const Blocks blocks = blocks_of(spec, placement); blocks.any()) {
        picture = reference::block_means(whole, blocks, buffer);
        placement = in_blocks(placement, blocks);
    }
    const int depth = spec.channels == Channels::gray ? 1 : 3;
    for (int y = 0; y < spec.size.height; ++y)
        for (int x = 0; x < spec.size.width; ++x) {
            if (x >= fitting.left && x < fitting.right && y >= fitting.top && y < fitting.bottom)
                write_sampled(picture, spec, x, y, placement.offset_x + (x + 0.5) * placement.scale_x,
                              placement.offset_y + (y + 0.5) * placement.scale_y, out);
            else
                for (int channel = 0; channel < depth; ++channel) write(spec, x, y, channel, spec.pad, out);
        }
}

void rectify_to_tensor(const Picture& picture, const TensorSpec& spec, const std::array<Point, 4>& corners, void* out) {
    const Homography homography(spec.size, corners);
    for (int y = 0; y < spec.size.height; ++y)
        for (int x = 0; x < spec.size.width; ++x) {
            const Homography::Position position = homography(x + 0.5, y + 0.5);
            write_sampled(picture, spec, x, y, position.x, position.y, out);
        }
}

}  // namespace facet::image::reference
