#include "source/synthetic/texture.h"

#include <algorithm>

#include "base/random.h"

namespace facet::source::synthetic {

namespace {

int lattice_value(std::uint64_t seed, std::int64_t x, std::int64_t y) {
    const auto key =
        static_cast<std::uint64_t>(x) * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(y) * 0xc2b2ae3d27d4eb4fULL;
    return static_cast<int>(mix(seed ^ key) & 255) - 128;
}

/// Lattice noise whose lattice repeats every `cells`, so that tiles have no seam.
int repeating_noise(std::uint64_t seed, int x, int y, int cells) {
    const int step = kTileSide / cells;
    const int cx = x / step;
    const int cy = y / step;
    const auto at = [&](int i, int j) { return lattice_value(seed, i % cells, j % cells); };
    const int fx = (x % step) * 256 / step;
    const int fy = (y % step) * 256 / step;
    const int top = at(cx, cy) + (at(cx + 1, cy) - at(cx, cy)) * fx / 256;
    const int bottom = at(cx, cy + 1) + (at(cx + 1, cy + 1) - at(cx, cy + 1)) * fx / 256;
    return top + (bottom - top) * fy / 256;
}

int pattern_value(Pattern pattern, int x, int y) {
    const int fine = repeating_noise(11, x, y, 32);
    const int coarse = repeating_noise(12, x, y, 8);
    switch (pattern) {
        case Pattern::smooth: return repeating_noise(13, x, y, 4) / 2 + fine / 4;
        case Pattern::grain: return fine / 2 + coarse / 2;
        case Pattern::fabric: return repeating_noise(14, x, y, 4) / 2 + ((x / 2 + y / 2) % 2 ? 30 : -30) + fine / 3;
        case Pattern::stripes: return ((y / 8) % 2 ? 90 : -60) + fine / 4;
        case Pattern::checks: return ((x / 8) % 2 ? 50 : -50) + ((y / 8) % 2 ? 50 : -50) + fine / 5;
        case Pattern::foliage: return repeating_noise(15, x, y, 16) * 3 / 4 + coarse / 2;
        case Pattern::strokes: {
            const bool letter_gap = x % 8 >= 6 || y % 32 < 6 || y % 32 >= 26;
            const auto key = static_cast<std::uint64_t>((x / 8) * 64 + (y / 5));
            return letter_gap || (mix(key + static_cast<std::uint64_t>(x % 8 / 2) * 977) & 3) == 0 ? 100 : -110;
        }
        case Pattern::cardboard: return (y % 4 < 2 ? 10 : -10) + coarse / 3 + fine / 4;
    }
    return 0;
}

}  // namespace

int zoom_of(double texels) {
    int zoom = 0;
    // Half way between two sizes by their ratio: 1.19 is the fourth root of 2.
    while (zoom + 1 < static_cast<int>(kTilePeriods.size()) &&
           kTileSide / texels * 1.19 < kTilePeriods[static_cast<std::size_t>(zoom)])
        ++zoom;
    return zoom;
}

const std::int8_t* tile_row(Pattern pattern, int zoom, int y) {
    struct Tiles {
        std::array<std::vector<std::int8_t>, kTilePeriods.size()> zoomed;  // pattern by pattern, row by row
    };
    static const auto kTiles = [] {
        Tiles tiles;
        for (int line = 0; line < kPatternCount * kTileSide; ++line) {
            std::array<std::int8_t, kTileSide> texels;
            for (int i = 0; i < kTileSide; ++i) {
                const int value = pattern_value(static_cast<Pattern>(line / kTileSide), i, line % kTileSide);
                texels[static_cast<std::size_t>(i)] = static_cast<std::int8_t>(std::clamp(value, -127, 127));
            }
            for (std::size_t z = 0; z < kTilePeriods.size(); ++z)
                for (int i = 0; i < kTilePeriods[z]; ++i)
                    tiles.zoomed[z].push_back(texels[static_cast<std::size_t>(i * kTileSide / kTilePeriods[z])]);
        }
        return tiles;
    }();
    const int period = kTilePeriods[static_cast<std::size_t>(zoom)];
    const int within = ((y % period) + period) % period;
    const int row = static_cast<int>(pattern) * kTileSide + within * kTileSide / period;
    return kTiles.zoomed[static_cast<std::size_t>(zoom)].data() + static_cast<std::ptrdiff_t>(row) * period;
}

int lattice_noise(std::uint64_t seed, std::int64_t x, std::int64_t y) {
    const std::int64_t cx = x >> 8;
    const std::int64_t cy = y >> 8;
    const auto eased = [](std::int64_t fraction) {  // 3 f^2 - 2 f^3 in 1/256
        return static_cast<int>((fraction * fraction * (768 - 2 * fraction)) >> 16);
    };
    const int fx = eased(x & 255);
    const int fy = eased(y & 255);
    const int v00 = lattice_value(seed, cx, cy);
    const int v10 = lattice_value(seed, cx + 1, cy);
    const int v01 = lattice_value(seed, cx, cy + 1);
    const int v11 = lattice_value(seed, cx + 1, cy + 1);
    const int top = v00 * 256 + (v10 - v00) * fx;
    const int bottom = v01 * 256 + (v11 - v01) * fx;
    return (top * 256 + (bottom - top) * fy) >> 16;
}

int rough_noise(std::uint64_t seed, std::int64_t x, std::int64_t y, int octaves) {
    int sum = 0;
    for (int octave = 0; octave < octaves; ++octave)
        sum += lattice_noise(seed + static_cast<std::uint64_t>(octave), x << octave, y << octave) >> octave;
    return sum;
}

std::vector<std::int8_t> sensor_noise(std::uint64_t seed, std::size_t count) {
    Random random(seed);
    std::vector<std::int8_t> samples(count);
    for (auto& sample : samples) {
        // Eight bytes of one draw: a sum of eight uniforms, standard deviation 209; scaled to 32.
        std::uint64_t bits = random.next();
        int sum = -1020;
        for (int i = 0; i < 8; ++i, bits >>= 8) sum += static_cast<int>(bits & 255);
        sample = static_cast<std::int8_t>(std::clamp(sum * 157 / 1024, -127, 127));
    }
    return samples;
}

}  // namespace facet::source::synthetic
