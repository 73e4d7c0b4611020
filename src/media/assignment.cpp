#include "media/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/assert.h"

namespace facet {

// Subtracting cost_max from every pair and capping at 0 turns "leave unmatched" into "take any column for nothing": a
// partial matching always extends to a full one at no higher cost, so the rectangular full problem is the one to solve.
std::vector<int> assign(std::span<const float> cost, std::size_t rows, std::size_t columns, float cost_max) {
    FACET_ASSERT(cost.size() == rows * columns);
    const bool transposed = rows > columns;
    const std::size_t n = transposed ? columns : rows;  // n <= m
    const std::size_t m = transposed ? rows : columns;
    const auto gain = [&](std::size_t i, std::size_t j) {
        const float value = transposed ? cost[j * columns + i] : cost[i * columns + j];
        return std::isfinite(value) ? std::min(0.0, static_cast<double>(value) - static_cast<double>(cost_max)) : 0.0;
    };

    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    std::vector<double> row_price(n + 1, 0);
    std::vector<double> column_price(m + 1, 0);
    std::vector<double> slack(m + 1);
    std::vector<std::size_t> row_of(m + 1, 0);  // 1-based; 0 = free. Column 0 is the root of each search.
    std::vector<std::size_t> previous(m + 1, 0);
    std::vector<char> visited(m + 1);
    for (std::size_t i = 1; i <= n; ++i) {
        row_of[0] = i;
        std::fill(slack.begin(), slack.end(), kInfinity);
        std::fill(visited.begin(), visited.end(), char{0});
        std::size_t column = 0;
        while (row_of[column] != 0) {
            visited[column] = 1;
            const std::size_t row = row_of[column];
            double delta = kInfinity;
            std::size_t next = 0;
            for (std::size_t j = 1; j <= m; ++j) {
                if (visited[j]) continue;
                const double reduced = gain(row - 1, j - 1) - row_price[row] - column_price[j];
                if (reduced < slack[j]) {
                    slack[j] = reduced;
                    previous[j] = column;
                }
                if (slack[j] < delta) {
                    delta = slack[j];
                    next = j;
                }
            }
            for (std::size_t j = 0; j <= m; ++j) {
                if (visited[j]) {
                    row_price[row_of[j]] += delta;
                    column_price[j] -= delta;
                } else {
                    slack[j] -= delta;
                }
            }
            column = next;
        }
        while (column != 0) {
            row_of[column] = row_of[previous[column]];
            column = previous[column];
        }
    }

    std::vector<int> column_of(rows, -1);
    for (std::size_t j = 1; j <= m; ++j) {
        if (row_of[j] == 0 || gain(row_of[j] - 1, j - 1) >= 0) continue;
        const std::size_t row = transposed ? j - 1 : row_of[j] - 1;
        column_of[row] = static_cast<int>(transposed ? row_of[j] - 1 : j - 1);
    }
    return column_of;
}

}  // namespace facet
