#pragma once
// Colour: how the components of a picture become red, green and blue.

#include <array>

#include "media/picture.h"

namespace facet::image {

/// One output channel as an affine function of a picture's components: value = weight . component + bias, everything in
/// 0..255. The result may leave 0..255 (YCbCr holds colours that no screen shows): clamp it afterwards.
struct Affine {
    std::array<double, 3> weight{};
    double bias = 0;
};

/// Luma's share of red, green and blue (ITU-R BT.601, BT.709, BT.2020).
std::array<double, 3> luma_weights(ColourMatrix matrix);

/// Red, green and blue of a picture in `format`. Components are Y, U, V, or B, G, R, or gray.
std::array<Affine, 3> to_rgb(PixelFormat format, Colour colour);
/// Luma in full range (gray) of the same components; only the first component counts except in bgr24.
Affine to_gray(PixelFormat format, Colour colour);

}  // namespace facet::image
