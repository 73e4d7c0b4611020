#include <gtest/gtest.h>

#include "stage.h"

namespace facet::scene {
namespace {

TEST(DwellRuleTest, LoiteringAddsUpTheVisitsOfAnObject) {
    const std::string area = "points: [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]], dwell: 3s";
    for (const auto& [visits, expected] : {std::pair{"each", ""}, std::pair{"all", "dwell 7"}}) {
        Stage stage(fmt::format("{{name: d, type: dwell, {}, visits: {}}}", area, visits));
        for (const auto& [t_s, x] : {std::pair{0, 100}, {1, 100}, {2, 100}, {3, 20}, {6, 100}, {7, 100}, {8, 100}})
            stage.show(t_s, {{.x = static_cast<float>(x), .y = 100}});
        EXPECT_EQ(stage.told(), expected) << visits;
    }
}

TEST(StopRuleTest, AnObjectThatTremblesInItsPlaceHasStoppedOnceUntilItMovesOn) {
    Stage stage("{name: s, type: stop, after: 3s}");
    // 40 pixels wide: still means within 10 pixels, and once stopped within 20.
    const float xs[] = {10, 60, 110, 113, 108, 112, 110, 128, 110, 110, 110, 160, 160, 160, 160};
    double t_s = 0;
    for (const float x : xs) {
        stage.show(t_s++, {{.x = x, .y = 100, .size = 40}});
        if (t_s == 9) {
            EXPECT_EQ(stage.shape().counters.at("standing"), 1);
        }
    }
    EXPECT_EQ(stage.told(), "stop 5, stop 14");
    EXPECT_EQ(stage.events()[0].values, (std::map<std::string, double>{{"stopped_s", 3}, {"stops", 1}}));
}

TEST(StopRuleTest, AnObjectThatItsTrackerHasGivenUpStandsNoLonger) {
    Stage stage("{name: s, type: stop, after: 1s}");
    stage.show(0, {{.x = 100, .y = 100}});
    stage.show(1, {{.x = 100, .y = 100}});
    stage.show(2, {{.x = 100, .y = 100, .state = TrackState::lost}});
    EXPECT_EQ(stage.shape().counters.at("standing"), 1);
    stage.show(3, {});
    EXPECT_EQ(stage.shape().counters.at("standing"), 0);
    stage.show(4, {{.x = 100, .y = 100}});
    EXPECT_EQ(stage.told(), "stop 1") << "found again at the same place it is the same stop";
    EXPECT_EQ(stage.shape().counters.at("standing"), 1);
}

TEST(QueueRuleTest, AQueueBeginsJamsAndEnds) {
    Stage stage(
        "{name: q, type: queue, points: [[0, 0], [1, 0], [1, 1], [0, 1]], length: 2, waiting: 2s, after: 1s, jam: 5s}");
    for (int t_s = 0; t_s <= 9; ++t_s)
        stage.show(t_s, {{.id = 1, .x = 50, .y = 50},
                         {.id = 2, .x = 90, .y = 50},
                         {.id = 3, .x = 20.0F * static_cast<float>(t_s), .y = 200}});
    EXPECT_EQ(stage.shape().counters.at("length"), 2) << "the third one walks through";
    for (int t_s = 10; t_s <= 14; ++t_s) stage.show(t_s, {{.id = 1, .x = 50, .y = 50}});
    EXPECT_EQ(stage.told(), "queue 3, queue 8, queue 12");
    EXPECT_EQ(stage.events()[0].values, (std::map<std::string, double>{{"active", 1}, {"length", 2}, {"wait_s", 3}}));
    EXPECT_EQ(stage.events()[1].values,
              (std::map<std::string, double>{{"active", 1}, {"jam", 1}, {"length", 2}, {"wait_s", 8}}));
    EXPECT_EQ(stage.events()[2].values, (std::map<std::string, double>{{"active", 0}, {"length", 1}, {"wait_s", 12}}));
}

TEST(LeftRuleTest, AnObjectIsLeftOnlyOnceItsOwnerHasBeenAwayForLong) {
    Stage stage("{name: l, type: left, after: 5s, learn: 1s}");
    stage.show(0, {});
    for (int t_s = 1; t_s <= 20; ++t_s) {
        const float owner_x = t_s < 8 ? 70.0F : 200.0F;
        stage.show(t_s, {{.id = 1, .x = 50, .y = 50, .label = 2}, {.id = 2, .x = owner_x, .y = 50, .label = 1, .size = 20}});
    }
    EXPECT_EQ(stage.told(), "left 12");
    EXPECT_EQ(stage.events()[0].label, "bag");
    EXPECT_EQ(stage.events()[0].values,
              (std::map<std::string, double>{{"left", 1}, {"standing_s", 11}, {"unattended_s", 5}}));
}

TEST(LeftRuleTest, FurnitureAndPersonsAreNotLeftBehindAndANewIdentityIsNoNews) {
    Stage stage("{name: l, type: left, after: 5s, learn: 1s}");
    for (int t_s = 0; t_s <= 30; ++t_s)
        stage.show(t_s, {{.id = 1, .x = 50, .y = 50, .label = 2},
                         {.id = 2, .x = 150, .y = 150, .label = 1},
                         {.id = t_s < 15 ? 3 : 4, .x = 220, .y = t_s < 3 ? 100.0F : 60.0F, .label = 2}});
    EXPECT_EQ(stage.told(), "left 8");
    EXPECT_EQ(stage.events()[0].track, 3);
}

TEST(RemovedRuleTest, AnObjectIsRemovedWhenItsPlaceIsSeenEmptyAndNotWhenItIsHidden) {
    Stage stage("{name: r, type: removed, present: 5s, after: 3s, labels: [bag]}");
    const Actor vase{.id = 1, .x = 100, .y = 100, .label = 2, .size = 20};
    for (int t_s = 0; t_s <= 6; ++t_s) stage.show(t_s, {vase});
    for (int t_s = 7; t_s <= 20; ++t_s) stage.show(t_s, {{.id = 2, .x = 105, .y = 100, .label = 1, .size = 60}});
    EXPECT_EQ(stage.told(), "") << "somebody stands before it";
    for (int t_s = 21; t_s <= 23; ++t_s) stage.show(t_s, {});
    stage.show(24, {{.id = 9, .x = 101, .y = 100, .label = 2, .size = 20}});
    for (int t_s = 25; t_s <= 27; ++t_s) stage.show(t_s, {});
    EXPECT_EQ(stage.told(), "") << "it was seen again under another id";
    stage.show(28, {});
    EXPECT_EQ(stage.told(), "removed 24");
    EXPECT_EQ(stage.events()[0].track, 9);
    EXPECT_EQ(stage.events()[0].values, (std::map<std::string, double>{{"present_s", 24}, {"removed", 1}}));
    EXPECT_EQ(stage.shape().counters.at("watched"), 0);
}

TEST(RemovedRuleTest, AnObjectThatIsPushedALittleIsStillThereAndOneThatIsCarriedOffIsNot) {
    Stage stage("{name: r, type: removed, present: 2s, after: 2s}");
    for (const auto& [t_s, x] : {std::pair{0, 100}, {1, 100}, {2, 100}, {3, 100}})
        stage.show(t_s, {{.x = static_cast<float>(x), .y = 100}});
    for (int t_s = 4; t_s <= 10; ++t_s) stage.show(t_s, {{.x = 102, .y = 100}});
    EXPECT_EQ(stage.told(), "");
    for (int t_s = 11; t_s <= 13; ++t_s) stage.show(t_s, {{.x = 160, .y = 100}});
    EXPECT_EQ(stage.told(), "removed 10");
}

TEST(RemovedRuleTest, FramesWithoutADetectorDoNotEmptyAPlace) {
    Stage stage("{name: r, type: removed, present: 1s, after: 3s}");
    stage.show(0, {{.x = 100, .y = 100}});
    stage.show(1, {{.x = 100, .y = 100}});
    for (int t_s = 2; t_s <= 20; ++t_s) stage.skip(t_s);
    stage.show(21, {{.x = 100, .y = 100}});
    EXPECT_EQ(stage.told(), "");
}

}  // namespace
}  // namespace facet::scene
