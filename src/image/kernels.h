#pragma once
// Kernels: the inner loops of preprocessing in SIMD, for the best instruction set of the machine that runs them (Highway).
// They work on rows: first the two neighbours of every wanted column are collected and blended (sample_*), then rows are
// blended vertically, converted and stored (combine).

#include <array>
#include <cstddef>
#include <cstdint>

namespace facet::image::kernels {

/// Rows of floats and tables are read and written in whole vectors: their memory is a multiple of this many elements.
constexpr std::size_t kRowMultiple = 64;
constexpr std::size_t padded(std::size_t count) { return (count + kRowMultiple - 1) / kRowMultiple * kRowMultiple; }

/// Where each wanted column lies: the byte offset of its left sample, whose right neighbour exists, and the weight of that
/// neighbour. `count` is a multiple of kRowMultiple; what pads the tables holds valid offsets.
struct Taps {
    const std::int32_t* offset = nullptr;
    const float* weight = nullptr;
    std::size_t count = 0;
};

/// Blends the samples at taps.offset and their right neighbours, for pixels of one, two or three interleaved bytes.
/// `work` has room for 2 * taps.count elements; out[i] is the row of component i.
void sample_1(const std::uint8_t* row, const Taps& taps, std::uint32_t* work, const std::array<float*, 3>& out);
void sample_2(const std::uint8_t* row, const Taps& taps, std::uint32_t* work, const std::array<float*, 3>& out);
void sample_3(const std::uint8_t* row, const Taps& taps, std::uint32_t* work, const std::array<float*, 3>& out);

/// upper[i] += (lower[i] - upper[i]) * weight[i]; `count` is a multiple of kRowMultiple.
void blend(float* upper, const float* lower, const float* weight, std::size_t count);

/// One row of output channels out of rows of components: component i is upper[i] + (lower[i] - upper[i]) * weight[i], and
/// channel c is clamp(sum of gain[c][i] * component i + bias[c], low[c], high[c]).
struct Mix {
    int components = 3;  ///< 1 or 3
    std::array<const float*, 3> upper{};
    std::array<const float*, 3> lower{};
    std::array<float, 3> weight{};
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

}  // namespace facet::image::kernels
