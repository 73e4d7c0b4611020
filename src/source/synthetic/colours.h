#pragma once
// Colours of things, and their samples in limited-range YCbCr. Integers only.

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/random.h"
#include "media/picture.h"

namespace facet::source::synthetic {

struct Rgb {
    int r = 0;
    int g = 0;
    int b = 0;
};

constexpr Rgb scaled(Rgb colour, int percent) {
    return {std::clamp(colour.r * percent / 100, 0, 255), std::clamp(colour.g * percent / 100, 0, 255),
            std::clamp(colour.b * percent / 100, 0, 255)};
}
constexpr Rgb mixed(Rgb a, Rgb b, int percent_of_b) {
    return {a.r + (b.r - a.r) * percent_of_b / 100, a.g + (b.g - a.g) * percent_of_b / 100,
            a.b + (b.b - a.b) * percent_of_b / 100};
}

/// One of a palette, a little lighter or darker (percent). Draws twice, in this order: a function, because arguments of a
/// call may be evaluated in any order, and then compilers would not agree on colours.
inline Rgb pick(std::span<const Rgb> palette, int darkest, int lightest, Random& random) {
    const Rgb colour = palette[static_cast<std::size_t>(random.below(palette.size()))];
    return scaled(colour, static_cast<int>(random.between(darkest, lightest)));
}

struct Yuv {
    std::uint8_t y = 16;
    std::uint8_t u = 128;
    std::uint8_t v = 128;
};

/// ITU-R BT.601 and BT.709, limited range, coefficients in 1/256.
constexpr Yuv to_yuv(Rgb c, ColourMatrix matrix) {
    const auto byte = [](int value) { return static_cast<std::uint8_t>(std::clamp(value, 16, 240)); };
    if (matrix == ColourMatrix::bt709)
        return {byte(16 + ((47 * c.r + 157 * c.g + 16 * c.b + 128) >> 8)),
                byte(128 + ((-26 * c.r - 87 * c.g + 112 * c.b + 128) >> 8)),
                byte(128 + ((112 * c.r - 102 * c.g - 10 * c.b + 128) >> 8))};
    return {byte(16 + ((66 * c.r + 129 * c.g + 25 * c.b + 128) >> 8)),
            byte(128 + ((-38 * c.r - 74 * c.g + 112 * c.b + 128) >> 8)),
            byte(128 + ((112 * c.r - 94 * c.g - 18 * c.b + 128) >> 8))};
}

}  // namespace facet::source::synthetic
