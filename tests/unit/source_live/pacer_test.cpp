#include "source/live/pacer.h"

#include <gtest/gtest.h>

namespace facet::source::live {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Nanoseconds kInterval = milliseconds(40);
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
    EXPECT_EQ(pacer.due(std::nullopt, kNow), kNow + kInterval);
    EXPECT_EQ(pacer.due(2 * kInterval + milliseconds(10), kNow), kNow + kInterval + milliseconds(10));
}

TEST(Pacer, ASplicedRecordingGoesOnAsIfNothingHadHappened) {
    Pacer pacer(25);
    pacer.due(seconds(500), kNow);
    EXPECT_EQ(pacer.due(seconds(3), kNow), kNow + kInterval) << "back";
    EXPECT_EQ(pacer.due(seconds(3) + milliseconds(20), kNow), kNow + kInterval + milliseconds(20));
    EXPECT_EQ(pacer.due(hours(26), kNow), kNow + 2 * kInterval + milliseconds(20)) << "forward";
}

TEST(Pacer, ARecordingThatBeginsAgainIsOneIntervalLaterWhateverItsTimes) {
    Pacer pacer(25);
    pacer.due(seconds(1), kNow);
    pacer.splice();
    EXPECT_EQ(pacer.due(seconds(1), kNow), kNow + kInterval);
    EXPECT_EQ(pacer.due(seconds(2), kNow), kNow + kInterval + seconds(1));
}

TEST(Pacer, WhatCameLateShiftsWhatFollows) {
    Pacer pacer(0);
    pacer.due(seconds(1), kNow);
    pacer.due(seconds(2), kNow);
    pacer.delay(kNow + seconds(3));
    EXPECT_EQ(pacer.due(seconds(2) + kInterval, kNow), kNow + seconds(3) + kInterval);
    pacer.delay(kNow);
    EXPECT_EQ(pacer.due(std::nullopt, kNow), kNow + seconds(3) + 2 * kInterval) << "25 a second where nothing is known";
}

}  // namespace
}  // namespace facet::source::live
