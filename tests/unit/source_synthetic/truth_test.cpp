// Truth agrees with pixels, with itself and over time.
#include <gtest/gtest.h>

#include <map>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

constexpr const char* kTrueScenes[] = {"street", "crossing", "hall", "belt"};

TEST(TruthTest, WhatDiffersFromTheEmptySceneIsWhatTheMasksSay) {
    // At night nothing throws a shadow and a hall has no headlamps: all that changes is the things themselves.
    const std::string dials = "&size=480x270&noise=0&sway=0&light=night&camouflage=0&kinds=person&occlusion=0";
    Renderer full(specification_of("hall?objects=12" + dials)), empty(specification_of("hall?objects=0" + dials));
    const Size picture{480, 270};
    for (const std::int64_t frame : {0, 60, 333}) {
        const auto with = luma_of(full.render(frame)), without = luma_of(empty.render(frame));
        const auto truth = full.truth(frame, TruthDetail::masks);
        ASSERT_FALSE(truth.objects.empty());
        std::vector<std::uint8_t> all(with.size(), 0);
        for (const auto& mask : truth.masks) {
            const auto cells = cells_of(mask, picture);
            for (std::size_t i = 0; i < all.size(); ++i) all[i] |= cells[i];
        }
        std::int64_t inside = 0, changed_inside = 0, changed_far_outside = 0;
        for (int y = 1; y + 1 < picture.height; ++y)
            for (int x = 1; x + 1 < picture.width; ++x) {
                const auto at = static_cast<std::size_t>(y * picture.width + x);
                const bool changed = with[at] != without[at];
                bool near = false;
                for (int dy = -1; dy <= 1; ++dy)
                    for (int dx = -1; dx <= 1; ++dx)
                        near = near ||
                               all[at + static_cast<std::size_t>(dy * picture.width) + static_cast<std::size_t>(dx)] != 0;
                inside += all[at];
                changed_inside += all[at] != 0 && changed;
                changed_far_outside += !near && changed;
            }
        EXPECT_EQ(changed_far_outside, 0) << frame;
        EXPECT_GT(static_cast<double>(changed_inside), 0.95 * static_cast<double>(inside)) << frame;
    }
}

TEST(TruthTest, BoxesAreTightAroundMasks) {
    int whole = 0;
    for (const char* scene : kTrueScenes)
        for (const char* light : {"day", "night"}) {
            Renderer renderer(specification_of(std::string(scene) + "?size=480x270&objects=12&shake=0.4&light=" + light));
            for (const std::int64_t frame : {0, 77, 200}) {
                const auto truth = renderer.truth(frame, TruthDetail::masks);
                ASSERT_EQ(truth.masks.size(), truth.objects.size());
                for (std::size_t i = 0; i < truth.objects.size(); ++i) {
                    const ObjectTruth& object = truth.objects[i];
                    EXPECT_EQ(truth.masks[i].id, object.id);
                    const auto cells = cells_of(truth.masks[i], {480, 270});
                    int left = 480, top = 270, right = 0, bottom = 0;
                    for (int y = 0; y < 270; ++y)
                        for (int x = 0; x < 480; ++x) {
                            if (cells[static_cast<std::size_t>(y * 480 + x)] == 0) continue;
                            left = std::min(left, x);
                            right = std::max(right, x + 1);
                            top = std::min(top, y);
                            bottom = std::max(bottom, y + 1);
                        }
                    if (right == 0) {
                        EXPECT_EQ(object.visible, 0);
                        EXPECT_EQ(object.visible_box.area(), 0);
                        continue;
                    }
                    EXPECT_EQ(object.visible_box, Box::from_corners(static_cast<float>(left), static_cast<float>(top),
                                                                    static_cast<float>(right), static_cast<float>(bottom)));
                    if (object.visible < 1) continue;
                    ++whole;
                    // Nothing hides it: the outline's box is the mask's box, to less than two pixels (thin tips cover none).
                    EXPECT_NEAR(object.box.x, static_cast<float>(left), 2) << object.label;
                    EXPECT_NEAR(object.box.y, static_cast<float>(top), 2) << object.label;
                    EXPECT_NEAR(object.box.right(), static_cast<float>(right), 2) << object.label;
                    EXPECT_NEAR(object.box.bottom(), static_cast<float>(bottom), 2) << object.label;
                }
            }
        }
    EXPECT_GT(whole, 100);
}

TEST(TruthTest, MasksOfTwoThingsNeverShareAPixel) {
    Renderer renderer(specification_of("crossing?size=320x180&objects=20"));
    const auto truth = renderer.truth(50, TruthDetail::masks);
    std::vector<int> owners(320 * 180, 0);
    for (const auto& mask : truth.masks) {
        const auto cells = cells_of(mask, {320, 180});
        for (std::size_t i = 0; i < cells.size(); ++i) owners[i] += cells[i];
    }
    EXPECT_EQ(*std::max_element(owners.begin(), owners.end()), 1);
}

TEST(TruthTest, EveryLevelOfDetailSaysTheSame) {
    for (const char* scene : kTrueScenes) {
        Renderer renderer(specification_of(std::string(scene) + "?size=320x180&objects=10"));
        const auto boxes = renderer.truth(99, TruthDetail::boxes), pixels = renderer.truth(99, TruthDetail::occlusion);
        ASSERT_EQ(boxes.objects.size(), pixels.objects.size()) << scene;
        for (std::size_t i = 0; i < boxes.objects.size(); ++i) {
            EXPECT_EQ(boxes.objects[i].id, pixels.objects[i].id);
            EXPECT_EQ(boxes.objects[i].box, pixels.objects[i].box);
            EXPECT_LE(pixels.objects[i].visible, 1.0F);
            EXPECT_GE(pixels.objects[i].visible, 0.0F);
        }
        EXPECT_TRUE(boxes.masks.empty());
    }
}

TEST(TruthTest, WhatLeavesThePictureBecomesLessVisible) {
    Renderer renderer(specification_of("belt?size=320x180&objects=8&occlusion=0&frames=500"));
    int partly = 0;
    for (int frame = 0; frame < 200; frame += 4)
        for (const auto& object : renderer.truth(frame, TruthDetail::occlusion).objects) {
            const bool cut = object.box.x < -3 || object.box.right() > 323;
            if (!cut) continue;
            ++partly;
            EXPECT_LT(object.visible, 1) << object.label << ' ' << object.box.x;
        }
    EXPECT_GT(partly, 10);
}

TEST(TruthTest, AThingKeepsItsLabelAndMovesWithoutJumps) {
    for (const char* scene : kTrueScenes) {
        Renderer renderer(specification_of(std::string(scene) + "?size=640x360&objects=14&noise=0"));
        std::map<std::int64_t, ObjectTruth> before;
        for (int frame = 0; frame < 400; ++frame) {
            std::map<std::int64_t, ObjectTruth> now;
            for (const auto& object : renderer.truth(frame, TruthDetail::boxes).objects) {
                EXPECT_TRUE(now.emplace(object.id, object).second) << "twice in one frame: " << object.id;
                const auto known = before.find(object.id);
                if (known == before.end()) continue;
                EXPECT_EQ(known->second.label, object.label);
                EXPECT_EQ(known->second.defect, object.defect);
                // Near the camera a car moves by up to a third of its own size in a frame.
                const Point a = known->second.box.centre(), b = object.box.centre();
                const double reach = 4 + 0.5 * std::max(object.box.width, object.box.height);
                EXPECT_LT(std::hypot(a.x - b.x, a.y - b.y), reach)
                    << scene << " frame " << frame << ' ' << object.label << ' ' << object.id;
            }
            before = std::move(now);
        }
    }
}

TEST(TruthTest, NothingPopsUpInTheMiddleOfThePicture) {
    for (const char* scene : kTrueScenes) {
        const Size picture{640, 360};
        Renderer renderer(specification_of(std::string(scene) + "?size=640x360&objects=14&noise=0&fps=25"));
        std::map<std::int64_t, bool> before;
        for (int frame = 0; frame < 500; ++frame) {
            std::map<std::int64_t, bool> now;
            for (const auto& object : renderer.truth(frame, TruthDetail::boxes).objects) {
                now[object.id] = true;
                if (frame == 0 || before.contains(object.id) || object.stationary) continue;
                const Box& box = object.box;
                const bool at_border = box.x < 8 || box.y < 8 || box.right() > 632 || box.bottom() > 352;
                const bool far_away = object.distance > 60;
                // In the hall people come through doors, and a companion appears behind the first.
                const bool through_door = std::string_view(scene) == "hall";
                EXPECT_TRUE(at_border || far_away || through_door)
                    << scene << " frame " << frame << ' ' << object.label << ' ' << object.id << ' ' << box.x << ' ' << box.y
                    << ' ' << picture.width;
            }
            before = std::move(now);
        }
    }
}

}  // namespace
}  // namespace facet::source::synthetic
