#include "wrap/ffmpeg/producer_clock.h"

#include <gtest/gtest.h>

namespace facet::ffmpeg {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanoseconds kWrap = seconds(47'721) + milliseconds(858);
const WallTime kBegin(hours(480'000));

TEST(ProducerClock, AWrapBetweenReportsDoesNotShow) {
    for (const Nanoseconds wrap : {kWrap, -kWrap}) {
        ProducerClock clock(kWrap);
        for (int second = 0; second < 100; ++second) {
            const Nanoseconds time = seconds(second);
            const bool is_wrong = second >= 40 && second < 45;  // until the next report
            const WallTime said = kBegin + time - (is_wrong ? wrap : Nanoseconds{});
            EXPECT_EQ(clock.mend(said, time, kBegin + time), kBegin + time) << second;
        }
    }
}

TEST(ProducerClock, AClockThatIsSetIsFollowed) {
    ProducerClock clock(kWrap);
    EXPECT_EQ(clock.mend(kBegin, seconds(1), kBegin), kBegin);
    EXPECT_EQ(clock.mend(kBegin + hours(2), seconds(2), kBegin), kBegin + hours(2));
    EXPECT_EQ(clock.mend(WallTime{}, seconds(3), kBegin), WallTime{});
    EXPECT_EQ(clock.mend(kBegin + milliseconds(900), seconds(4), kBegin), kBegin + milliseconds(900));
}

TEST(ProducerClock, AFirstPacketBeforeItsReportIsMendedByThisMachinesClock) {
    for (const Nanoseconds off : {Nanoseconds{}, kWrap, -kWrap}) {
        ProducerClock clock(kWrap);
        const WallTime sender = kBegin - hours(3);  // its clock is wrong, but not by as much
        EXPECT_EQ(clock.mend(sender + off, seconds(1), kBegin), sender);
        EXPECT_EQ(clock.mend(sender + seconds(1), seconds(2), kBegin + seconds(1)), sender + seconds(1));
    }
}

}  // namespace
}  // namespace facet::ffmpeg
