#include "base/clock.h"

#include <gtest/gtest.h>

namespace facet {
namespace {

TEST(Clock, TheAgeOfTheProcessIsShortHereAndGrowsWithTheMonotonicClock) {
    const Nanoseconds age = process_age();
    EXPECT_GE(age, Nanoseconds::zero());
    EXPECT_LT(age, std::chrono::hours(1)) << "since boot instead of since the start?";
    const TimePoint began = monotonic_now();
    while (monotonic_now() - began < std::chrono::milliseconds(50)) {
    }
    const Nanoseconds grown = process_age() - age;
    EXPECT_GE(grown, std::chrono::milliseconds(49));
    EXPECT_LT(grown, std::chrono::seconds(30));
}

TEST(Clock, CpuTimeOfAThreadIsPartOfThatOfTheProcess) {
    const Nanoseconds process = process_cpu_time();
    const Nanoseconds thread = thread_cpu_time();
    while (thread_cpu_time() - thread < std::chrono::milliseconds(20)) {
    }
    EXPECT_GE(process_cpu_time() - process, std::chrono::milliseconds(19));
}

}  // namespace
}  // namespace facet
