#include "scene/track/roster.h"

#include <gtest/gtest.h>

#include <limits>

#include "scene/track/screen.h"
#include "tracks.h"

namespace facet::scene {
namespace {

using test::at;

TEST(LabelVoteTest, ScoresAreWeights) {
    LabelVote vote;
    vote.add(2, 0.9F);
    EXPECT_EQ(vote.winner(), 2);
    vote.add(7, 0.5F);
    vote.add(7, 0.3F);
    EXPECT_EQ(vote.winner(), 2);
    vote.add(7, 0.2F);
    EXPECT_EQ(vote.winner(), 7);
}

TEST(LabelVoteTest, ManyLabelsDoNotForgetTheHeaviest) {
    LabelVote vote;
    for (int i = 0; i < 10; ++i) vote.add(1, 0.9F);
    for (int label = 100; label < 200; ++label) vote.add(label, 0.5F);
    EXPECT_EQ(vote.winner(), 1);
}

std::vector<int> screened(const std::vector<Detection>& items, float score_min = 0.1F) {
    std::vector<int> kept;
    screen({items}, score_min, kept);
    return kept;
}

TEST(ScreenTest, WhatIsNoBoxIsNotLookedAt) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    EXPECT_EQ(
        screened({at(kNan, 0, 5, 5), at(0, 0, kInfinity, 5), at(0, -kInfinity, 5, 5), at(0, 0, 0, 5), at(0, 0, 5, -1),
                  at(0, 0, 5, 5, kNan), at(0, 0, 5, 5, 1.5F), at(0, 0, 5, 5, 0.05F), at(1e30F, 0, 5, 5), at(0, 0, 5, 5)}),
        (std::vector<int>{9}));
}

TEST(ScreenTest, DetectionsComeByFallingScore) {
    EXPECT_EQ(screened({at(0, 0, 5, 5, 0.3F), at(50, 0, 5, 5, 0.9F), at(90, 0, 5, 5, 0.3F)}), (std::vector<int>{1, 0, 2}));
}

TEST(ScreenTest, AnObjectBetweenTwoLabelsIsOneObject) {
    EXPECT_EQ(screened({at(0, 0, 50, 50, 0.5F, 2), at(2, 0, 50, 50, 0.6F, 7)}), (std::vector<int>{1}));
    EXPECT_EQ(screened({at(0, 0, 50, 50, 0.5F, 2), at(2, 0, 50, 50, 0.6F, 2)}), (std::vector<int>{1, 0}))
        << "the user's NMS let two of one label stay";
    EXPECT_EQ(screened({at(0, 0, 50, 50, 0.5F, 0), at(0, 25, 50, 50, 0.6F, 1)}), (std::vector<int>{1, 0}))
        << "a person on a bicycle is two";
}

TEST(ScreenTest, TheBestOfTooManyStay) {
    std::vector<Detection> items;
    for (int i = 0; i < 2000; ++i)
        items.push_back(at(static_cast<float>(20 * (i % 50)), static_cast<float>(20 * (i / 50)), 9, 9,
                           0.2F + 0.0003F * static_cast<float>(i)));
    const auto kept = screened(items);
    ASSERT_EQ(kept.size(), 512U);
    EXPECT_EQ(kept.front(), 1999);
    EXPECT_EQ(kept.back(), 1488);
}

TEST(RosterTest, AFullRosterLetsTheLongestLostGo) {
    Roster roster({.confirm_time = {},
                   .tentative_time = std::chrono::seconds(9),
                   .lost_time = std::chrono::seconds(9),
                   .still_time = std::chrono::seconds(9),
                   .look_time = {},
                   .tracks_max = 2},
                  MotionModel{});
    roster.advance({});
    EXPECT_TRUE(roster.start(at(0, 0, 9, 9), 0));
    EXPECT_TRUE(roster.start(at(50, 0, 9, 9), 1));
    EXPECT_FALSE(roster.start(at(90, 0, 9, 9), 2)) << "nothing is lost";
    (void)roster.finish();
    roster.advance(std::chrono::milliseconds(100));
    roster.seen(1, at(50, 0, 9, 9), 0);
    (void)roster.finish();
    roster.advance(std::chrono::milliseconds(200));
    roster.seen(1, at(50, 0, 9, 9), 0);
    EXPECT_TRUE(roster.start(at(90, 0, 9, 9), 1));
    const auto tracks = roster.finish();
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].id, 2);
    EXPECT_EQ(tracks[1].id, 3);
}

TEST(RosterTest, ADoubleOfALostTrackGoes) {
    Roster roster({.confirm_time = {},
                   .tentative_time = std::chrono::seconds(9),
                   .lost_time = std::chrono::seconds(9),
                   .still_time = std::chrono::seconds(9),
                   .look_time = {},
                   .tracks_max = 9},
                  MotionModel{});
    const auto step = [&](int i) { roster.advance(std::chrono::milliseconds(100 * i)); };
    step(0);
    roster.start(at(0, 0, 50, 50), 0);
    (void)roster.finish();
    step(1);
    roster.seen(0, at(0, 0, 50, 50), 0);
    (void)roster.finish();
    step(2);
    roster.start(at(1, 1, 50, 50), 0);  // instead of being matched
    const auto tracks = roster.finish();
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1) << "the older one stays";
}

TEST(FlowTest, NewTracksAreExpectedToDoAsThoseBefore) {
    Flow flow;
    const MotionModel model;
    const Box box{100, 100, 40, 40};
    EXPECT_EQ(flow.expect(box, model).mean, Point{});
    EXPECT_DOUBLE_EQ(flow.expect(box, model).deviation, model.speed * 40);
    for (int i = 0; i < 3; ++i) flow.note({110, 115}, 40, {300, 0});
    EXPECT_EQ(flow.expect(box, model).mean, (Point{300, 0}));
    EXPECT_LT(flow.expect(box, model).deviation, model.speed * 40);
    EXPECT_EQ(flow.expect({900, 100, 40, 40}, model).mean, Point{}) << "elsewhere nothing is known";
    EXPECT_EQ(flow.expect({118, 118, 4, 4}, model).mean, Point{}) << "nor of things of another size";
}

TEST(FlowTest, OppositeWaysAreUncertainRatherThanStill) {
    Flow flow;
    const MotionModel model;
    for (int i = 0; i < 4; ++i) flow.note({120, 120}, 40, {i % 2 ? 300.0F : -300.0F, 0});
    const auto start = flow.expect({100, 100, 40, 40}, model);
    EXPECT_EQ(start.mean, Point{});
    EXPECT_GT(start.deviation, 200);
}

TEST(FlowTest, TheOldIsForgotten) {
    Flow flow;
    const MotionModel model;
    for (int i = 0; i < 256; ++i) flow.note({120, 120}, 40, {300, 0});
    for (int i = 0; i < 256; ++i) flow.note({120, 120}, 40, {0, 100});
    EXPECT_EQ(flow.expect({100, 100, 40, 40}, model).mean, (Point{0, 100}));
}

}  // namespace
}  // namespace facet::scene
