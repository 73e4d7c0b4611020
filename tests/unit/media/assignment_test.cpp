#include "media/assignment.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/random.h"

namespace facet {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Problem {
    std::vector<float> cost;
    std::size_t rows = 0;
    std::size_t columns = 0;
    float cost_max = 0;
};

/// The whole cost of a matching as the contract states it; fails where the matching is none.
double total(const Problem& problem, std::span<const int> column_of) {
    double sum = 0;
    std::set<int> taken;
    for (std::size_t i = 0; i < problem.rows; ++i) {
        if (column_of[i] < 0) {
            sum += static_cast<double>(problem.cost_max) / 2;
            continue;
        }
        RC_ASSERT(taken.insert(column_of[i]).second);
        const float cost = problem.cost[i * problem.columns + static_cast<std::size_t>(column_of[i])];
        RC_ASSERT(cost <= problem.cost_max);
        sum += static_cast<double>(cost);
    }
    return sum + static_cast<double>(problem.cost_max) / 2 * static_cast<double>(problem.columns - taken.size());
}

/// The least cost, by trying for each row every free column and none.
double least_total(const Problem& problem, std::size_t row, unsigned taken) {
    const double alone = static_cast<double>(problem.cost_max) / 2;
    if (row == problem.rows) {
        double sum = 0;
        for (std::size_t j = 0; j < problem.columns; ++j) sum += (taken >> j & 1U) ? 0 : alone;
        return sum;
    }
    double best = alone + least_total(problem, row + 1, taken);
    for (std::size_t j = 0; j < problem.columns; ++j) {
        const float cost = problem.cost[row * problem.columns + j];
        if ((taken >> j & 1U) || !(cost <= problem.cost_max) || !std::isfinite(cost)) continue;
        best = std::min(best, static_cast<double>(cost) + least_total(problem, row + 1, taken | 1U << j));
    }
    return best;
}

/// Few distinct costs, so that ties are common; some pairs forbidden.
rc::Gen<Problem> small_problem() {
    return rc::gen::exec([] {
        Problem problem;
        problem.rows = *rc::gen::inRange<std::size_t>(0, 7);
        problem.columns = *rc::gen::inRange<std::size_t>(0, 7);
        problem.cost_max = static_cast<float>(*rc::gen::inRange(-4, 24)) / 4;
        problem.cost = *rc::gen::container<std::vector<float>>(
            problem.rows * problem.columns,
            rc::gen::weightedOneOf<float>(
                {{8, rc::gen::map(rc::gen::inRange(-8, 32), [](int n) { return static_cast<float>(n) / 4; })},
                 {1, rc::gen::just(kInfinity)},
                 {1, rc::gen::just(std::numeric_limits<float>::quiet_NaN())}}));
        return problem;
    });
}

Problem random_problem(Random& random, std::size_t side_max, double allowed) {
    Problem problem;
    problem.rows = static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(side_max)));
    problem.columns = static_cast<std::size_t>(random.between(1, static_cast<std::int64_t>(side_max)));
    problem.cost_max = 1;
    for (std::size_t i = 0; i < problem.rows * problem.columns; ++i)
        problem.cost.push_back(random.chance(allowed) ? static_cast<float>(random.uniform(0, 1.2)) : kInfinity);
    return problem;
}

TEST(AssignmentTest, NoMatchingIsCheaper) {
    EXPECT_TRUE(rc::check("against all matchings", [] {
        const auto problem = *small_problem();
        const auto found = assign(problem.cost, problem.rows, problem.columns, problem.cost_max);
        RC_ASSERT(found.size() == problem.rows);
        RC_ASSERT(std::abs(total(problem, found) - least_total(problem, 0, 0)) < 1e-9);
    }));
}

TEST(AssignmentTest, NoMatchingIsCheaperInTwentyThousandProblems) {
    Random random(3);
    for (int round = 0; round < 20'000; ++round) {
        const auto problem = random_problem(random, 5, random.uniform());
        const auto found = assign(problem.cost, problem.rows, problem.columns, problem.cost_max);
        ASSERT_NEAR(total(problem, found), least_total(problem, 0, 0), 1e-6);
    }
}

TEST(AssignmentTest, APairIsMadeOnlyWhereItIsCheaperThanNone) {
    EXPECT_EQ(assign(std::vector<float>{1.0F}, 1, 1, 1.0F), std::vector<int>{-1});
    EXPECT_EQ(assign(std::vector<float>{0.999F}, 1, 1, 1.0F), std::vector<int>{0});
    // Matching both rows costs 0.9 + 0.9; only the first with its better column 0.1 + 1.0 / 2 + 1.0 / 2.
    EXPECT_EQ(assign(std::vector<float>{0.9F, 0.1F, kInfinity, 0.9F}, 2, 2, 1.0F), (std::vector<int>{1, -1}));
    EXPECT_EQ(assign(std::vector<float>{0.4F, 0.1F, kInfinity, 0.4F}, 2, 2, 1.0F), (std::vector<int>{0, 1}));
}

TEST(AssignmentTest, NothingIsMatchedWithNothing) {
    EXPECT_EQ(assign({}, 0, 0, 1), std::vector<int>{});
    EXPECT_EQ(assign({}, 0, 3, 1), std::vector<int>{});
    EXPECT_EQ(assign({}, 3, 0, 1), (std::vector<int>{-1, -1, -1}));
    EXPECT_EQ(assign(std::vector<float>(4, -kInfinity), 2, 2, 1), (std::vector<int>{-1, -1}));
}

/// The least total by shortest augmenting paths found with Bellman and Ford's method: slow, and unlike the code under test.
double least_total_by_flow(const Problem& problem) {
    const std::size_t n = problem.rows;
    const std::size_t m = problem.columns;
    std::vector<int> row_of(m, -1);
    std::vector<int> column_of(n, -1);
    double sum = static_cast<double>(problem.cost_max) / 2 * static_cast<double>(n + m);
    for (;;) {
        std::vector<double> distance(n + m, 1e300);  // to rows, then to columns
        std::vector<int> from(m, -1);
        for (std::size_t i = 0; i < n; ++i)
            if (column_of[i] < 0) distance[i] = 0;
        for (bool changed = true; changed;) {
            changed = false;
            for (std::size_t i = 0; i < n; ++i)
                for (std::size_t j = 0; j < m; ++j) {
                    const float cost = problem.cost[i * m + j];
                    if (!std::isfinite(cost) || distance[i] > 1e299) continue;
                    const double gain = static_cast<double>(cost) - static_cast<double>(problem.cost_max);
                    if (row_of[j] != static_cast<int>(i) && distance[i] + gain < distance[n + j] - 1e-12) {
                        distance[n + j] = distance[i] + gain;
                        from[j] = static_cast<int>(i);
                        changed = true;
                        if (row_of[j] < 0) continue;
                        const auto owner = static_cast<std::size_t>(row_of[j]);
                        const double back =
                            static_cast<double>(problem.cost[owner * m + j]) - static_cast<double>(problem.cost_max);
                        distance[owner] = distance[n + j] - back;
                    }
                }
        }
        std::size_t best = m;
        for (std::size_t j = 0; j < m; ++j)
            if (row_of[j] < 0 && (best == m || distance[n + j] < distance[n + best])) best = j;
        if (best == m || distance[n + best] >= 0) return sum;
        sum += distance[n + best];
        for (int column = static_cast<int>(best); column >= 0;) {
            const int row = from[static_cast<std::size_t>(column)];
            const int next = column_of[static_cast<std::size_t>(row)];
            row_of[static_cast<std::size_t>(column)] = row;
            column_of[static_cast<std::size_t>(row)] = column;
            column = next;
        }
    }
}

TEST(AssignmentTest, LargeProblemsCostNoMoreThanByAnotherMethod) {
    Random random(1);
    for (int round = 0; round < 60; ++round) {
        const auto problem = random_problem(random, 40, round % 2 ? 1.0 : 0.08);
        const auto found = assign(problem.cost, problem.rows, problem.columns, problem.cost_max);
        ASSERT_NEAR(total(problem, found), least_total_by_flow(problem), 1e-6);
    }
}

TEST(AssignmentTest, MemoryThatIsKeptChangesNothing) {
    Random random(2);
    Assigner assigner;
    for (int round = 0; round < 200; ++round) {
        const auto problem = random_problem(random, 25, random.uniform());
        const auto kept = assigner.solve(problem.cost, problem.rows, problem.columns, problem.cost_max);
        ASSERT_EQ(std::vector<int>(kept.begin(), kept.end()),
                  assign(problem.cost, problem.rows, problem.columns, problem.cost_max));
    }
}

}  // namespace
}  // namespace facet
