#include "source/live/backoff.h"

#include <gtest/gtest.h>

#include <set>

namespace facet::source::live {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Backoff, WaitsDoubleUpToTwoSecondsInTheFirstMinutes) {
    Backoff backoff(1);
    TimePoint now{};
    Nanoseconds most = milliseconds(100);
    while (now < TimePoint(minutes(5))) {
        const Nanoseconds wait = backoff.next(now);
        EXPECT_LE(wait, most);
        EXPECT_GE(wait, most * 3 / 4);
        most = std::min<Nanoseconds>(2 * most, seconds(2));
        now += wait;
    }
}

TEST(Backoff, ACameraThatStaysAwayIsAskedEveryHalfMinute) {
    Backoff backoff(1);
    backoff.next(TimePoint{});
    for (int i = 0; i < 100; ++i) {
        const Nanoseconds wait = backoff.next(TimePoint(minutes(6 + i)));
        EXPECT_LE(wait, seconds(30));
        EXPECT_GE(wait, seconds(22));
    }
}

TEST(Backoff, OnceReachedItBeginsAnew) {
    Backoff backoff(1);
    for (int i = 0; i < 20; ++i) backoff.next(TimePoint(minutes(i)));
    backoff.succeeded();
    EXPECT_LE(backoff.next(TimePoint(minutes(21))), milliseconds(100));
}

TEST(Backoff, CamerasDoNotComeBackInOneInstant) {
    std::set<std::int64_t> waits;
    for (std::uint64_t seed = 0; seed < 100; ++seed) waits.insert(Backoff(seed).next(TimePoint{}).count());
    EXPECT_GT(waits.size(), 95U);
}

}  // namespace
}  // namespace facet::source::live
