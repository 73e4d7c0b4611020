#include "brain/schedule/activity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/random.h"
#include "brain/schedule/change.h"

namespace facet::brain {
namespace {

/// Sizes around a level, as an encoder of a camera with noise gives them.
class Encoder {
public:
    std::size_t size(double level) { return static_cast<std::size_t>(level * std::exp(0.2 * random_.normal())); }

private:
    Random random_{4};
};

TEST(CompressedActivity, IsQuietOverHoursOfNoise) {
    CompressedActivity activity;
    Encoder encoder;
    int active = 0;
    for (int i = 0; i < 100'000; ++i)
        active +=
            activity.add(i % 4 == 0 ? PacketKind::forward : PacketKind::disposable, encoder.size(i % 4 == 0 ? 2000 : 400));
    EXPECT_LE(active, 1000) << "one percent of the time";
}

TEST(CompressedActivity, TellsWithinAFewPacketsThatSomethingHappensAndSoonThatItIsOver) {
    CompressedActivity activity;
    Encoder encoder;
    for (int i = 0; i < 500; ++i) activity.add(PacketKind::forward, encoder.size(1000));
    int until_active = 0;
    while (until_active < 100 && !activity.add(PacketKind::forward, encoder.size(2500))) ++until_active;
    EXPECT_LE(until_active, 5);
    for (int i = 0; i < 250; ++i) activity.add(PacketKind::forward, encoder.size(2500));
    int until_quiet = 0;
    while (until_quiet < 200 && activity.add(PacketKind::forward, encoder.size(1000))) ++until_quiet;
    EXPECT_LE(until_quiet, 40);
}

TEST(CompressedActivity, WhatLastsBecomesNormal) {
    CompressedActivity activity;
    Encoder encoder;
    for (int i = 0; i < 500; ++i) activity.add(PacketKind::forward, encoder.size(1000));
    int active = 0;
    constexpr int kRain = 25 * 60 * 10;
    for (int i = 0; i < kRain; ++i) active += activity.add(PacketKind::forward, encoder.size(2000));
    EXPECT_GT(active, 25);
    EXPECT_LT(active, kRain / 2);
}

TEST(CompressedActivity, KeyFramesTellNothing) {
    CompressedActivity activity;
    for (int i = 0; i < 500; ++i) activity.add(PacketKind::forward, 1000);
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(activity.add(PacketKind::key, 1'000'000));
}

TEST(SceneChange, SomethingThatComesMovesOrGoesIsAChangeAndWhatTremblesIsNone) {
    SceneChange change;
    const Box parked{100, 100, 80, 40};
    EXPECT_FALSE(change.look({}));
    EXPECT_TRUE(change.look(std::vector<Box>{parked}));
    EXPECT_FALSE(change.look(std::vector<Box>{{102, 99, 80, 41}}));
    EXPECT_TRUE(change.look(std::vector<Box>{parked, {300, 100, 80, 40}}));
    EXPECT_TRUE(change.look(std::vector<Box>{parked, {350, 100, 80, 40}}));
    EXPECT_FALSE(change.look(std::vector<Box>{parked, {350, 100, 80, 40}}));
    EXPECT_TRUE(change.look(std::vector<Box>{parked})) << "it has stood there for two looks";
    EXPECT_FALSE(change.look(std::vector<Box>{parked}));
}

TEST(SceneChange, WhatADetectorIsNotSureOfIsNoNewsForLong) {
    SceneChange change;
    const Box parked{100, 100, 80, 40};
    int changes = 0;
    for (int i = 0; i < 1000; ++i) changes += change.look(i % 3 == 0 ? std::vector<Box>{} : std::vector<Box>{parked});
    EXPECT_LE(changes, 2);
}

TEST(SceneChange, WhatCreepsIsNoticedInTheEnd) {
    SceneChange change;
    int changes = 0;
    for (int i = 0; i < 80; ++i) changes += change.look(std::vector<Box>{{100.0F + static_cast<float>(i), 100, 80, 40}});
    EXPECT_GE(changes, 3);
    EXPECT_LE(changes, 8);
}

}  // namespace
}  // namespace facet::brain
