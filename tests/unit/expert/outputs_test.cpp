#include "expert/outputs.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace facet::expert {
namespace {

TEST(Outputs, AnyValueThatIsNotFiniteIsFoundAtAnyPlace) {
    Random random(3);
    for (const std::size_t size : {1U, 15U, 16U, 17U, 100U, 1000U}) {
        std::vector<float> values(size);
        for (float& value : values) value = static_cast<float>(random.uniform(-1e38, 1e38));
        EXPECT_FALSE(find_not_finite(values).has_value());
        for (std::size_t position = 0; position < size; ++position) {
            for (const float bad : {std::nanf(""), -std::nanf(""), INFINITY, -INFINITY}) {
                const float before = std::exchange(values[position], bad);
                EXPECT_EQ(find_not_finite(values), position);
                values[position] = before;
            }
        }
    }
    EXPECT_FALSE(find_not_finite({}).has_value());
}

TEST(Outputs, TheLargestAndSmallestFiniteValuesAreFinite) {
    const std::vector<float> values{std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(),
                                    std::numeric_limits<float>::denorm_min(), -0.0F};
    EXPECT_FALSE(find_not_finite(values).has_value());
}

TEST(Outputs, UnknownDimensionsMatchAll) {
    EXPECT_TRUE(matches({1, 3}, {1, 3}));
    EXPECT_TRUE(matches({-1, 3}, {1, 3}));
    EXPECT_TRUE(matches({1, 3}, {1, -1}));
    EXPECT_FALSE(matches({1, 3}, {1, 4}));
    EXPECT_FALSE(matches({1, 3}, {1, 3, 1}));
}

}  // namespace
}  // namespace facet::expert
