#pragma once
// Exact assignment: the cheapest matching of rows to columns.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace facet {

/// For each row its column, or -1. Minimises the sum of `cost` (rows * columns, row by row) over all matchings in which a
/// pair costs at most `cost_max` and leaving a row unmatched costs `cost_max` / 2, and so does leaving a column (so a pair
/// is made where it is cheaper than leaving both). Infinite costs are never matched, nor are those that are not numbers.
/// Shortest augmenting paths (Jonker and Volgenant, Computing 38, 1987, in the form of Crouse, IEEE TAES 52(4), 2016), run
/// on each connected group of rows and columns by itself; O(n^3) worst case in the largest group. Deterministic: equal
/// costs are resolved by index.
std::vector<int> assign(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max);

/// The same with memory that is kept between calls, for one assignment per frame. Not thread-safe.
class Assigner {
public:
    /// As assign(); valid until the next call.
    std::span<const int> solve(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max);

private:
    struct Problem {
        std::span<const float> cost;
        std::size_t columns = 0;
        float cost_max = 0;
        /// What matching the pair saves, as a number below 0; 0 where it must not or need not be matched.
        double gain(std::size_t row, std::size_t column) const;
    };
    void group(const Problem& problem, std::size_t rows);
    void solve_group(const Problem& problem, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns);
    void augment(std::size_t n, std::size_t m);

    std::vector<int> column_of_;
    // Groups: members of a group stand next to each other, rows in row_order_, columns in column_order_.
    std::vector<std::uint32_t> parent_;
    std::vector<std::uint32_t> group_of_;
    std::vector<std::uint32_t> row_order_, row_begin_;
    std::vector<std::uint32_t> column_order_, column_begin_;
    // One group's search, the shorter side first; index 0 of columns is the root of each search.
    std::vector<double> gain_;
    std::vector<double> row_price_, column_price_, slack_;
    std::vector<std::uint32_t> row_of_, previous_;
    std::vector<char> visited_;
};

}  // namespace facet
