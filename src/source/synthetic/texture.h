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

/// Tiles come in ten sizes, so that drawing reads texels straight: at zoom z the 64 texels of a tile's side are spread over
/// kTilePeriods[z] pixels.
inline constexpr std::array<int, 10> kTilePeriods{1024, 724, 512, 362, 256, 181, 128, 90, 64, 45};
/// The zoom at which a pixel shows about `texels`.
int zoom_of(double texels);
/// The texels of a pattern at the height of pixel `y` (any integer): one period, kTilePeriods[zoom] values. Immutable, the
/// same in every process.
const std::int8_t* tile_row(Pattern pattern, int zoom, int y);

/// Value noise at (x, y) in 1/256 of a lattice cell: -128..127.
int lattice_noise(std::uint64_t seed, std::int64_t x, std::int64_t y);
/// Sum of `octaves` of lattice noise, each of half the size and half the height of the one before: about -200..200.
int rough_noise(std::uint64_t seed, std::int64_t x, std::int64_t y, int octaves);

/// Camera noise: `count` samples of a normal distribution with standard deviation 32, clipped to -127..127.
std::vector<std::int8_t> sensor_noise(std::uint64_t seed, std::size_t count);

}  // namespace facet::source::synthetic
