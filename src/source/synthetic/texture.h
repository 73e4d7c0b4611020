#pragma once
// Seeded noise and the small repeating textures that surfaces are covered with. Integers only.

#include <array>
#include <cstdint>
#include <vector>

namespace facet::source::synthetic {

/// What covers a surface. Each is a tile of luma offsets, -127..127, that repeats.
enum class Pattern : std::uint8_t { smooth, grain, fabric, stripes, checks, foliage, strokes, cardboard };
inline constexpr int kPatternCount = 8;
inline constexpr int kTileSide = 64;
using Tile = std::array<std::int8_t, kTileSide * kTileSide>;

/// The tile of a pattern; made once, immutable, the same in every process.
const Tile& tile(Pattern pattern);

/// Value noise at (x, y) in 1/256 of a lattice cell: -128..127.
int lattice_noise(std::uint64_t seed, std::int64_t x, std::int64_t y);
/// Sum of `octaves` of lattice noise, each of half the size and half the height of the one before: about -200..200.
int rough_noise(std::uint64_t seed, std::int64_t x, std::int64_t y, int octaves);

/// Camera noise: `side` x `side` samples of a normal distribution with standard deviation 32, clipped to -127..127.
std::vector<std::int8_t> sensor_noise(std::uint64_t seed, int side);

}  // namespace facet::source::synthetic
