#include "source/live/capture_clock.h"

#include <gtest/gtest.h>

#include <chrono>

#include "base/random.h"

namespace facet::source::live {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanoseconds kInterval = milliseconds(40);

/// A camera whose clock runs `ppm` fast, with random delays of up to 30 ms; the largest distance of the answer from the
/// truth after the first minute.
Nanoseconds worst_error(double ppm, Nanoseconds length) {
    CaptureClock clock;
    Random random(7);
    Nanoseconds worst{};
    TimePoint last{};
    for (Nanoseconds taken{}; taken < length; taken += kInterval) {
        const auto pts = from_seconds(facet::seconds(taken) * (1 + ppm * 1e-6)) + hours(3);
        const TimePoint arrived = std::max(last, TimePoint(taken + milliseconds(2) + from_seconds(random.uniform(0, 0.03))));
        last = arrived;
        const TimePoint capture = clock.capture(pts, arrived);
        EXPECT_LE(capture, arrived);
        if (taken > std::chrono::minutes(1))
            worst = std::max(worst, Nanoseconds(std::chrono::abs(capture - TimePoint(taken))));
    }
    EXPECT_EQ(clock.restarts(), 0);
    return worst;
}

TEST(CaptureClock, AClockThatRunsFastOrSlowStaysWithinOneFrameForDays) {
    for (const double ppm : {-200.0, 0.0, 200.0}) EXPECT_LT(worst_error(ppm, hours(6)), kInterval) << ppm;
}

TEST(CaptureClock, AClockThatIsSetOrWrapsStartsAnewAndTimeGoesOn) {
    CaptureClock clock;
    TimePoint arrived(hours(1));
    clock.capture(seconds(95'000), arrived);
    const TimePoint before = clock.capture(seconds(95'000) + kInterval, arrived + kInterval);
    const TimePoint after = clock.capture(Nanoseconds{}, arrived + 2 * kInterval);  // 33 bits at 90 kHz are used up
    EXPECT_GT(after, before);
    EXPECT_EQ(after, arrived + 2 * kInterval);
    EXPECT_EQ(clock.restarts(), 1);
}

TEST(CaptureClock, TimesNeverStepBack) {
    CaptureClock clock;
    Random random(3);
    TimePoint last{};
    TimePoint arrived{};
    for (int i = 0; i < 10'000; ++i) {
        arrived += from_seconds(random.uniform(0, 0.1));
        const auto pts = from_seconds(random.uniform(-5, 5));
        const TimePoint capture =
            clock.capture(random.chance(0.1) ? std::nullopt : std::optional<Nanoseconds>(pts), arrived);
        EXPECT_GE(capture, last);
        EXPECT_LE(capture, arrived);
        last = capture;
    }
}

}  // namespace
}  // namespace facet::source::live
