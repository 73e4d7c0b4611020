#include "engine/live_window.h"

#include <gtest/gtest.h>

namespace facet::engine {
namespace {

using std::chrono::milliseconds;

constexpr std::array<double, 3> kBounds{0.1, 0.2, 0.4};

/// A camera with 25 packets a second, of which every fifth gives a result, at so many seconds.
LiveSample sample_at(int time_s) {
    LiveSample sample;
    sample.at = TimePoint(std::chrono::seconds(time_s));
    sample.packets = 25.0 * time_s;
    sample.frames = 10.0 * time_s;
    sample.results = 5.0 * time_s;
    sample.latency[1] = static_cast<std::uint64_t>(5 * time_s);
    return sample;
}

TEST(LiveWindow, BeforeTheSecondSampleThereIsNothing) {
    LiveWindow window;
    EXPECT_EQ(window.recent(kBounds).packets_per_second, 0);
    window.add(sample_at(1));
    EXPECT_EQ(window.recent(kBounds).packets_per_second, 0);
}

TEST(LiveWindow, RatesAndLatenciesAreThoseOfTheLastSeconds) {
    LiveWindow window;
    for (int i = 0; i <= 20; ++i) window.add(sample_at(i));
    LiveSample last = sample_at(20);
    for (int i = 21; i <= 26; ++i) {  // then nothing is received, but late results come
        last.at = TimePoint(std::chrono::seconds(i));
        last.results += 2;
        last.latency[2] += 2;
        last.drops[static_cast<std::size_t>(brain::DropReason::late)] += 3;
        window.add(last);
    }
    const LiveRecent recent = window.recent(kBounds);
    EXPECT_DOUBLE_EQ(recent.packets_per_second, 0);
    EXPECT_DOUBLE_EQ(recent.results_per_second, 2);
    EXPECT_DOUBLE_EQ(recent.latency_p50_ms, 300) << "not the 150 ms of before";
    ASSERT_EQ(recent.drops.size(), 1U);
    EXPECT_EQ(recent.drops.at("late"), 15);
}

TEST(LiveWindow, ItKeepsSoManySamplesAtMostAndAtLeastItsSpan) {
    LiveWindow window;
    for (int i = 0; i < 1000; ++i) {
        LiveSample sample = sample_at(0);
        sample.at += milliseconds(i);
        sample.packets = i;
        window.add(sample);
    }
    EXPECT_NEAR(window.recent(kBounds).packets_per_second, 1000, 1e-6);
    LiveSample sample = sample_at(0);
    sample.at += std::chrono::seconds(100);
    sample.packets = 1999;
    window.add(sample);
    EXPECT_NEAR(window.recent(kBounds).packets_per_second, 1000 / 99.0, 0.1) << "the one before the span is kept";
}

}  // namespace
}  // namespace facet::engine
