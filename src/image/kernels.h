#pragma once
// Kernels: the inner loops of preprocessing in SIMD, for the best instruction set of the machine that runs them (Highway).
// They work on rows of the tensor: first the four neighbours of every wanted pixel are collected and blended (sample_*),
// then the components are converted and stored (combine_*).

#include <array>
#include <cstddef>
#include <cstdint>

namespace facet::image::kernels {

/// Rows of floats and tables are read and written in whole vectors: their memory is a multiple of this many elements.
constexpr std::size_t kRowMultiple = 16;
constexpr std::size_t padded(std::size_t count) { return (count + kRowMultiple - 1) / kRowMultiple * kRowMultiple; }

/// Where each pixel of a row is taken from: its left upper and left lower sample as byte offsets from two base pointers
/// (right of each there is another sample), and the weights of the right and of the lower neighbours. `count` is a multiple
/// of kRowMultiple; what pads the tables holds valid offsets.
struct Taps {
    const std::int32_t* upper = nullptr;
    const std::int32_t* lower = nullptr;
    const float* right_weight = nullptr;
    const float* lower_weight = nullptr;
    std::size_t count = 0;
};

/// Blends the four neighbours, for pixels of one, two or three interleaved bytes. `work` has room for 4 * taps.count
/// elements; out[i] is the row of component i.
using Sample = void (*)(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
                        const std::array<float*, 3>& out);
void sample_1(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out);
void sample_2(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out);
void sample_3(const std::uint8_t* upper, const std::uint8_t* lower, const Taps& taps, std::uint32_t* work,
              const std::array<float*, 3>& out);

/// Sets `count` elements, a multiple of kRowMultiple, to `value`.
void fill(float* row, std::size_t count, float value);

/// sums[i] += row[i].
void add(const std::uint8_t* row, std::size_t count, std::uint16_t* sums);

/// From components to channels: channel c is clamp(sum of gain[c][i] * component[i] + bias[c], low[c], high[c]).
struct Mix {
    int components = 3;  ///< 1 or 3
    std::array<const float*, 3> component{};
    int channels = 3;  ///< 1 or 3
    std::array<std::array<float, 3>, 3> gain{};
    std::array<float, 3> bias{};
    std::array<float, 3> low{};
    std::array<float, 3> high{};
};

/// Writes `count` pixels, and not a byte more: to one row per channel, or interleaved to out[0]. u8 is rounded to nearest.
void combine_planar(const Mix& mix, std::size_t count, const std::array<float*, 3>& out);
void combine_planar(const Mix& mix, std::size_t count, const std::array<std::uint8_t*, 3>& out);
void combine_interleaved(const Mix& mix, std::size_t count, float* out);
void combine_interleaved(const Mix& mix, std::size_t count, std::uint8_t* out);

/// From Y, U and V of every pixel to B G R 255: channel c (B, G, R) is the nearest byte to the sum of gain[c][i] * component
/// i
/// + bias[c]. Writes 4 * count bytes.
struct ToBytes {
    std::array<std::array<float, 3>, 3> gain{};
    std::array<float, 3> bias{};
};
void to_bgrx(const std::array<const std::uint8_t*, 3>& component, const ToBytes& conversion, std::size_t count,
             std::uint8_t* out);

}  // namespace facet::image::kernels
