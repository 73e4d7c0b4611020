#pragma once
// The loops over pixels that cost the time of a frame. Plain integer loops that compilers vectorise; the same bytes with
// or without SIMD.

#include <cstddef>
#include <cstdint>

namespace facet::source::synthetic {

/// out = out + (value - out) * coverage * opacity, both in 0..255.
void blend_value(std::uint8_t* out, const std::uint8_t* coverage, std::size_t count, int value, int opacity);
void blend_values(std::uint8_t* out, const std::uint8_t* coverage, std::size_t count, const std::uint8_t* values,
                  int opacity);
/// out = rest + (out - rest) * (1 - coverage * opacity): towards black (rest 16) or grey (rest 128).
void darken(std::uint8_t* out, const std::uint8_t* coverage, std::size_t count, int rest, int opacity);
/// Light on a surface: out = 16 + (day - 16) * (ambient + lamps * lamp) / 256, at most 235.
void light_luma(std::uint8_t* out, const std::uint8_t* day, const std::uint8_t* lamp, std::size_t count, int ambient,
                int lamps);
/// out = 128 + (day - 128) * saturation / 256 + tint.
void light_chroma(std::uint8_t* out, const std::uint8_t* day, std::size_t count, int saturation, int tint);

/// A stretch of a patterned surface: out = level / 256 + texel * grain / 128, within 16..235; `level` grows by `slope` per
/// pixel.
void shade_row(std::uint8_t* out, const std::int8_t* texels, std::size_t count, int grain, int level, int slope);

/// The sensor: luma = 16 + (luma - 16) * gain / 128 + noise, within 16..235; gain 0..255.
void expose_luma(std::uint8_t* pixels, const std::int8_t* noise, std::size_t count, int gain);
/// chroma = chroma + noise / 2, within 16..240.
void expose_chroma(std::uint8_t* pixels, const std::int8_t* noise, std::size_t count);
/// out = noise * amplitude / 128.
void scale_noise(std::int8_t* out, const std::int8_t* noise, std::size_t count, int amplitude);

/// out = a + (b - a) * weight / 256.
void cross_fade(std::uint8_t* a, const std::uint8_t* b, std::size_t count, int weight);

}  // namespace facet::source::synthetic
