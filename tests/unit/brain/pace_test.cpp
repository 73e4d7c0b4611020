#include "brain/schedule/pace.h"

#include <gtest/gtest.h>

namespace facet::brain {
namespace {

using std::chrono::milliseconds;

TEST(Pace, WithoutPressureEveryFrameMayHaveAResult) {
    Pace pace(milliseconds(500));
    for (int i = 0; i < 100; ++i) pace.step(0.5, false);
    EXPECT_EQ(pace.interval(), milliseconds(0));
}

TEST(Pace, UnderPressureItGrowsToItsMostAndNoFurther) {
    Pace pace(milliseconds(500));
    Nanoseconds last{};
    for (int i = 0; i < 100; ++i) {
        pace.step(i % 2 ? 0.5 : 1.0, i % 2 == 1);
        EXPECT_GE(pace.interval(), last);
        last = pace.interval();
    }
    EXPECT_EQ(pace.interval(), milliseconds(500));
}

TEST(Pace, ItComesBackSlowlyOnceThereIsRoom) {
    Pace pace(milliseconds(500));
    for (int i = 0; i < 60; ++i) pace.step(1.0, true);
    pace.step(0.8, false);
    EXPECT_GT(pace.interval(), milliseconds(440));
    for (int i = 0; i < 200; ++i) pace.step(0.8, false);
    EXPECT_EQ(pace.interval(), milliseconds(0));
}

TEST(Pace, BetweenFullAndIdleItHolds) {
    Pace pace(milliseconds(500));
    for (int i = 0; i < 4; ++i) pace.step(1.0, false);
    const Nanoseconds held = pace.interval();
    for (int i = 0; i < 50; ++i) pace.step(0.92, false);
    EXPECT_EQ(pace.interval(), held);
}

}  // namespace
}  // namespace facet::brain
