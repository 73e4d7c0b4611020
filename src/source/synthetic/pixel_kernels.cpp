#include "source/synthetic/pixel_kernels.h"

#include <algorithm>

namespace facet::source::synthetic {

namespace {

// All sums fit 16-bit lanes (differences within 255, weights within 128), which is what makes these loops vectorise well.
using Lane = std::int16_t;

/// 0..255 to 0..128, both ends exact.
constexpr int to_128(int value) { return (value >> 1) + (value >> 7); }

Lane weight_of(std::uint8_t coverage, int opacity128) {
    return static_cast<Lane>((static_cast<Lane>((coverage >> 1) + (coverage >> 7)) * opacity128) >> 7);
}
std::uint8_t towards(std::uint8_t from, int to, Lane weight) {
    return static_cast<std::uint8_t>(from + static_cast<Lane>((static_cast<Lane>(to - from) * weight) >> 7));
}

}  // namespace

void blend_value(std::uint8_t* out, const std::uint8_t* coverage, std::size_t count, int value, int opacity) {
    const int opacity128 = to_128(opacity);
    for (std::size_t i = 0; i < count; ++i) out[i] = towards(out[i], value, weight_of(coverage[i], opacity128));
}

void blend_values(std::uint8_t* __restrict out, const std::uint8_t* __restrict coverage, std::size_t count,
                  const std::uint8_t* __restrict values, int opacity) {
    const int opacity128 = to_128(opacity);
    for (std::size_t i = 0; i < count; ++i) out[i] = towards(out[i], values[i], weight_of(coverage[i], opacity128));
}

void darken(std::uint8_t* __restrict out, const std::uint8_t* __restrict coverage, std::size_t count, int rest,
            int opacity) {
    const int opacity128 = to_128(opacity);
    for (std::size_t i = 0; i < count; ++i) out[i] = towards(out[i], rest, weight_of(coverage[i], opacity128));
}

void light_luma(std::uint8_t* __restrict out, const std::uint8_t* __restrict day, const std::uint8_t* __restrict lamp,
                std::size_t count, int ambient, int lamps) {
    for (std::size_t i = 0; i < count; ++i) {
        const int gain = std::min(256, ambient + ((lamps * lamp[i]) >> 8));
        out[i] = static_cast<std::uint8_t>(16 + (((day[i] - 16) * gain) >> 8));
    }
}

void light_chroma(std::uint8_t* __restrict out, const std::uint8_t* __restrict day, std::size_t count, int saturation,
                  int tint) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] = static_cast<std::uint8_t>(std::clamp(128 + tint + (((day[i] - 128) * saturation) >> 8), 16, 240));
}

void shade_row(std::uint8_t* __restrict out, const std::int8_t* __restrict texels, std::size_t count, int grain, int level,
               int slope) {
    if (slope == 0) {  // most of the area: flat faces
        const auto flat = static_cast<Lane>(level >> 8);
        for (std::size_t i = 0; i < count; ++i) {
            const auto grained = static_cast<Lane>(static_cast<Lane>(texels[i] * grain) >> 7);
            out[i] = static_cast<std::uint8_t>(std::clamp<Lane>(static_cast<Lane>(flat + grained), 16, 235));
        }
        return;
    }
    for (std::size_t i = 0; i < count; ++i, level += slope)
        out[i] = static_cast<std::uint8_t>(std::clamp((level >> 8) + ((texels[i] * grain) >> 7), 16, 235));
}

void expose_luma(std::uint8_t* __restrict pixels, const std::int8_t* __restrict noise, std::size_t count, int gain) {
    if (gain == 128) {
        for (std::size_t i = 0; i < count; ++i)
            pixels[i] = static_cast<std::uint8_t>(std::clamp<Lane>(static_cast<Lane>(pixels[i] + noise[i]), 16, 235));
        return;
    }
    for (std::size_t i = 0; i < count; ++i) {
        // At most 239 * 255: fits an unsigned 16-bit lane before the shift.
        const auto lit = static_cast<Lane>(static_cast<std::uint16_t>((pixels[i] - 16) * gain) >> 7);
        pixels[i] = static_cast<std::uint8_t>(std::clamp<Lane>(static_cast<Lane>(16 + lit + noise[i]), 16, 235));
    }
}

void expose_chroma(std::uint8_t* __restrict pixels, const std::int8_t* __restrict noise, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
        pixels[i] = static_cast<std::uint8_t>(std::clamp<Lane>(static_cast<Lane>(pixels[i] + (noise[i] >> 1)), 16, 240));
}

void scale_noise(std::int8_t* __restrict out, const std::int8_t* __restrict noise, std::size_t count, int amplitude) {
    for (std::size_t i = 0; i < count; ++i)
        out[i] = static_cast<std::int8_t>(static_cast<Lane>(noise[i] * amplitude + 64) >> 7);
}

void cross_fade(std::uint8_t* __restrict a, const std::uint8_t* __restrict b, std::size_t count, int weight) {
    const auto weight128 = static_cast<Lane>(weight >> 1);
    for (std::size_t i = 0; i < count; ++i) a[i] = towards(a[i], b[i], weight128);
}

}  // namespace facet::source::synthetic
