#include "source/file/timeline.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace facet::source::file {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kInterval{40};

TEST(Timeline, CountsFromTheFirstFrameAndKeepsTheContainersTimes) {
    Timeline timeline(kInterval);
    const auto first = timeline.next(seconds(100), kInterval);
    EXPECT_EQ(first.t, seconds(0));
    EXPECT_EQ(first.pts, seconds(100));
    const auto second = timeline.next(seconds(100) + Nanoseconds(33'366'667), kInterval);
    EXPECT_EQ(second.t.count(), 33'366'667);
    EXPECT_FALSE(second.repaired);
}

TEST(Timeline, StartsBelowZeroWithoutHarm) {
    Timeline timeline(kInterval);
    EXPECT_EQ(timeline.next(milliseconds(-80), kInterval).t, seconds(0));
    EXPECT_EQ(timeline.next(milliseconds(-40), kInterval).t, milliseconds(40));
}

TEST(Timeline, AFrameWithoutATimeFollowsItsPredecessorByThatOnesDuration) {
    Timeline timeline(kInterval);
    timeline.next(seconds(1), milliseconds(25));
    const auto derived = timeline.next(std::nullopt, Nanoseconds{});
    EXPECT_EQ(derived.t, milliseconds(25));
    EXPECT_EQ(derived.pts, milliseconds(1025));
    EXPECT_FALSE(derived.repaired) << "raw streams have no times; that is no damage";
    EXPECT_EQ(timeline.next(std::nullopt, Nanoseconds{}).t, milliseconds(65))
        << "of unknown duration: the stream's interval";
}

TEST(Timeline, ASmallStepBackIsHeldAndTheRestStaysExact) {
    Timeline timeline(kInterval);
    timeline.next(milliseconds(0), kInterval);
    timeline.next(milliseconds(80), kInterval);
    const auto held = timeline.next(milliseconds(40), kInterval);
    EXPECT_EQ(held.t, milliseconds(80));
    EXPECT_EQ(held.pts, milliseconds(40));
    EXPECT_TRUE(held.repaired);
    EXPECT_EQ(timeline.next(milliseconds(120), kInterval).t, milliseconds(120));
}

TEST(Timeline, EqualTimesAreNoDamage) {
    Timeline timeline(kInterval);
    timeline.next(milliseconds(0), kInterval);
    EXPECT_FALSE(timeline.next(milliseconds(0), kInterval).repaired);
}

TEST(Timeline, AfterALargeStepBackTimeGoesOn) {
    Timeline timeline(kInterval);
    timeline.next(seconds(0), kInterval);
    timeline.next(seconds(50), kInterval);
    const auto spliced = timeline.next(seconds(0), kInterval);
    EXPECT_EQ(spliced.t, seconds(50) + kInterval);
    EXPECT_TRUE(spliced.repaired);
    const auto after = timeline.next(milliseconds(40), kInterval);
    EXPECT_EQ(after.t, seconds(50) + 2 * kInterval);
    EXPECT_FALSE(after.repaired);
}

TEST(Timeline, ALeapOfMoreThanADayIsDamageAndAnHourIsNot) {
    Timeline timeline(kInterval);
    timeline.next(seconds(0), kInterval);
    EXPECT_EQ(timeline.next(hours(1), kInterval).t, hours(1));
    const auto leap = timeline.next(hours(100), kInterval);
    EXPECT_EQ(leap.t, hours(1) + kInterval);
    EXPECT_TRUE(leap.repaired);
}

TEST(Timeline, NeverStepsBackAndNeverOverflowsWhateverComes) {
    EXPECT_TRUE(rc::check([] {
        Timeline timeline(kInterval);
        Nanoseconds last{};
        constexpr std::int64_t kMax = std::int64_t{1} << 61;
        for (const auto value : *rc::gen::arbitrary<std::vector<std::int64_t>>()) {
            const bool missing = value % 5 == 0;
            // Spread over all magnitudes: a modulus of 2 to the power of 0 to 61.
            const std::int64_t size = std::int64_t{1} << (static_cast<std::uint64_t>(value) % 62);
            const Nanoseconds pts(*rc::gen::inRange<std::int64_t>(-size, size));
            const auto stamp = timeline.next(missing ? std::nullopt : std::optional(pts), pts);
            RC_ASSERT(stamp.t >= last);
            RC_ASSERT(stamp.t.count() <= kMax);
            last = stamp.t;
        }
    }));
}

}  // namespace
}  // namespace facet::source::file
