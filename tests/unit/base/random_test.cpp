#include "base/random.h"

#include <gtest/gtest.h>

#include <set>

namespace facet {
namespace {

TEST(RandomTest, TheSequenceOfASeedNeverChanges) {
    Random random(42);
    EXPECT_EQ(random.next(), 0x15780b2e0c2ec716ULL);
    EXPECT_EQ(random.next(), 0x6104d9866d113a7eULL);
}

TEST(RandomTest, UniformNumbersFillTheirRangeEvenly) {
    Random random(7);
    double sum = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double value = random.uniform(-1, 3);
        ASSERT_GE(value, -1);
        ASSERT_LT(value, 3);
        sum += value;
    }
    EXPECT_NEAR(sum / 100'000, 1, 0.02);
}

TEST(RandomTest, IntegersReachBothEnds) {
    Random random(7);
    std::set<std::int64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(random.between(-2, 2));
    EXPECT_EQ(seen, (std::set<std::int64_t>{-2, -1, 0, 1, 2}));
}

TEST(RandomTest, NormalNumbersHaveUnitVariance) {
    Random random(7);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 100'000; ++i) {
        const double value = random.normal();
        sum += value;
        squares += value * value;
    }
    EXPECT_NEAR(sum / 100'000, 0, 0.02);
    EXPECT_NEAR(squares / 100'000, 1, 0.02);
}

}  // namespace
}  // namespace facet
