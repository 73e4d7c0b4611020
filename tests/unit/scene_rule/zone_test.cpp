#include <gtest/gtest.h>

#include "stage.h"

namespace facet::scene {
namespace {

// The picture is 256x256; the zone lies from 64 to 192 in both directions; the hysteresis is 2.56 pixels.
const std::string kZone = "{name: lobby, type: zone, points: [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]";

std::string told(const std::vector<float>& x_path) {
    Stage stage(kZone + "}");
    double t_s = 0;
    for (const float x : x_path) stage.show(t_s++, {{.x = x, .y = 128}});
    return stage.told();
}

TEST(ZoneRuleTest, AnObjectEntersWhenFirstAndLeavesWhenLastSeenInside) {
    EXPECT_EQ(told({20, 80, 100, 150, 220}), "enter 1, leave 3");
}

TEST(ZoneRuleTest, AnObjectFirstSeenInsideHasEntered) { EXPECT_EQ(told({80, 100}), "enter 0"); }

TEST(ZoneRuleTest, TheEdgeBelongsToTheZone) {
    EXPECT_EQ(told({20, 64}), "enter 1");
    EXPECT_EQ(told({20, 63}), "");
}

TEST(ZoneRuleTest, TremblingOnTheEdgeIsOneStay) {
    EXPECT_EQ(told({60, 65, 62, 65, 63, 66, 62, 20}), "enter 1, leave 5");
    EXPECT_EQ(told({60, 65, 20, 65, 20}), "enter 1, leave 1, enter 3, leave 3");
}

TEST(ZoneRuleTest, AnObjectThatIsNoLongerSeenLeftWhenLastSeenInsideAndNotBeforeTheGraceHasPassed) {
    Stage stage(kZone + ", grace: 3s}");
    stage.show(0, {{.x = 80, .y = 100}});
    stage.show(1, {{.x = 90, .y = 100}});
    stage.show(2, {{.x = 99, .y = 100, .state = TrackState::lost}});
    stage.show(3, {});
    EXPECT_EQ(stage.told(), "enter 0");
    stage.show(4, {});
    EXPECT_EQ(stage.told(), "enter 0, leave 1");
    EXPECT_EQ(stage.events()[1].values,
              (std::map<std::string, double>{{"dwell_s", 1}, {"entered", 1}, {"left", 1}, {"occupancy", 0}}));
    stage.show(5, {{.x = 95, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0, leave 1, enter 5");
}

TEST(ZoneRuleTest, AShortLossDoesNotEndAStay) {
    Stage stage(kZone + ", grace: 3s}");
    stage.show(0, {{.x = 80, .y = 100}});
    stage.show(1, {});
    stage.show(2.5, {});
    stage.show(3, {{.x = 90, .y = 100}});
    stage.show(4, {{.x = 250, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0, leave 3");
}

TEST(ZoneRuleTest, FramesWithoutADetectorEndNoStay) {
    Stage stage(kZone + "}");
    stage.show(0, {{.x = 80, .y = 100}});
    for (int t_s = 1; t_s < 10; ++t_s) stage.skip(t_s, {{.x = 300, .y = 100}});
    stage.show(10, {{.x = 90, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0");
}

TEST(ZoneRuleTest, OneDwellEventIsGivenWhenAStayReachesTheDwell) {
    Stage stage(kZone + ", dwell: 2s}");
    for (int t_s = 0; t_s < 6; ++t_s) stage.show(t_s, {{.x = 80, .y = 100}});
    stage.show(6, {{.x = 250, .y = 100}});
    for (int t_s = 7; t_s < 10; ++t_s) stage.show(t_s, {{.x = 80, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0, dwell 2, leave 5, enter 7, dwell 9");
    EXPECT_EQ(stage.events()[1].type, "dwell");
    EXPECT_EQ(stage.events()[1].values.at("dwell_s"), 2);
}

TEST(ZoneRuleTest, ADwellIsGivenAtASightingInsideAndNotBesideTheEdge) {
    Stage stage(kZone + ", labels: [person], dwell: 1s}");
    stage.show(0, {{.x = 80, .y = 100, .label = 0}});
    stage.show(1, {{.x = 80, .y = 100, .label = 0}});
    stage.show(2, {{.x = 62, .y = 100, .label = 1}});
    EXPECT_EQ(stage.told(), "enter 0");
    stage.show(3, {{.x = 80, .y = 100, .label = 1}});
    EXPECT_EQ(stage.told(), "enter 0, dwell 3");
}

TEST(ZoneRuleTest, AVoteThatComesLateEntersAtTheBeginningOfTheStayAndOneThatChangesAfterwardsStays) {
    Stage stage(kZone + ", labels: [person]}");
    stage.show(0, {{.x = 80, .y = 100, .label = 0}});
    stage.show(1, {{.x = 80, .y = 100, .label = 1}});
    stage.show(2, {{.x = 80, .y = 100, .label = 0}});
    stage.show(3, {{.x = 250, .y = 100, .label = 0}});
    EXPECT_EQ(stage.told(), "enter 0, leave 2");
    EXPECT_EQ(stage.events()[0].label, "person");
}

TEST(ZoneRuleTest, ATentativeObjectEntersAtItsFirstSightingOnceItIsConfirmed) {
    Stage stage(kZone + "}");
    stage.show(0, {{.x = 80, .y = 100, .state = TrackState::tentative}});
    stage.show(1, {{.x = 80, .y = 100, .state = TrackState::tentative}});
    EXPECT_EQ(stage.told(), "");
    stage.show(2, {{.x = 80, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0");
}

TEST(ZoneRuleTest, TheOccupancyCountsTheObjectsInside) {
    Stage stage(kZone + "}");
    stage.show(0, {{.id = 1, .x = 80, .y = 100}, {.id = 2, .x = 90, .y = 100}, {.id = 3, .x = 10, .y = 100}});
    EXPECT_EQ(stage.events().back().values.at("occupancy"), 2);
    EXPECT_EQ(stage.shape().counters, (std::map<std::string, double>{{"inside", 2}, {"entered", 2}, {"left", 0}}));
    EXPECT_TRUE(stage.shape().closed);
    EXPECT_EQ(stage.shape().points.size(), 4U);
}

TEST(ZoneRuleTest, AHugeGapEndsTheStayAndStartsANewOne) {
    Stage stage(kZone + "}");
    stage.show(0, {{.x = 80, .y = 100}});
    stage.show(100'000, {{.x = 80, .y = 100}});
    EXPECT_EQ(stage.told(), "enter 0, leave 0, enter 100000");
}

TEST(ZoneRuleTest, MemoryIsBoundedWithMoreObjectsThanItHolds) {
    Stage stage(kZone + ", grace: 60s}");
    for (int id = 1; id <= 6000; ++id) stage.show(id * 0.001, {{.id = id, .x = 80, .y = 100}});
    EXPECT_EQ(stage.shape().counters.at("entered"), 6000);
    EXPECT_EQ(stage.shape().counters.at("inside"), 4096);
}

}  // namespace
}  // namespace facet::scene
