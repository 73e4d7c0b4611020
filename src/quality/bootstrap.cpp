#include "quality/bootstrap.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "base/random.h"

namespace facet::quality {
namespace {

/// Between neighbours, as numpy.percentile does by default.
double quantile(const std::vector<double>& sorted, double share) {
    const double position = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(position));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (sorted[above] - sorted[below]) * (position - static_cast<double>(below));
}

}  // namespace

std::vector<Block> blocks_of(std::size_t count, std::size_t length) {
    FACET_ASSERT(length > 0);
    std::vector<Block> blocks;
    for (std::size_t begin = 0; begin < count; begin += length) blocks.push_back({begin, std::min(begin + length, count)});
    return blocks;
}

Interval bootstrap(std::span<const Block> blocks, std::uint64_t seed, int rounds, const Statistic& statistic,
                   double confidence) {
    FACET_ASSERT(rounds > 0 && confidence > 0 && confidence < 1);
    if (blocks.empty()) return {};
    Random random(seed);
    std::vector<double> values;
    std::vector<std::size_t> drawn;
    for (int round = 0; round < rounds; ++round) {
        drawn.clear();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const Block& block = blocks[random.below(blocks.size())];
            for (std::size_t unit = block.begin; unit < block.end; ++unit) drawn.push_back(unit);
        }
        values.push_back(statistic(drawn));
    }
    std::sort(values.begin(), values.end());
    return {quantile(values, (1 - confidence) / 2), quantile(values, (1 + confidence) / 2)};
}

}  // namespace facet::quality
