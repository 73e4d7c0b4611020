#include "source/live/camera_clock.h"

#include <gtest/gtest.h>

#include "source/live/live_decoder.h"

namespace facet::source::live {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint kArrived(hours(7));
const WallTime kArrivedWall(hours(480'000));

TEST(CameraClock, AFrameWasTakenWhenTheCameraSays) {
    CameraClock clock;
    EXPECT_EQ(clock.capture(kArrivedWall - milliseconds(30), kArrived, kArrivedWall), kArrived - milliseconds(30));
    EXPECT_EQ(clock.capture(kArrivedWall + milliseconds(4), kArrived, kArrivedWall), kArrived + milliseconds(4))
        << "a clock that is a little ahead";
    EXPECT_FALSE(clock.take_refusal());
}

TEST(CameraClock, AClockThatIsFarOffIsNotBelievedAndThatIsToldOnce) {
    CameraClock clock;
    EXPECT_FALSE(clock.capture(kArrivedWall - hours(2), kArrived, kArrivedWall));
    EXPECT_FALSE(clock.capture(kArrivedWall + hours(1), kArrived, kArrivedWall));
    EXPECT_EQ(clock.take_refusal(), hours(2));
    EXPECT_FALSE(clock.capture(kArrivedWall - hours(2), kArrived, kArrivedWall));
    EXPECT_FALSE(clock.take_refusal());
}

TEST(CameraClock, TheLimitsAreTheOnesThatAreDocumented) {
    CameraClock clock;
    EXPECT_TRUE(clock.capture(kArrivedWall - CameraClock::kBehindMax, kArrived, kArrivedWall));
    EXPECT_FALSE(clock.capture(kArrivedWall - CameraClock::kBehindMax - Nanoseconds(1), kArrived, kArrivedWall));
    EXPECT_TRUE(clock.capture(kArrivedWall + CameraClock::kAheadMax, kArrived, kArrivedWall));
    EXPECT_FALSE(clock.capture(kArrivedWall + CameraClock::kAheadMax + Nanoseconds(1), kArrived, kArrivedWall));
}

TEST(CameraClock, AClockThatIsSetIsBelievedFromThenOn) {
    CameraClock clock;
    EXPECT_FALSE(clock.capture(WallTime{}, kArrived, kArrivedWall));
    EXPECT_TRUE(clock.capture(kArrivedWall, kArrived, kArrivedWall));
}

Nanoseconds captured_to_arrival(const Frame& frame, WallTime wall, TimePoint now) {
    return (wall - (now - frame.arrived)) - frame.captured;
}

TEST(LiveFrames, TheWallClockOfAFrameIsTheCamerasWhereThatIsKnown) {
    LiveTimeline timeline;
    LiveFrames frames(timeline);
    const TimePoint now = monotonic_now();
    const WallTime wall = wall_now();
    const auto unknown = frames.make({{}, seconds(10), now - seconds(2), {}});
    EXPECT_LT(std::chrono::abs(captured_to_arrival(*unknown, wall, now)), milliseconds(100));
    // The camera says that the packet at 10.1 s was taken 700 ms before it came; the frame shown then is another one's.
    frames.set_clock(seconds(10) + milliseconds(100), now - seconds(1) - milliseconds(700));
    const auto known = frames.make({{}, seconds(10) + milliseconds(40), now - seconds(1), {}});
    EXPECT_LT(std::chrono::abs(captured_to_arrival(*known, wall, now) - milliseconds(760)), milliseconds(100));
    EXPECT_GE(known->t, unknown->t);
    frames.clear_clock();
    const auto again = frames.make({{}, seconds(11), now - seconds(1), {}});
    EXPECT_LT(std::chrono::abs(captured_to_arrival(*again, wall, now)), milliseconds(100));
}

}  // namespace
}  // namespace facet::source::live
