#pragma once
// What the tests of synthetic scenes share.

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "source/synthetic/renderer.h"

namespace facet::source::synthetic {

inline Specification specification_of(const std::string& address) {
    auto specification = read_address(address);
    if (!specification) ADD_FAILURE() << specification.error().message;
    return specification ? *specification : Specification{};
}

/// A copy of the luma plane without padding.
inline std::vector<std::uint8_t> luma_of(const Picture& picture) {
    std::vector<std::uint8_t> luma;
    for (int y = 0; y < picture.size.height; ++y) {
        const std::uint8_t* row = picture.data[0] + y * picture.stride[0];
        luma.insert(luma.end(), row, row + picture.size.width);
    }
    return luma;
}

inline double mean_of(const std::vector<std::uint8_t>& samples) {
    double sum = 0;
    for (const auto sample : samples) sum += sample;
    return sum / static_cast<double>(samples.size());
}

/// FNV-1a 64 over all planes, row by row, without padding.
inline std::uint64_t hash_of(const Picture& picture) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (int plane = 0; plane < 3; ++plane) {
        const auto index = static_cast<std::size_t>(plane);
        const Size size = plane_size(picture.format, picture.size, plane);
        for (int y = 0; y < size.height; ++y)
            for (int x = 0; x < size.width; ++x)
                hash = (hash ^ picture.data[index][y * picture.stride[index] + x]) * 0x100000001b3ULL;
    }
    return hash;
}

/// One byte a pixel, 1 where the mask is, from its runs (column by column).
inline std::vector<std::uint8_t> cells_of(const MaskTruth& mask, Size picture) {
    std::vector<std::uint8_t> cells(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height), 0);
    std::size_t at = 0;
    bool inside = false;
    for (const std::uint32_t run : mask.runs) {
        for (std::uint32_t i = 0; i < run; ++i, ++at) {
            const std::size_t x = at / static_cast<std::size_t>(picture.height),
                              y = at % static_cast<std::size_t>(picture.height);
            if (inside) cells.at(y * static_cast<std::size_t>(picture.width) + x) = 1;
        }
        inside = !inside;
    }
    EXPECT_EQ(at, cells.size());
    return cells;
}

inline double mean_luma(const std::string& address, std::int64_t frame = 10) {
    Renderer renderer(specification_of(address));
    return mean_of(luma_of(renderer.render(frame)));
}

/// Pixels that differ by more than `threshold`.
inline std::int64_t pixels_that_differ(const Picture& a, const Picture& b, int threshold) {
    const auto x = luma_of(a), y = luma_of(b);
    std::int64_t count = 0;
    for (std::size_t i = 0; i < x.size(); ++i) count += std::abs(x[i] - y[i]) > threshold;
    return count;
}

}  // namespace facet::source::synthetic
