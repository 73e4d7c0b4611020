#include "engine/camera_scene.h"

#include <gtest/gtest.h>

#include <set>

#include "scene/rule/count.h"
#include "scene/rule/line.h"
#include "scene/track/bytetrack.h"

namespace facet::engine {
namespace {

constexpr expert::FamilyInfo kDetector{.name = "boxes",
                                       .task = expert::Task::detect,
                                       .summary = "",
                                       .needs_model = false,
                                       .detects = true,
                                       .create = nullptr,
                                       .recognise = nullptr};
constexpr std::array<const scene::RuleInfo*, 1> kRules{&scene::kCountRule};
constexpr std::array<const scene::RuleInfo*, 1> kLineRules{&scene::kLineRule};

/// One camera with two experts of one group, "a" and "b"; both know the same two labels.
class CameraSceneTest : public testing::Test {
protected:
    CameraSceneTest() {
        for (const char* name : {"a", "b"}) {
            PlannedExpert& planned = plan_.experts.emplace_back();
            planned.config.name = name;
            auto loaded = std::make_shared<expert::LoadedExpert>();
            loaded->family = &kDetector;
            planned.loaded = std::move(loaded);
        }
        plan_.rule_types = kRules;
        camera_.name = "north";
        camera_.experts = {0, 1};
        camera_.tracker = &scene::kByteTrack;
        camera_.tracker_options = *config::Values::read(camera_.tracker->options, {}, "tracker");
    }

    static Group both() {
        const std::vector<std::string> labels{"road", "car"};
        const std::vector<std::vector<std::string>> of_experts{labels, labels};
        return {"street", {0, 1}, scene::merge_labels(of_experts)};
    }
    static Frame frame_at(std::int64_t sequence) {
        Frame frame;
        frame.picture.size = {100, 50};
        frame.sequence = sequence;
        frame.t = std::chrono::milliseconds(100 * sequence);
        return frame;
    }
    SceneResult observe(CameraScene& scene, const Frame& frame, std::vector<ExpertResult> results) {
        SceneResult result;
        Nanoseconds track_cost{};
        Nanoseconds rule_cost{};
        scene.observe(frame, results, result, track_cost, rule_cost);
        return result;
    }

    Plan plan_;
    CameraPlan camera_;
};

Detections car_at(float x, float score) {
    Detection car;
    car.box = {x, 10, 20, 20};
    car.label = 1;
    car.score = score;
    return {{car}};
}

SegmentMap map_of(std::vector<std::uint8_t> classes) {
    SegmentMap map;
    map.size = {static_cast<int>(classes.size()), 1};
    map.classes = std::move(classes);
    map.placement = {.tensor = map.size, .picture = {100, 50}, .scale_x = 100.0 / map.size.width, .scale_y = 50};
    return map;
}

TEST_F(CameraSceneTest, BoxesOfOneGroupAreOneObject) {
    camera_.groups = {both()};
    auto scene = CameraScene::create(plan_, camera_, false, false);
    ASSERT_TRUE(scene) << scene.error().message;
    const SceneResult result = observe(**scene, frame_at(0),
                                       {{.expert = 0, .ran = true, .reason = "due", .content = car_at(10, 0.8F)},
                                        {.expert = 1, .ran = true, .reason = "due", .content = car_at(12, 0.6F)}});
    ASSERT_EQ(result.objects.size(), 1U);
    EXPECT_EQ(result.objects[0].label, "car");
    EXPECT_GT(result.objects[0].detection->box.x, 10);
    EXPECT_LT(result.objects[0].detection->box.x, 12);
}

TEST_F(CameraSceneTest, SegmentMapsOfOneGroupAreOneMapByTheWeightsOfTheExperts) {
    camera_.segment_groups = {both()};
    plan_.experts[1].config.weight = 2;
    auto scene = CameraScene::create(plan_, camera_, false, false);
    ASSERT_TRUE(scene) << scene.error().message;
    const std::vector<ExpertResult> results{{.expert = 0, .ran = true, .reason = "due", .content = map_of({0, 0, 1, 1})},
                                            {.expert = 1, .ran = true, .reason = "due", .content = map_of({0, 1, 1, 0})}};
    SceneResult result = observe(**scene, frame_at(0), results);
    ASSERT_EQ(result.segments.size(), 1U);
    EXPECT_EQ(result.segments[0].classes, (std::vector<std::uint8_t>{0, 1, 1, 0}));

    result = observe(**scene, frame_at(1), {results[0], {.expert = 1, .ran = false, .reason = "every"}});
    ASSERT_EQ(result.segments.size(), 1U) << "the other one alone";
    EXPECT_EQ(result.segments[0].classes, (std::vector<std::uint8_t>{0, 0, 1, 1}));
    EXPECT_TRUE(observe(**scene, frame_at(2), {}).segments.empty());
}

TEST_F(CameraSceneTest, AnEventSaysWhatRanWhatItCostsAndWhatWasSkipped) {
    camera_.groups = {both()};
    plan_.experts[0].costs_ms = {{"openvino bf16 416x256", 7.5}, {"openvino f32 416x256", 14}};
    const auto rule =
        config::parse_yaml("[{name: cars, type: count}]", "rules", [](const char*) -> const char* { return nullptr; });
    ASSERT_TRUE(rule) << rule.error().message;
    camera_.rules.assign(rule->items.begin(), rule->items.end());
    auto scene = CameraScene::create(plan_, camera_, false, false);
    ASSERT_TRUE(scene) << scene.error().message;
    std::vector<Event> events;
    for (std::int64_t i = 0; i < 30; ++i) {
        const auto result = observe(
            **scene, frame_at(i),
            {{.expert = 0, .ran = true, .reason = "due", .variant = "openvino bf16 416x256", .content = car_at(10, 0.8F)},
             {.expert = 1, .ran = false, .reason = "every"}});
        events.insert(events.end(), result.events.begin(), result.events.end());
    }
    ASSERT_EQ(events.size(), 1U);
    ASSERT_EQ(events[0].why.ran.size(), 1U);
    EXPECT_EQ(events[0].why.ran[0].expert, "a");
    EXPECT_EQ(events[0].why.ran[0].variant, "openvino bf16 416x256");
    EXPECT_DOUBLE_EQ(events[0].why.ran[0].cost_ms, 7.5);
    ASSERT_EQ(events[0].why.skipped.size(), 1U);
    EXPECT_EQ(events[0].why.skipped[0].expert, "b");
    EXPECT_EQ(events[0].why.skipped[0].reason, "every");
}

TEST_F(CameraSceneTest, ACameraThatChangesItsSizeKeepsItsTracksAndCrossesNoLine) {
    camera_.groups = {both()};
    plan_.rule_types = kLineRules;
    const auto rule = config::parse_yaml("[{name: middle, type: line, points: [[0.5, 0], [0.5, 1]]}]", "rules",
                                         [](const char*) -> const char* { return nullptr; });
    ASSERT_TRUE(rule) << rule.error().message;
    camera_.rules.assign(rule->items.begin(), rule->items.end());
    auto scene = CameraScene::create(plan_, camera_, false, false);
    ASSERT_TRUE(scene) << scene.error().message;
    std::vector<Event> events;
    std::set<std::int64_t> tracks;
    for (std::int64_t i = 0; i < 60; ++i) {  // a car goes from the left to the right, its centre from 12 to 71 of 100
        const bool is_large = i >= 20;       // twice the size: pixel 58 would be on the other side of the line
        Frame frame = frame_at(i);
        Detections cars = car_at(static_cast<float>(2 + i), 0.8F);
        if (is_large) {
            frame.picture.size = {200, 100};
            Box& box = cars.items[0].box;
            box = {2 * box.x, 2 * box.y, 2 * box.width, 2 * box.height};
        }
        const auto result = observe(**scene, frame, {{.expert = 0, .ran = true, .reason = "due", .content = cars}});
        for (const auto& track : result.tracks) {
            tracks.insert(track.id);
            EXPECT_NEAR(track.box.width, is_large ? 40 : 20, 2) << i;
        }
        for (const auto& event : result.events) {
            ASSERT_TRUE(event.box);
            EXPECT_NEAR(event.box->x + event.box->width / 2, 100, 6) << "in pixels of its own frame";
        }
        events.insert(events.end(), result.events.begin(), result.events.end());
    }
    EXPECT_EQ(tracks.size(), 1U);
    EXPECT_EQ(events.size(), 1U);
}

/// What a scene of another plan of the same camera goes on with.
class InheritTest : public CameraSceneTest {
protected:
    InheritTest() { camera_.groups = {both()}; }
    static config::Node yaml(const std::string& text) { return *config::parse_yaml(text, "", nullptr); }
    std::unique_ptr<CameraScene> scene_with(const std::string& rule, const std::string& tracker = "{}") {
        cameras_.push_back(std::make_unique<CameraPlan>(camera_));
        cameras_.back()->rules = {yaml(rule)};
        cameras_.back()->node = yaml("tracker: " + tracker);
        auto scene = CameraScene::create(plan_, *cameras_.back(), false, true);
        EXPECT_TRUE(scene) << (scene ? "" : scene.error().message);
        return std::move(*scene);
    }
    /// The track's id and the rule's count after so many further frames with one car.
    std::pair<std::int64_t, double> watch(CameraScene& scene, int frames, float x = 10) {
        SceneResult result;
        for (int i = 0; i < frames; ++i)
            result = observe(scene, frame_at(sequence_++),
                             {{.expert = 0, .ran = true, .reason = "due", .content = car_at(x, 0.9F)}});
        return {result.tracks.empty() ? 0 : result.tracks.front().id, result.shapes.at(0).shape.counters.at("count")};
    }
    /// The first car has gone and a second one is there, long enough to be counted: 2 and 1.
    std::unique_ptr<CameraScene> second_car(const std::string& rule) {
        auto scene = scene_with(rule);
        watch(*scene, 5, 70);
        EXPECT_EQ(watch(*scene, 25), std::pair(std::int64_t{2}, 1.0));
        return scene;
    }

    std::vector<std::unique_ptr<CameraPlan>> cameras_;
    std::int64_t sequence_ = 0;
};

constexpr const char* kCount = "{name: cars, type: count, labels: [car]}";

TEST_F(InheritTest, WhereNothingIsChangedTracksAndRulesGoOn) {
    const auto before = second_car(kCount);
    const auto after = scene_with(kCount);
    after->inherit(*before);
    EXPECT_EQ(watch(*after, 1), std::pair(std::int64_t{2}, 1.0));
}

TEST_F(InheritTest, AChangedRuleBeginsAnewOnTheTracksOfBefore) {
    const auto before = second_car(kCount);
    const auto after = scene_with("{name: cars, type: count, labels: [car], window: 2s}");
    after->inherit(*before);
    EXPECT_EQ(watch(*after, 1), std::pair(std::int64_t{2}, 0.0));
}

TEST_F(InheritTest, WithAnotherTrackerAllBeginsAnew) {
    const auto before = second_car(kCount);
    const auto after = scene_with(kCount, "bytetrack");
    after->inherit(*before);
    EXPECT_EQ(watch(*after, 1), std::pair(std::int64_t{1}, 0.0));
}

TEST_F(InheritTest, WithOtherLabelsAllBeginsAnew) {
    const auto before = second_car(kCount);
    camera_.groups[0].labels.names.push_back("bus");
    const auto after = scene_with(kCount);
    after->inherit(*before);
    EXPECT_EQ(watch(*after, 1), std::pair(std::int64_t{1}, 0.0));
}

}  // namespace
}  // namespace facet::engine
