#include "media/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/assert.h"

namespace facet {

namespace {

std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t node) {
    while (parent[node] != node) {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    return node;
}

/// Counting sort of `keys` (values below `groups`): `order` holds indices by rising key, `begin` where each key starts.
void sort_by_group(std::span<const std::uint32_t> keys, std::size_t groups, std::vector<std::uint32_t>& order,
                   std::vector<std::uint32_t>& begin) {
    begin.assign(groups + 1, 0);
    for (const auto key : keys) ++begin[key + 1];
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    order.resize(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) order[begin[keys[i]]++] = static_cast<std::uint32_t>(i);
    for (std::size_t g = groups; g > 0; --g) begin[g] = begin[g - 1];
    begin[0] = 0;
}

}  // namespace

std::vector<int> assign(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max) {
    Assigner assigner;
    const auto column_of = assigner.solve(cost, rows, columns, cost_max);
    return {column_of.begin(), column_of.end()};
}

// Subtracting cost_max from every pair and capping at 0 turns "leave unmatched" into "take any column for nothing": a
// partial matching always extends to a full one at no higher cost, so the rectangular full problem is the one to solve.
double Assigner::Problem::gain(std::size_t row, std::size_t column) const {
    const float value = cost[row * columns + column];
    return std::isfinite(value) ? std::min(0.0, static_cast<double>(value) - static_cast<double>(cost_max)) : 0.0;
}

std::span<const int> Assigner::solve(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max) {
    FACET_ASSERT(cost.size() == rows * columns && std::isfinite(cost_max));
    column_of_.assign(rows, -1);
    const Problem problem{cost, columns, cost_max};
    group(problem, rows);
    for (std::size_t g = 0; g + 1 < row_begin_.size(); ++g) {
        const auto members = [g](const std::vector<std::uint32_t>& order, const std::vector<std::uint32_t>& begin) {
            return std::span(order).subspan(begin[g], begin[g + 1] - begin[g]);
        };
        const auto group_rows = members(row_order_, row_begin_);
        const auto group_columns = members(column_order_, column_begin_);
        if (!group_rows.empty() && !group_columns.empty()) solve_group(problem, group_rows, group_columns);
    }
    return column_of_;
}

// Rows and columns that no worthwhile pair connects cannot influence each other. In a picture most objects stand alone, so
// that nearly all groups are one row and one column.
void Assigner::group(const Problem& problem, std::size_t rows) {
    const std::size_t columns = problem.columns;
    parent_.resize(rows + columns);
    std::iota(parent_.begin(), parent_.end(), 0U);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
            if (!(problem.gain(i, j) < 0)) continue;
            const auto a = root_of(parent_, static_cast<std::uint32_t>(i));
            const auto b = root_of(parent_, static_cast<std::uint32_t>(rows + j));
            parent_[std::max(a, b)] = std::min(a, b);
        }
    group_of_.resize(rows + columns);
    std::uint32_t groups = 0;
    for (std::size_t node = 0; node < parent_.size(); ++node) {
        const auto root = root_of(parent_, static_cast<std::uint32_t>(node));  // never above the node itself
        group_of_[node] = root == node ? groups++ : group_of_[root];
    }
    const std::span<const std::uint32_t> keys(group_of_);
    sort_by_group(keys.first(rows), groups, row_order_, row_begin_);
    sort_by_group(keys.subspan(rows), groups, column_order_, column_begin_);
}

void Assigner::solve_group(const Problem& problem, std::span<const std::uint32_t> rows,
                           std::span<const std::uint32_t> columns) {
    if (rows.size() == 1 && columns.size() == 1) {  // connected, hence worthwhile
        column_of_[rows[0]] = static_cast<int>(columns[0]);
        return;
    }
    const bool transposed = rows.size() > columns.size();
    const std::size_t n = std::min(rows.size(), columns.size());
    const std::size_t m = std::max(rows.size(), columns.size());
    gain_.resize(n * m);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < m; ++j)
            gain_[i * m + j] = transposed ? problem.gain(rows[j], columns[i]) : problem.gain(rows[i], columns[j]);
    augment(n, m);
    for (std::size_t j = 1; j <= m; ++j) {
        if (row_of_[j] == 0 || !(gain_[(row_of_[j] - 1) * m + j - 1] < 0)) continue;
        const auto row = transposed ? rows[j - 1] : rows[row_of_[j] - 1];
        column_of_[row] = static_cast<int>(transposed ? columns[row_of_[j] - 1] : columns[j - 1]);
    }
}

// Adds one row after the other along the shortest augmenting path. Rows and columns count from 1; row_of_ is 0 where a
// column is free. Requires n <= m.
void Assigner::augment(std::size_t n, std::size_t m) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    row_price_.assign(n + 1, 0);
    column_price_.assign(m + 1, 0);
    row_of_.assign(m + 1, 0);
    previous_.assign(m + 1, 0);
    for (std::size_t i = 1; i <= n; ++i) {
        row_of_[0] = static_cast<std::uint32_t>(i);
        slack_.assign(m + 1, kInfinity);
        visited_.assign(m + 1, 0);
        std::size_t column = 0;
        while (row_of_[column] != 0) {
            visited_[column] = 1;
            const std::size_t row = row_of_[column];
            const double* const gain = &gain_[(row - 1) * m];
            double delta = kInfinity;
            std::size_t next = 0;
            for (std::size_t j = 1; j <= m; ++j) {
                if (visited_[j]) continue;
                const double reduced = gain[j - 1] - row_price_[row] - column_price_[j];
                if (reduced < slack_[j]) {
                    slack_[j] = reduced;
                    previous_[j] = static_cast<std::uint32_t>(column);
                }
                if (slack_[j] < delta) {
                    delta = slack_[j];
                    next = j;
                }
            }
            for (std::size_t j = 0; j <= m; ++j) {
                if (visited_[j]) {
                    row_price_[row_of_[j]] += delta;
                    column_price_[j] -= delta;
                } else {
                    slack_[j] -= delta;
                }
            }
            column = next;
        }
        while (column != 0) {
            row_of_[column] = row_of_[previous_[column]];
            column = previous_[column];
        }
    }
}

}  // namespace facet
