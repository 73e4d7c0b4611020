#include "scene/fuse/boxes.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "scene/fuse/labels.h"

namespace facet::scene {
namespace {

Detection box(float x, float y, float width, float height, float score, int label = 0) {
    Detection detection;
    detection.box = {x, y, width, height};
    detection.score = score;
    detection.label = label;
    return detection;
}

/// Few places, sizes and labels, so that overlaps and ties are common.
rc::Gen<Detections> detections() {
    return rc::gen::exec([] {
        Detections found;
        const int count = *rc::gen::inRange(0, 8);
        for (int i = 0; i < count; ++i) {
            const auto number = [](int low, int high) { return static_cast<float>(*rc::gen::inRange(low, high)); };
            found.items.push_back(box(10 * number(0, 5), 10 * number(0, 4), 20 + 5 * number(0, 4), 20 + 5 * number(0, 4),
                                      number(1, 11) / 10, *rc::gen::inRange(0, 3)));
        }
        return found;
    });
}

bool same(const Detection& a, const Detection& b) {
    const auto near = [](float x, float y) { return std::abs(x - y) <= 1e-4F * (1 + std::abs(x)); };
    return near(a.box.x, b.box.x) && near(a.box.y, b.box.y) && near(a.box.width, b.box.width) &&
           near(a.box.height, b.box.height) && near(a.score, b.score) && a.label == b.label;
}

TEST(FuseBoxesTest, OneExpertAloneIsItself) {
    EXPECT_TRUE(rc::check("identity", [] {
        auto found = *detections();
        suppress(found.items, 0.5F, SuppressBy::label, 100);
        const float weight = static_cast<float>(*rc::gen::inRange(1, 9)) / 3;
        const DetectionsOfExpert expert{&found, {}, weight};
        const auto fused = fuse_boxes({&expert, 1}, {});
        RC_ASSERT(fused.items.size() == found.items.size());
        RC_ASSERT(std::is_permutation(fused.items.begin(), fused.items.end(), found.items.begin(), same));
    }));
}

TEST(FuseBoxesTest, TheOrderOfExpertsAndBoxesDoesNotMatter) {
    EXPECT_TRUE(rc::check("permutation", [] {
        std::vector<Detections> found(3);
        for (auto& one : found) one = *detections();
        auto shuffled = found;
        for (auto& one : shuffled) std::reverse(one.items.begin(), one.items.end());
        const DetectionsOfExpert forward[] = {{&found[0], {}, 1}, {&found[1], {}, 2}, {&found[2], {}, 0.5F}};
        const DetectionsOfExpert backward[] = {{&shuffled[2], {}, 0.5F}, {&shuffled[1], {}, 2}, {&shuffled[0], {}, 1}};
        const auto by = *rc::gen::element(SuppressBy::label, SuppressBy::position);
        const auto a = fuse_boxes(forward, {.iou_min = 0.5F, .score_min = 0, .by = by});
        const auto b = fuse_boxes(backward, {.iou_min = 0.5F, .score_min = 0, .by = by});
        RC_ASSERT(a.items.size() == b.items.size());
        RC_ASSERT(std::is_permutation(a.items.begin(), a.items.end(), b.items.begin(), same));
    }));
}

TEST(FuseBoxesTest, FusedBoxesLieBetweenTheirMembersAndScoresWithinTheirs) {
    EXPECT_TRUE(rc::check("bounds", [] {
        std::vector<Detections> found(2);
        for (auto& one : found) one = *detections();
        const DetectionsOfExpert experts[] = {{&found[0], {}, 1}, {&found[1], {}, 3}};
        const auto fused = fuse_boxes(experts, {});
        float best = 0;
        float left = 1e9F;
        float right = 0;
        std::size_t count = 0;
        for (const auto& one : found)
            for (const auto& item : one.items) {
                best = std::max(best, item.score);
                left = std::min(left, item.box.x);
                right = std::max(right, item.box.right());
                ++count;
            }
        RC_ASSERT(fused.items.size() <= count);
        RC_ASSERT(fused.items.empty() == (count == 0));
        RC_ASSERT(std::is_sorted(fused.items.begin(), fused.items.end(),
                                 [](const auto& a, const auto& b) { return a.score > b.score; }));
        for (const auto& item : fused.items) {
            RC_ASSERT(item.score > 0);
            RC_ASSERT(item.score <= best * 1.0001F);
            RC_ASSERT(item.box.x >= left - 1e-3F && item.box.right() <= right + 1e-3F);
        }
    }));
}

TEST(FuseBoxesTest, TheTrustedExpertMovesTheBoxMore) {
    const Detections a{{box(0, 0, 100, 100, 0.8F)}};
    const Detections b{{box(8, 0, 100, 100, 0.8F)}};
    const DetectionsOfExpert experts[] = {{&a, {}, 3}, {&b, {}, 1}};
    const auto fused = fuse_boxes(experts, {});
    ASSERT_EQ(fused.items.size(), 1U);
    EXPECT_FLOAT_EQ(fused.items[0].box.x, 2);
    EXPECT_FLOAT_EQ(fused.items[0].score, 0.8F);
}

TEST(FuseBoxesTest, WhatOneOfTwoExpertsSaysIsBelievedHalf) {
    const Detections a{{box(0, 0, 100, 100, 0.8F)}};
    const Detections nothing;
    const DetectionsOfExpert experts[] = {{&a, {}, 1}, {&nothing, {}, 1}};
    EXPECT_FLOAT_EQ(fuse_boxes(experts, {}).items.at(0).score, 0.4F);
}

TEST(FuseBoxesTest, ExpertsWithDifferentLabelsAgreeByName) {
    const std::vector<std::string> names[] = {{"person", "car"}, {"car", "dog"}};
    const auto merged = merge_labels(names);
    EXPECT_EQ(merged.names, (std::vector<std::string>{"person", "car", "dog"}));
    EXPECT_EQ(merged.maps[1], (std::vector<int>{1, 2}));
    const Detections a{{box(0, 0, 100, 100, 0.8F, 1)}};
    const Detections b{{box(4, 0, 100, 100, 0.6F, 0), box(300, 0, 50, 50, 0.9F, 1)}};
    const DetectionsOfExpert experts[] = {{&a, merged.maps[0], 1}, {&b, merged.maps[1], 1}};
    const auto fused = fuse_boxes(experts, {});
    ASSERT_EQ(fused.items.size(), 2U);
    EXPECT_EQ(merged.names[static_cast<std::size_t>(fused.items[0].label)], "car");
    EXPECT_FLOAT_EQ(fused.items[0].score, 0.7F);
    EXPECT_EQ(merged.names[static_cast<std::size_t>(fused.items[1].label)], "dog");
}

TEST(FuseBoxesTest, ALabelThatIsMappedAwayIsDropped) {
    const Detections a{{box(0, 0, 100, 100, 0.8F, 0), box(200, 0, 100, 100, 0.8F, 1)}};
    const int map[] = {-1, 5};
    const DetectionsOfExpert expert{&a, map, 1};
    const auto fused = fuse_boxes({&expert, 1}, {});
    ASSERT_EQ(fused.items.size(), 1U);
    EXPECT_EQ(fused.items[0].label, 5);
}

TEST(FuseBoxesTest, ByPositionTheHeaviestLabelWins) {
    const Detections a{{box(0, 0, 100, 100, 0.5F, 1)}};
    const Detections b{{box(0, 0, 100, 100, 0.4F, 2)}};
    const Detections c{{box(0, 0, 100, 100, 0.3F, 2)}};
    const DetectionsOfExpert experts[] = {{&a, {}, 1}, {&b, {}, 1}, {&c, {}, 1}};
    EXPECT_EQ(fuse_boxes(experts, {}).items.size(), 2U);
    const auto fused = fuse_boxes(experts, {.iou_min = 0.55F, .score_min = 0, .by = SuppressBy::position});
    ASSERT_EQ(fused.items.size(), 1U);
    EXPECT_EQ(fused.items[0].label, 2);
}

TEST(FuseBoxesTest, WhatIsNoBoxIsLeftOut) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    const Detections a{{box(kNan, 0, 9, 9, 0.8F), box(0, 0, 0, 9, 0.8F), box(0, 0, 9, 9, kNan), box(0, 0, 9, 9, 0.05F),
                        box(0, 0, 1e30F, 1e30F, 0.9F), box(0, 0, 9, 9, 0.8F)}};
    const DetectionsOfExpert expert{&a, {}, 1};
    EXPECT_EQ(fuse_boxes({&expert, 1}, {.iou_min = 0.55F, .score_min = 0.1F}).items.size(), 1U);
}

TEST(FuseBoxesTest, NothingIsFusedFromNobody) { EXPECT_TRUE(fuse_boxes({}, {}).items.empty()); }

TEST(FuseBoxesTest, TheHeaviestMembersDetailsStayAndMasksAreAveraged) {
    Detections a{{box(0, 0, 40, 40, 0.9F)}};
    Detections b{{box(0, 0, 40, 40, 0.5F)}};
    a.items[0].embedding = {1, 0};
    b.items[0].embedding = {0, 1};
    a.items[0].mask = {{0, 0, 40, 40}, {2, 1}, {1, 0}};
    b.items[0].mask = {{0, 0, 40, 40}, {2, 1}, {0, 1}};
    const DetectionsOfExpert experts[] = {{&b, {}, 1}, {&a, {}, 1}};
    const auto fused = fuse_boxes(experts, {});
    ASSERT_EQ(fused.items.size(), 1U);
    EXPECT_EQ(fused.items[0].embedding, (std::vector<float>{1, 0}));
    EXPECT_EQ(fused.items[0].mask.cells, (std::vector<std::uint8_t>{1, 0}));
}

}  // namespace
}  // namespace facet::scene
