#pragma once
// Exact assignment: the cheapest matching of rows to columns.

#include <span>
#include <vector>

namespace facet {

/// For each row its column, or -1. Minimises the sum of `cost` (rows * columns, row by row) over all matchings in which a
/// pair costs at most `cost_max` and leaving a row unmatched costs `cost_max` / 2, and so does leaving a column (so a pair is
/// made where it is cheaper than leaving both). Infinite costs are never matched.
/// Shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987, in the form of Crouse, IEEE TAES 52(4), 2016);
/// O(n^3) worst case. Deterministic: equal costs are resolved by index.
std::vector<int> assign(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max);

}  // namespace facet
