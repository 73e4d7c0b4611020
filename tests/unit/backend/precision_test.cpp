#include "backend/openvino/precision.h"

#include <gtest/gtest.h>

#include <array>

namespace facet::backend {
namespace {

Precision chosen(double f32_ms, double bf16_ms) {
    const std::array measured{Measured{Precision::f32, from_seconds(f32_ms / 1e3)},
                              Measured{Precision::bf16, from_seconds(bf16_ms / 1e3)}};
    return choose(measured);
}

TEST(AutomaticPrecision, IsTheCheapest) { EXPECT_EQ(chosen(16.7, 11.8), Precision::bf16); }

TEST(AutomaticPrecision, StaysExactWhereTheGainIsWithinTheNoise) {
    EXPECT_EQ(chosen(10.0, 9.6), Precision::f32);
    EXPECT_EQ(chosen(10.0, 12.0), Precision::f32);
}

}  // namespace
}  // namespace facet::backend
