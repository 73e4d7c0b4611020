#include "source/live/pacer.h"

#include <gtest/gtest.h>

namespace facet::source::live {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanoseconds kFrameInterval = milliseconds(40);
const TimePoint kNow(hours(1));

TEST(Pacer, PacketsAreDueAsFarApartAsTheyWereSent) {
    Pacer pacer(25);
    EXPECT_EQ(pacer.due(seconds(100), kNow), kNow);
    EXPECT_EQ(pacer.due(seconds(100) + milliseconds(33), kNow + hours(1)), kNow + milliseconds(33))
        << "lateness does not add up";
    EXPECT_EQ(pacer.due(seconds(100) + milliseconds(100), kNow), kNow + milliseconds(100));
}

TEST(Pacer, WhatHasNoTimeFollowsOneIntervalLater) {
    Pacer pacer(25);
    EXPECT_EQ(pacer.due(std::nullopt, kNow), kNow);
    EXPECT_EQ(pacer.due(std::nullopt, kNow), kNow + kFrameInterval);
    EXPECT_EQ(pacer.due(2 * kFrameInterval + milliseconds(10), kNow), kNow + kFrameInterval + milliseconds(10));
}

TEST(Pacer, ASplicedRecordingGoesOnAsIfNothingHadHappened) {
    Pacer pacer(25);
    pacer.due(seconds(500), kNow);
    EXPECT_EQ(pacer.due(seconds(3), kNow), kNow + kFrameInterval) << "back";
    EXPECT_EQ(pacer.due(seconds(3) + milliseconds(20), kNow), kNow + kFrameInterval + milliseconds(20));
    EXPECT_EQ(pacer.due(hours(26), kNow), kNow + 2 * kFrameInterval + milliseconds(20)) << "forward";
}

TEST(Pacer, ARecordingThatBeginsAgainIsOneIntervalLaterWhateverItsTimes) {
    Pacer pacer(25);
    pacer.due(seconds(1), kNow);
    pacer.splice();
    EXPECT_EQ(pacer.due(seconds(1), kNow), kNow + kFrameInterval);
    EXPECT_EQ(pacer.due(seconds(2), kNow), kNow + kFrameInterval + seconds(1));
}

TEST(Pacer, WhatCameLateShiftsWhatFollows) {
    Pacer pacer(0);
    pacer.due(seconds(1), kNow);
    pacer.due(seconds(2), kNow);
    pacer.delay(kNow + seconds(3));
    EXPECT_EQ(pacer.due(seconds(2) + kFrameInterval, kNow), kNow + seconds(3) + kFrameInterval);
    pacer.delay(kNow);
    EXPECT_EQ(pacer.due(std::nullopt, kNow), kNow + seconds(3) + 2 * kFrameInterval) << "25 a second where nothing is known";
}

}  // namespace
}  // namespace facet::source::live
