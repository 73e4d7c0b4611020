#include "source/live/stream_health.h"

#include <gtest/gtest.h>

namespace facet::source::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Packets every 40 ms from `begin` until `end`, a key every `key_interval`; the first trouble.
std::optional<TimePoint> first_trouble(StreamHealth& health, Nanoseconds begin, Nanoseconds end, Nanoseconds key_interval) {
    Nanoseconds next_key = begin;
    for (Nanoseconds now = begin; now < end; now += milliseconds(40)) {
        const bool is_key = now >= next_key;
        if (is_key) next_key += key_interval;
        health.on_packet(is_key, TimePoint(now));
        if (health.trouble(TimePoint(now))) return TimePoint(now);
    }
    return std::nullopt;
}

TEST(StreamHealth, AStreamWithKeysIsWell) {
    for (const auto interval : {seconds(1), seconds(8), seconds(50)}) {
        StreamHealth health;
        EXPECT_FALSE(first_trouble(health, {}, std::chrono::hours(1), interval)) << interval.count();
    }
}

TEST(StreamHealth, WhereKeysStayAwayForFourTimesAsLongAsEverItIsNot) {
    StreamHealth health;
    ASSERT_FALSE(first_trouble(health, {}, seconds(60), seconds(5)));
    const auto trouble = first_trouble(health, seconds(60), seconds(120), seconds(1000));  // begins with one more key
    ASSERT_TRUE(trouble);
    EXPECT_GT(*trouble, TimePoint(seconds(80)));
    EXPECT_LT(*trouble, TimePoint(seconds(81)));
}

TEST(StreamHealth, WhereKeysCameOftenTenSecondsAreWaited) {
    StreamHealth health;
    ASSERT_FALSE(first_trouble(health, {}, seconds(60), seconds(1)));
    const auto trouble = first_trouble(health, seconds(60), seconds(120), seconds(1000));
    ASSERT_TRUE(trouble);
    EXPECT_GT(*trouble, TimePoint(seconds(70)));
    EXPECT_LT(*trouble, TimePoint(seconds(71)));
}

TEST(StreamHealth, AStreamThatNeverHadASecondKeyGetsAMinute) {
    StreamHealth health;
    const auto trouble = first_trouble(health, {}, seconds(120), seconds(1000));
    ASSERT_TRUE(trouble);
    EXPECT_GT(*trouble, TimePoint(seconds(60)));
}

TEST(StreamHealth, FailuresCountOnlyInARow) {
    StreamHealth health;
    for (int i = 0; i < 1000; ++i) health.on_decoded(i % 50 == 0, i % 50 != 0);
    EXPECT_FALSE(health.trouble(TimePoint{}));
    for (int i = 0; i < 1000; ++i) health.on_decoded(false, false);
    EXPECT_FALSE(health.trouble(TimePoint{})) << "packets that give no frame yet are no failures";
    for (int i = 0; i < StreamHealth::kFailuresMax; ++i) health.on_decoded(false, true);
    EXPECT_TRUE(health.trouble(TimePoint{}));
}

}  // namespace
}  // namespace facet::source::live
