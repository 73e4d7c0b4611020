#include <gtest/gtest.h>

#include "scene/rule/homography.h"
#include "stage.h"

namespace facet::scene {
namespace {

std::string wrong_way(const std::string& options, const std::vector<Point>& path) {
    Stage stage("{name: w, type: wrong_way, points: [[0.5, 1], [0.5, 0]]" + options + "}");  // upwards is right
    double t_s = 0;
    for (const Point point : path) stage.show(t_s++, {{.x = point.x, .y = point.y}});
    return stage.told();
}

TEST(WrongWayRuleTest, AnObjectThatGoesBackFarEnoughIsToldOnceUntilItGoesRightAgain) {
    // A tenth of the picture's height is 25.6 pixels.
    EXPECT_EQ(wrong_way("", {{100, 100}, {100, 120}, {100, 130}, {100, 160}, {100, 200}}), "wrong_way 2");
    EXPECT_EQ(wrong_way("", {{100, 200}, {100, 160}, {100, 100}}), "");
    EXPECT_EQ(wrong_way("", {{100, 100}, {100, 140}, {100, 100}, {100, 140}}), "wrong_way 1, wrong_way 3");
    EXPECT_EQ(wrong_way("", {{100, 100}, {100, 110}, {100, 100}, {100, 110}}), "") << "trembling is no way";
}

TEST(WrongWayRuleTest, AWayAcrossIsNotWrong) {
    EXPECT_EQ(wrong_way("", {{20, 100}, {120, 130}}), "");
    EXPECT_EQ(wrong_way(", angle: 80", {{20, 100}, {120, 130}}), "wrong_way 1");
}

TEST(WrongWayRuleTest, OnlyTheWayInsideTheAreaCounts) {
    const std::string area = ", area: [[0, 0.5], [1, 0.5], [1, 1], [0, 1]]";
    EXPECT_EQ(wrong_way(area, {{100, 60}, {100, 120}}), "");
    EXPECT_EQ(wrong_way(area, {{100, 60}, {100, 130}, {100, 150}, {100, 160}}), "wrong_way 3");
}

TEST(HomographyTest, CornersAndTheCrossingOfTheDiagonalsAreMapped) {
    const auto road =
        Homography::between({{{0.4F, 0.2F}, {0.6F, 0.2F}, {1, 1}, {0, 1}}}, {{{0, 0}, {8, 0}, {8, 40}, {0, 40}}});
    ASSERT_TRUE(road);
    EXPECT_NEAR(road->map(1, 1)[0], 8, 1e-5);
    EXPECT_NEAR(road->map(1, 1)[1], 40, 1e-5);
    // The diagonals of the trapezium cross at (0.5, 1/3): the middle of the road, far nearer to its far end in the picture.
    EXPECT_NEAR(road->map(0.5, 1.0 / 3)[0], 4, 1e-5);
    EXPECT_NEAR(road->map(0.5, 1.0 / 3)[1], 20, 1e-4);
}

TEST(HomographyTest, FlatAndFoldedQuadrilateralsGiveNone) {
    const Homography::Corners square{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}};
    EXPECT_FALSE(Homography::between({{{0, 0}, {0.5F, 0}, {1, 0}, {0, 1}}}, square));
    EXPECT_FALSE(Homography::between(square, {{{0, 0}, {1, 1}, {1, 0}, {0, 1}}}));
    EXPECT_FALSE(Homography::between(square, {{{0, 0}, {1, 0}, {0.2F, 0.2F}, {0, 1}}}));
    EXPECT_TRUE(Homography::between(square, {{{0, 0}, {0, 3}, {3, 3}, {3, 0}}})) << "mirrored";
}

TEST(SpeedRuleTest, AConstantSpeedOnTheGroundIsMeasuredExactly) {
    // The picture is 25.6 m wide and high: 10 pixels are a metre.
    Stage stage(
        "{name: v, type: speed, points: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [[0, 0], [25.6, 0], [25.6, 25.6], [0, "
        "25.6]]}");
    for (int i = 0; i <= 20; ++i) stage.show(i * 0.1, {{.x = 20.0F + 10.0F * static_cast<float>(i), .y = 100}});
    for (int i = 21; i <= 45; ++i) stage.show(i * 0.1, {});
    ASSERT_EQ(stage.told(), "speed 2");
    EXPECT_NEAR(stage.events()[0].values.at("speed_kmh"), 36, 1e-4);
    EXPECT_NEAR(stage.events()[0].values.at("speed_max_kmh"), 36, 1e-4);
}

TEST(SpeedRuleTest, ALimitTellsAtTheFirstMomentAboveItAndOncePerPassage) {
    Stage stage(
        "{name: v, type: speed, points: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [[0, 0], [25.6, 0], [25.6, 25.6], [0, "
        "25.6]], limit: 40}");
    float x = 0;
    for (int i = 0; i <= 20; ++i) {
        stage.show(i * 0.1, {{.x = x, .y = 100}});
        x += i < 10 ? 10.0F : 15.0F;
    }
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_GT(stage.events()[0].values.at("speed_kmh"), 40);
    EXPECT_EQ(stage.events()[0].values.at("limit_kmh"), 40);
}

TEST(SpeedRuleTest, TheTimeBetweenTwoLinesIsTakenBetweenFrames) {
    const std::string gate = "{name: v, type: speed, lines: [[[0.25, 0], [0.25, 1]], [[0.75, 0], [0.75, 1]]], distance: 20";
    Stage stage(gate + "}");
    // The lines at x = 64 and x = 192 are crossed at 0.4 s and at 1.68 s, at 100 pixels a second.
    for (int i = 0; i <= 5; ++i) stage.show(i * 0.5, {{.x = 24.0F + 50.0F * static_cast<float>(i), .y = 100}});
    ASSERT_EQ(stage.told(), "speed 2");
    EXPECT_NEAR(stage.events()[0].values.at("speed_kmh"), 20 / 1.28 * 3.6, 1e-4);

    Stage fast(gate + ", limit: 100}");
    fast.show(0, {{.id = 1, .x = 0, .y = 100}, {.id = 2, .x = 0, .y = 200}});
    fast.show(1, {{.id = 1, .x = 256, .y = 100}, {.id = 2, .x = 100, .y = 200}});
    fast.show(2, {{.id = 2, .x = 256, .y = 200}});
    ASSERT_EQ(fast.events().size(), 1U) << "the slow one stays below the limit";
    EXPECT_NEAR(fast.events()[0].values.at("speed_kmh"), 144, 1e-4) << "both lines between two frames";
}

}  // namespace
}  // namespace facet::scene
