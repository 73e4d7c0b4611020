#include "wrap/ffmpeg/packet_times.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace facet::ffmpeg {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kTicksPerFrame = 3600;  // 25 a second

/// I B B P B B P ...: decoding order, with presentation times.
std::vector<GivenTimes> group(Nanoseconds begin, int triples, bool knows_decoding) {
    std::vector<GivenTimes> run;
    const auto add = [&](int shown, int turn) {
        run.push_back({begin + milliseconds(40) * (shown + 1), {}});
        if (knows_decoding) run.back().decoded = begin + milliseconds(40) * turn;
    };
    add(0, 0);
    for (int i = 0; i < triples; ++i) {
        add(3 * i + 3, 3 * i + 1);
        add(3 * i + 1, 3 * i + 2);
        add(3 * i + 2, 3 * i + 3);
    }
    return run;
}

TEST(PacketTimes, TheyBeginAtZeroAndKeepTheirDistances) {
    PacketTimes times;
    const auto placed = times.place(group(seconds(1000), 3, true));
    ASSERT_EQ(placed.size(), 10U);
    for (std::size_t i = 0; i < placed.size(); ++i) {
        EXPECT_EQ(placed[i].decoded, (static_cast<std::int64_t>(i) - 1) * kTicksPerFrame);
        EXPECT_EQ(placed[i].duration, kTicksPerFrame);
    }
    EXPECT_EQ(placed[0].shown, 0);
    EXPECT_EQ(placed[1].shown, 3 * kTicksPerFrame);
    EXPECT_EQ(placed[2].shown, kTicksPerFrame);
}

TEST(PacketTimes, WithoutDecodingTimesTheyComeOutAsWithThem) {
    PacketTimes with;
    PacketTimes without;
    for (int i = 0; i < 3; ++i) {
        const Nanoseconds begin = seconds(5) + i * milliseconds(400);
        EXPECT_EQ(with.place(group(begin, 3, true)), without.place(group(begin, 3, false)));
    }
}

TEST(PacketTimes, LeapsAreClosed) {
    PacketTimes times;
    times.place(group(seconds(100), 3, true));
    EXPECT_EQ(times.place(group(seconds(2), 3, true)).front().shown, 10 * kTicksPerFrame) << "the file began again";
    EXPECT_EQ(times.place(group(seconds(90), 3, true)).front().shown, 20 * kTicksPerFrame) << "the clock was set";
    EXPECT_EQ(times.place(group(seconds(93), 3, true)).front().shown, 20 * kTicksPerFrame + 3 * PacketTimes::kTicksPerSecond)
        << "a pause of less than 10 s stays one";
}

TEST(PacketTimes, PacketsWithoutAnyTimeFollowTheOthers) {
    PacketTimes times;
    times.place(group(seconds(1), 1, true));
    const std::vector<GivenTimes> unknown(3);
    const auto placed = times.place(unknown);
    for (std::size_t i = 1; i < placed.size(); ++i) EXPECT_GT(placed[i].shown, placed[i - 1].shown);
}

TEST(PacketTimes, WhateverIsGivenAFileCanHoldWhatComes) {
    EXPECT_TRUE(rc::check([] {
        PacketTimes times;
        std::optional<std::int64_t> last;
        for (int run = *rc::gen::inRange(1, 5); run > 0; --run) {
            std::vector<GivenTimes> given(*rc::gen::inRange<std::size_t>(1, 30));
            const std::int64_t far = *rc::gen::element<std::int64_t>(1'000, 100'000, 10'000'000'000);
            for (auto& time : given) {
                if (*rc::gen::inRange(0, 8) > 0) time.shown = milliseconds(*rc::gen::inRange<std::int64_t>(-far, far));
                if (*rc::gen::inRange(0, 8) > 0) time.decoded = milliseconds(*rc::gen::inRange<std::int64_t>(-far, far));
            }
            const auto placed = times.place(given);
            RC_ASSERT(placed.size() == given.size());
            if (!last) RC_ASSERT(placed.front().shown == 0);
            for (const auto& time : placed) {
                RC_ASSERT(!last || time.decoded > *last);
                RC_ASSERT(time.shown >= time.decoded);
                RC_ASSERT(time.duration > 0);
                last = time.decoded;
            }
        }
    }));
}

}  // namespace
}  // namespace facet::ffmpeg
