#include "scene/fuse/masks.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace facet::scene {
namespace {

SegmentMap map_of(Size size, Size picture, std::vector<std::uint8_t> classes) {
    SegmentMap map{size, std::move(classes), {}};
    map.placement = {
        size, picture, static_cast<double>(picture.width) / size.width, static_cast<double>(picture.height) / size.height,
        0,    0};
    return map;
}

SegmentMap random_map(Random& random, Size size) {
    std::vector<std::uint8_t> classes;
    for (int i = 0; i < size.width * size.height; ++i) classes.push_back(static_cast<std::uint8_t>(random.below(4)));
    return map_of(size, {640, 360}, std::move(classes));
}

TEST(FuseSegmentsTest, OneExpertAloneIsItself) {
    Random random(1);
    const auto map = random_map(random, {33, 17});
    const SegmentsOfExpert expert{&map, {}, 0.3F};
    const auto fused = fuse_segments({&expert, 1});
    EXPECT_EQ(fused.size, map.size);
    EXPECT_EQ(fused.classes, map.classes);
}

TEST(FuseSegmentsTest, TheOrderOfExpertsDoesNotMatter) {
    Random random(2);
    for (int round = 0; round < 50; ++round) {
        const auto a = random_map(random, {12, 8});
        const auto b = random_map(random, {12, 8});
        const auto c = random_map(random, {5, 3});
        const SegmentsOfExpert forward[] = {{&a, {}, 1}, {&b, {}, 1}, {&c, {}, 0.5F}};
        const SegmentsOfExpert backward[] = {{&c, {}, 0.5F}, {&b, {}, 1}, {&a, {}, 1}};
        ASSERT_EQ(fuse_segments(forward).classes, fuse_segments(backward).classes);
    }
}

TEST(FuseSegmentsTest, EachCellGoesToTheClassOfMostWeight) {
    Random random(3);
    const Size size{20, 10};
    const SegmentMap maps[] = {random_map(random, size), random_map(random, size), random_map(random, size)};
    const SegmentsOfExpert experts[] = {{&maps[0], {}, 1}, {&maps[1], {}, 0.7F}, {&maps[2], {}, 0.6F}};
    const auto fused = fuse_segments(experts);
    for (std::size_t i = 0; i < fused.classes.size(); ++i) {
        double votes[4] = {};
        for (const auto& expert : experts) votes[expert.map->classes[i]] += static_cast<double>(expert.weight);
        for (const double vote : votes) ASSERT_GE(votes[fused.classes[i]], vote);
    }
}

TEST(FuseSegmentsTest, ACoarseMapIsReadWhereTheFineOneLooks) {
    const auto fine = map_of({4, 2}, {400, 200}, {0, 0, 0, 0, 0, 0, 0, 0});
    const auto coarse = map_of({2, 1}, {400, 200}, {3, 0});
    const SegmentsOfExpert experts[] = {{&fine, {}, 1}, {&coarse, {}, 2}};
    EXPECT_EQ(fuse_segments(experts).classes, (std::vector<std::uint8_t>{3, 3, 0, 0, 3, 3, 0, 0}));
}

TEST(FuseSegmentsTest, OutsideOfItsMapAnExpertDoesNotVote) {
    auto crop = map_of({2, 2}, {400, 200}, {5, 5, 5, 5});
    crop.placement.scale_x = 100;
    crop.placement.offset_x = 200;  // the right half
    const auto whole = map_of({4, 4}, {400, 200}, std::vector<std::uint8_t>(16, 1));
    const SegmentsOfExpert experts[] = {{&whole, {}, 1}, {&crop, {}, 2}};
    const auto fused = fuse_segments(experts);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(fused.classes[i], i % 4 < 2 ? 1 : 5);
}

TEST(FuseSegmentsTest, LabelsAreMappedAndSomeDoNotVote) {
    const auto a = map_of({2, 1}, {4, 2}, {0, 1});
    const int map[] = {-1, 9};
    const SegmentsOfExpert expert{&a, map, 1};
    EXPECT_EQ(fuse_segments({&expert, 1}, 7).classes, (std::vector<std::uint8_t>{7, 9}));
}

TEST(FuseMasksTest, HalfOfTheWeightDecides) {
    const Mask a{{0, 0, 40, 20}, {4, 2}, {1, 1, 0, 0, 1, 1, 0, 0}};
    const Mask b{{0, 0, 40, 20}, {4, 2}, {0, 1, 1, 0, 0, 1, 1, 0}};
    const WeightedMask even[] = {{&a, 1}, {&b, 1}};
    EXPECT_EQ(fuse_masks(even).cells, (std::vector<std::uint8_t>{1, 1, 1, 0, 1, 1, 1, 0}));
    const WeightedMask uneven[] = {{&a, 1}, {&b, 1.5}};
    EXPECT_EQ(fuse_masks(uneven).cells, b.cells);
}

TEST(FuseMasksTest, MasksOfDifferentPlacesShareTheirUnion) {
    const Mask a{{0, 0, 20, 10}, {2, 1}, {1, 1}};
    const Mask b{{10, 0, 20, 10}, {2, 1}, {1, 1}};
    const WeightedMask masks[] = {{&a, 2}, {&b, 1}};
    const auto fused = fuse_masks(masks);
    EXPECT_EQ(fused.area, (Box{0, 0, 30, 10}));
    EXPECT_EQ(fused.size, (Size{3, 1}));
    EXPECT_EQ(fused.cells, (std::vector<std::uint8_t>{1, 1, 0}));
}

TEST(FuseMasksTest, OneMaskAloneIsItselfAndNoneIsEmpty) {
    const Mask a{{3, 4, 20, 10}, {2, 1}, {1, 0}};
    const WeightedMask one{&a, 0.1};
    EXPECT_EQ(fuse_masks({&one, 1}).cells, a.cells);
    EXPECT_EQ(fuse_masks({&one, 1}).area, a.area);
    EXPECT_TRUE(fuse_masks({}).cells.empty());
}

}  // namespace
}  // namespace facet::scene
