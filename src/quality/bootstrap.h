#pragma once
// Intervals around a measure, by resampling what it was measured on.
//
// Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993 (percentile interval); Kuensch, "The jackknife and
// the bootstrap for general stationary observations", Annals of Statistics 17, 1989 (blocks). Units that depend on each
// other (frames of one second, pictures of one scene) stay together in a block; blocks are drawn with replacement until
// there are as many as there were.
//
//   const Interval interval = bootstrap(blocks_of(matches.size(), 1), 42, 1000,
//                                       [&](std::span<const std::size_t> s) { return average_precision(matches, s).ap50; });

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace facet::quality {

struct Interval {
    double low = 0;
    double high = 0;
};

/// Half-open ranges of units.
struct Block {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// `count` units in blocks of `length`, the last one shorter where it does not divide. `length` > 0.
std::vector<Block> blocks_of(std::size_t count, std::size_t length);

/// A measure of the units at the given indices, each as often as it stands there.
using Statistic = std::function<double(std::span<const std::size_t>)>;

/// The interval that holds `confidence` of the statistic's values over `rounds` resamplings. The same seed gives the same
/// bytes. {0, 0} without blocks. For a paired comparison pass the difference of two measures on the same indices: it is real
/// where the interval leaves out 0.
Interval bootstrap(std::span<const Block> blocks, std::uint64_t seed, int rounds, const Statistic& statistic,
                   double confidence = 0.95);

}  // namespace facet::quality
