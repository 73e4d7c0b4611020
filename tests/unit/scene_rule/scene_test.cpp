#include <gtest/gtest.h>

#include "scene/rule/ignore.h"
#include "stage.h"

namespace facet::scene {
namespace {

std::vector<Actor> actors(int count) {
    std::vector<Actor> all;
    for (int i = 0; i < count; ++i) all.push_back({.id = i + 1, .x = 20.0F * static_cast<float>(i + 1), .y = 100});
    return all;
}

TEST(CountRuleTest, TheMedianHidesFlickerAndTellsOfChanges) {
    Stage stage("{name: c, type: count, window: 1s}");
    int frame = 0;
    const auto show = [&](int count) { stage.show(frame++ * 0.125, actors(count)); };
    for (const int count : {3, 3, 2, 3, 3, 3, 0, 3, 3, 3, 4, 3}) show(count);
    EXPECT_EQ(stage.told(), "count 0") << "decided half a window later";
    for (int i = 0; i < 8; ++i) show(2);
    EXPECT_EQ(stage.told(), "count 0, count 1.5") << "at the first frame with two";
    EXPECT_EQ(stage.events()[1].time, WallTime(std::chrono::hours(1000) + std::chrono::milliseconds(1500)));
    EXPECT_EQ(stage.events()[1].values, (std::map<std::string, double>{{"count", 2}, {"previous", 3}}));
    EXPECT_EQ(stage.shape().counters.at("count"), 2);
}

TEST(CountRuleTest, OnlyWantedLabelsInTheAreaCount) {
    Stage stage("{name: c, type: count, points: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]], labels: [bag], window: 10ms}");
    stage.show(
        0, {{.id = 1, .x = 20, .y = 20, .label = 2}, {.id = 2, .x = 200, .y = 20, .label = 2}, {.id = 3, .x = 30, .y = 20}});
    stage.show(
        1, {{.id = 1, .x = 20, .y = 20, .label = 2}, {.id = 2, .x = 200, .y = 20, .label = 2}, {.id = 3, .x = 30, .y = 20}});
    ASSERT_EQ(stage.events().size(), 1U);
    EXPECT_EQ(stage.events()[0].values.at("count"), 1);
    EXPECT_FALSE(stage.events()[0].track);
}

TEST(CrowdRuleTest, ACrowdBeginsAtItsCountAndEndsBelowItsSlack) {
    Stage stage("{name: c, type: crowd, count: 4, slack: 1, window: 10ms}");
    double t_s = 0;
    for (const int count : {3, 4, 3, 4, 6, 3, 2, 3}) stage.show(t_s++, actors(count));
    EXPECT_EQ(stage.told(), "crowd 1, crowd 6");
    EXPECT_EQ(stage.events()[1].values, (std::map<std::string, double>{{"active", 0}, {"count", 2}, {"peak", 6}}));
}

TEST(AbsenceRuleTest, AbsenceBeginsAfterItsTimeAndEndsWhenSomethingIsThere) {
    Stage stage("{name: a, type: absence, after: 2s, labels: [person]}");
    stage.show(0, {{.x = 50, .y = 50, .label = 0}});
    stage.show(1, {});
    EXPECT_EQ(stage.told(), "");
    stage.show(2, {});
    stage.skip(3, {{.x = 50, .y = 50, .label = 1}});
    stage.show(4, {{.x = 50, .y = 50, .label = 1, .state = TrackState::tentative}});
    EXPECT_EQ(stage.told(), "absence 2");
    stage.show(5, {{.x = 50, .y = 50, .label = 1}});
    stage.show(6.9, {});
    stage.show(7, {});
    EXPECT_EQ(stage.told(), "absence 2, absence 5, absence 7");
    EXPECT_EQ(stage.events()[1].values, (std::map<std::string, double>{{"active", 0}, {"absent_s", 5}}));
}

TEST(MotionRuleTest, AMovementIsToldFromItsFirstToItsLastMovingFrame) {
    Stage stage("{name: m, type: motion, after: 1s, grace: 2s}");
    stage.show(0, {});
    stage.show(1, actors(1));
    EXPECT_EQ(stage.told(), "");
    stage.show(2, actors(2));
    EXPECT_EQ(stage.told(), "motion 1");
    EXPECT_EQ(stage.shape().counters.at("moving"), 1);
    stage.show(3, {});
    stage.show(3.5, actors(1));
    stage.show(5, {});
    EXPECT_EQ(stage.told(), "motion 1");
    stage.show(6, {});
    EXPECT_EQ(stage.told(), "motion 1, motion 3.5");
    EXPECT_EQ(stage.events()[0].values, (std::map<std::string, double>{{"active", 1}, {"motion_s", 1}}));
    EXPECT_EQ(stage.events()[1].values, (std::map<std::string, double>{{"active", 0}, {"motion_s", 2.5}}));
    stage.show(10, actors(1));
    stage.show(20, {});
    EXPECT_EQ(stage.events().size(), 2U) << "a flash is no movement";
}

TEST(IgnoreTest, DetectionsWithTheirAnchorInAnAreaAreDroppedAndTheOthersKeepTheirOrder) {
    Detections detections;
    for (const float x : {0.0F, 80.0F, 20.0F, 60.0F}) {
        Detection detection;
        detection.box = {x, 0, 10, 40};
        detections.items.push_back(detection);
    }
    Detections bottom = detections;
    const std::vector<Polygon> areas{{{0, 0}, {0.3F, 0}, {0.3F, 0.3F}, {0, 0.3F}},
                                     {{0.6F, 0}, {0.7F, 0}, {0.7F, 1}, {0.6F, 1}}};
    ignore(detections, areas, {100, 100});
    ASSERT_EQ(detections.items.size(), 1U);
    EXPECT_EQ(detections.items[0].box.x, 80);
    ignore(bottom, areas, {100, 100}, true);
    ASSERT_EQ(bottom.items.size(), 3U);
    EXPECT_EQ(bottom.items[1].box.x, 80);
    ignore(bottom, {}, {100, 100});
    EXPECT_EQ(bottom.items.size(), 3U);
}

}  // namespace
}  // namespace facet::scene
