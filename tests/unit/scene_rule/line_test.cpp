#include <gtest/gtest.h>

#include "stage.h"

namespace facet::scene {
namespace {

// The picture is 256x256; the line lies at y = 128 from x = 64 to x = 192; the hysteresis is 2.56 pixels.
const std::string kLine = "{name: gate, type: line, points: [[0.25, 0.5], [0.75, 0.5]]";

std::string told(const std::string& options, const std::vector<Point>& path) {
    Stage stage(kLine + options + "}");
    double t_s = 0;
    for (const Point point : path) stage.show(t_s++, {{.x = point.x, .y = point.y}});
    return stage.told();
}

TEST(LineRuleTest, FromLeftToRightOfTheWayIsForwardAndDownwardsOnALineDrawnToTheRight) {
    EXPECT_EQ(told("", {{100, 100}, {100, 120}, {100, 140}}), "forward 2");
    EXPECT_EQ(told("", {{100, 140}, {100, 120}, {100, 100}}), "backward 1");
}

TEST(LineRuleTest, APathBesideTheEndsOfTheLineDoesNotCross) {
    EXPECT_EQ(told("", {{60, 100}, {60, 140}}), "");
    EXPECT_EQ(told("", {{64, 100}, {64, 140}}), "forward 1");
    EXPECT_EQ(told("", {{100, 100}, {60, 126}, {60, 130}, {100, 140}}), "");
}

TEST(LineRuleTest, AnObjectThatJumpsOverTheLineBetweenTwoFramesCounts) {
    EXPECT_EQ(told("", {{100, 10}, {120, 250}}), "forward 1");
    EXPECT_EQ(told("", {{0, 10}, {256, 250}}), "forward 1");
    EXPECT_EQ(told("", {{0, 100}, {50, 250}}), "");
}

TEST(LineRuleTest, TremblingOnTheLineCountsOnceAndAtTheLastFlip) {
    EXPECT_EQ(told("", {{100, 100}, {100, 127}, {100, 129}, {100, 127}, {100, 129}, {100, 127}, {100, 129}, {100, 140}}),
              "forward 6");
    EXPECT_EQ(told("", {{100, 100}, {100, 129}, {100, 127}, {100, 129}, {100, 127}, {100, 100}}), "");
}

TEST(LineRuleTest, ComingAndGoingCountsInBothDirections) {
    EXPECT_EQ(told("", {{100, 100}, {100, 140}, {100, 100}, {100, 140}}), "forward 1, backward 2, forward 3");
    EXPECT_EQ(told(", direction: backward", {{100, 100}, {100, 140}, {100, 100}, {100, 140}}), "backward 2");
}

TEST(LineRuleTest, AnObjectFirstSeenOnTheLineCountsOnlyIfItWasEverOnTheOtherSide) {
    EXPECT_EQ(told("", {{100, 128}, {100, 140}}), "");
    EXPECT_EQ(told("", {{100, 127}, {100, 140}}), "forward 1");
    EXPECT_EQ(told("", {{100, 129}, {100, 140}}), "");
}

TEST(LineRuleTest, APathThatEndsOnTheLineHasNotCrossed) {
    EXPECT_EQ(told("", {{100, 100}, {100, 128}}), "");
    EXPECT_EQ(told("", {{100, 100}, {100, 128}, {100, 128}, {100, 100}}), "");
    EXPECT_EQ(told("", {{100, 100}, {100, 128}, {100, 128}, {100, 140}}), "forward 3");
}

TEST(LineRuleTest, AnObjectThatWalksOnTheLineAndLeavesItBeyondItsEndHasGoneAround) {
    EXPECT_EQ(told("", {{100, 100}, {100, 128}, {200, 128}, {200, 140}}), "");
    EXPECT_EQ(told("", {{100, 100}, {100, 128}, {180, 128}, {200, 140}}), "forward 3");
}

TEST(LineRuleTest, AnObjectThatWentAroundAnEndCountsOnItsWayBack) {
    EXPECT_EQ(told("", {{100, 100}, {20, 100}, {20, 140}, {100, 140}, {100, 100}}), "backward 4");
}

TEST(LineRuleTest, ATrackThatIsLostAndFoundAgainCountsOnce) {
    Stage stage(kLine + "}");
    stage.show(0, {{.x = 100, .y = 100}});
    stage.show(1, {{.x = 100, .y = 140, .state = TrackState::lost}});
    stage.show(2, {});
    stage.skip(3, {{.x = 100, .y = 140}});
    EXPECT_EQ(stage.told(), "") << "a prediction crosses nothing";
    stage.show(4, {{.x = 100, .y = 141}});
    stage.show(5, {});
    stage.show(6, {{.x = 100, .y = 150}});
    EXPECT_EQ(stage.told(), "forward 4");
}

TEST(LineRuleTest, ACrossingByATentativeObjectIsToldOnceItIsConfirmed) {
    Stage stage(kLine + "}");
    stage.show(0, {{.x = 100, .y = 120, .state = TrackState::tentative},
                   {.id = 2, .x = 100, .y = 120, .state = TrackState::tentative}});
    stage.show(1, {{.x = 100, .y = 140, .state = TrackState::tentative},
                   {.id = 2, .x = 100, .y = 140, .state = TrackState::tentative}});
    EXPECT_EQ(stage.told(), "");
    stage.show(2, {{.x = 100, .y = 150}});
    EXPECT_EQ(stage.told(), "forward 1");
}

TEST(LineRuleTest, TheLabelAtTheTimeOfDecisionCounts) {
    Stage stage(kLine + ", labels: [person]}");
    stage.show(0, {{.x = 100, .y = 100, .label = 0}, {.id = 2, .x = 100, .y = 100, .label = 1}});
    stage.show(1, {{.x = 100, .y = 129, .label = 0}, {.id = 2, .x = 100, .y = 129, .label = 1}});
    stage.show(2, {{.x = 100, .y = 140, .label = 1}, {.id = 2, .x = 100, .y = 140, .label = 0}});
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_EQ(stage.events()[0].track, 1);
    EXPECT_EQ(stage.events()[0].label, "person");
    EXPECT_EQ(stage.events()[0].t, std::chrono::seconds(1));
}

TEST(LineRuleTest, AnEventCarriesTotalsOfTheRuleAndOfItsLabel) {
    Stage stage(kLine + "}");
    stage.show(0, {{.id = 1, .x = 100, .y = 100}, {.id = 2, .x = 150, .y = 140, .label = 1}, {.id = 3, .x = 150, .y = 100}});
    const auto events = stage.show(
        1, {{.id = 1, .x = 100, .y = 140}, {.id = 2, .x = 150, .y = 100, .label = 1}, {.id = 3, .x = 150, .y = 140}});
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(events[1].values, (std::map<std::string, double>{{"forward", 1}, {"backward", 1}, {"backward.person", 1}}));
    EXPECT_EQ(events[2].values, (std::map<std::string, double>{{"forward", 2}, {"backward", 1}, {"forward.car", 2}}));
    EXPECT_EQ(events[2].camera, "north");
    EXPECT_EQ(events[2].rule, "gate");
    EXPECT_EQ(events[2].type, "line");
    EXPECT_EQ(events[2].track, 3);
    EXPECT_EQ(events[2].label, "car");
    EXPECT_EQ(events[2].box, (Box{145, 135, 10, 10}));
    EXPECT_EQ(events[2].time, WallTime(std::chrono::hours(1000) + std::chrono::seconds(1)));
    EXPECT_EQ(events[2].id, event_id(events[2]));
    EXPECT_EQ(stage.shape().counters, (std::map<std::string, double>{{"forward", 2}, {"backward", 1}}));
    EXPECT_FALSE(stage.shape().closed);
}

TEST(LineRuleTest, TheSideIsDecidedInPixelsAndTheBottomAnchorIsTheMiddleOfTheLowerEdge) {
    // A diagonal of a 512x128 picture: (256, 60) lies above it on the screen, its lower edge below.
    for (const auto& [anchor, expected] : {std::pair{"centre", ""}, std::pair{"bottom", "forward 1"}}) {
        Stage stage(fmt::format("{{name: d, type: line, points: [[0, 0], [1, 1]], anchor: {}}}", anchor), {512, 128});
        stage.show(0, {{.x = 256, .y = 40}});
        stage.show(1, {{.x = 256, .y = 62}});
        EXPECT_EQ(stage.told(), expected) << anchor;
    }
}

TEST(LineRuleTest, AnIdThatIsSeenAgainAfterALongTimeIsANewObject) {
    Stage stage(kLine + "}");
    stage.show(0, {{.x = 100, .y = 100}});
    stage.show(29, {{.x = 100, .y = 140}});
    stage.show(100, {{.x = 100, .y = 100}});
    EXPECT_EQ(stage.told(), "forward 29");
}

}  // namespace
}  // namespace facet::scene
