#include "image/colour.h"

namespace facet::image {

namespace {

/// full = (sample - zero) * gain: 8-bit limited range has 219 steps of luma from 16, and 224 of chroma around 128.
struct Range {
    double luma_gain, luma_zero, chroma_gain;
};
Range range_of(ColourRange range) {
    if (range == ColourRange::full) return {1, 0, 1};
    return {255.0 / 219, 16, 255.0 / 224};
}

}  // namespace

std::array<double, 3> luma_weights(ColourMatrix matrix) {
    switch (matrix) {
        case ColourMatrix::bt601: return {0.299, 0.587, 0.114};
        case ColourMatrix::bt709: return {0.2126, 0.7152, 0.0722};
        case ColourMatrix::bt2020: return {0.2627, 0.6780, 0.0593};
    }
    return {};
}

std::array<Affine, 3> to_rgb(PixelFormat format, Colour colour) {
    if (format == PixelFormat::bgr24) return {Affine{{0, 0, 1}, 0}, Affine{{0, 1, 0}, 0}, Affine{{1, 0, 0}, 0}};
    if (format == PixelFormat::gray8) return {Affine{{1, 0, 0}, 0}, Affine{{1, 0, 0}, 0}, Affine{{1, 0, 0}, 0}};
    const auto [red, green, blue] = luma_weights(colour.matrix);
    const Range range = range_of(colour.range);
    const auto channel = [&](double u, double v) {
        Affine affine{{range.luma_gain, u * range.chroma_gain, v * range.chroma_gain}, 0};
        affine.bias = -range.luma_zero * affine.weight[0] - 128 * (affine.weight[1] + affine.weight[2]);
        return affine;
    };
    return {channel(0, 2 * (1 - red)), channel(-2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green),
            channel(2 * (1 - blue), 0)};
}

Affine to_gray(PixelFormat format, Colour colour) {
    if (format == PixelFormat::bgr24) {
        const auto [red, green, blue] = luma_weights(colour.matrix);
        return {{blue, green, red}, 0};
    }
    if (format == PixelFormat::gray8) return {{1, 0, 0}, 0};
    const Range range = range_of(colour.range);
    return {{range.luma_gain, 0, 0}, -range.luma_zero * range.luma_gain};
}

}  // namespace facet::image
