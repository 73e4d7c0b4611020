#include "media/geometry.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace facet {
namespace {

constexpr int kRounds = 20'000;

Box random_box(Random& random) {
    return {static_cast<float>(random.between(-20, 20)), static_cast<float>(random.between(-20, 20)),
            static_cast<float>(random.between(0, 12)), static_cast<float>(random.between(0, 12))};
}

/// Cells of a unit grid inside the box: an area by counting.
int cells(const Box& box, const Box& other) {
    int count = 0;
    for (int x = -20; x < 34; ++x)
        for (int y = -20; y < 34; ++y) {
            const auto inside = [&](const Box& b) {
                return b.x <= static_cast<float>(x) && static_cast<float>(x) + 1 <= b.right() &&
                       b.y <= static_cast<float>(y) && static_cast<float>(y) + 1 <= b.bottom();
            };
            count += inside(box) && inside(other);
        }
    return count;
}

TEST(GeometryTest, IntersectionsHaveTheAreaThatIsCounted) {
    Random random(1);
    for (int round = 0; round < 500; ++round) {
        const Box a = random_box(random);
        const Box b = random_box(random);
        const auto shared = static_cast<float>(cells(a, b));
        ASSERT_EQ(intersection(a, b).area(), shared);
        const float all = a.area() + b.area() - shared;
        ASSERT_FLOAT_EQ(iou(a, b), all > 0 ? shared / all : 0);
    }
}

TEST(GeometryTest, IouIsSymmetricBoundedAndOneOnlyForTheSameBox) {
    Random random(2);
    for (int round = 0; round < kRounds; ++round) {
        const Box a = random_box(random);
        const Box b = random_box(random);
        ASSERT_EQ(iou(a, b), iou(b, a));
        ASSERT_GE(iou(a, b), 0);
        ASSERT_LE(iou(a, b), 1);
        ASSERT_EQ(iou(a, a), a.area() > 0 ? 1 : 0);
        if (a.area() > 0) {
            ASSERT_EQ(iou(a, b) == 1, a == b);
        }
    }
}

TEST(GeometryTest, ClampedBoxesLieInThePicture) {
    Random random(3);
    for (int round = 0; round < kRounds; ++round) {
        const Box box = random_box(random);
        const Box clamped = clamp(box, {10, 6});
        ASSERT_GE(clamped.x, std::min(box.x, 10.0F));
        ASSERT_LE(clamped.area(), std::min(box.area(), 60.0F));
        if (clamped.area() > 0) {
            ASSERT_GE(clamped.x, 0);
            ASSERT_GE(clamped.y, 0);
            ASSERT_LE(clamped.right(), 10);
            ASSERT_LE(clamped.bottom(), 6);
        }
    }
    EXPECT_EQ(clamp({2, 1, 3, 4}, {10, 6}), (Box{2, 1, 3, 4}));
}

TEST(GeometryTest, CornersInTheWrongOrderGiveAnEmptyBox) {
    EXPECT_EQ(Box::from_corners(5, 5, 3, 9), (Box{5, 5, 0, 4}));
    EXPECT_EQ(Box::from_corners(5, 5, 3, 9).area(), 0);
}

TEST(GeometryTest, AStarContainsItsMiddleAndNotItsNotches) {
    Polygon star;
    for (int i = 0; i < 10; ++i) {
        const double angle = i * std::acos(-1.0) / 5;
        const double radius = i % 2 ? 1 : 3;
        star.push_back({static_cast<float>(radius * std::cos(angle)), static_cast<float>(radius * std::sin(angle))});
    }
    Random random(4);
    for (int round = 0; round < kRounds; ++round) {
        const Point point{static_cast<float>(random.uniform(-4, 4)), static_cast<float>(random.uniform(-4, 4))};
        // The star is the union of ten triangles around its middle.
        bool inside = false;
        for (std::size_t i = 0; i < 10; ++i) {
            const Point a = star[i];
            const Point b = star[(i + 1) % 10];
            const bool in =
                side_of_line({0, 0}, a, point) >= 0 && side_of_line(a, b, point) >= 0 && side_of_line(b, {0, 0}, point) >= 0;
            inside = inside || in;
        }
        ASSERT_EQ(contains(star, point), inside) << point.x << ", " << point.y;
    }
    EXPECT_FALSE(contains({}, {0, 0}));
}

TEST(GeometryTest, AreasAreThoseOfTheirTriangles) {
    EXPECT_EQ(area({{0, 0}, {4, 0}, {4, 3}}), 6);
    EXPECT_EQ(area({{4, 3}, {4, 0}, {0, 0}}), 6) << "in the other direction";
    EXPECT_EQ(area({{0, 0}, {2, 0}, {2, 1}, {1, 1}, {1, 2}, {0, 2}}), 3) << "an L";
    EXPECT_EQ(area({{0, 0}, {4, 0}}), 0);
    EXPECT_EQ(area({}), 0);
}

TEST(GeometryTest, TheRightSideIsTheRightHandOnTheScreen) {
    EXPECT_GT(side_of_line({0, 0}, {1, 0}, {0.5F, 1}), 0) << "looking to the right, below is the right hand";
    EXPECT_LT(side_of_line({0, 0}, {1, 0}, {0.5F, -1}), 0);
    EXPECT_EQ(side_of_line({0, 0}, {2, 2}, {1, 1}), 0);
}

TEST(GeometryTest, SegmentsThatTouchCross) {
    EXPECT_TRUE(segments_cross({0, 0}, {2, 2}, {0, 2}, {2, 0}));
    EXPECT_TRUE(segments_cross({0, 0}, {2, 0}, {1, 0}, {1, 5})) << "an end on the other";
    EXPECT_TRUE(segments_cross({0, 0}, {2, 0}, {1, 0}, {3, 0})) << "along each other";
    EXPECT_FALSE(segments_cross({0, 0}, {1, 0}, {2, 0}, {3, 0})) << "one behind the other";
    EXPECT_FALSE(segments_cross({0, 0}, {2, 2}, {3, 0}, {3, 9}));
    Random random(5);
    const auto point = [&] {
        return Point{static_cast<float>(random.between(0, 5)), static_cast<float>(random.between(0, 5))};
    };
    for (int round = 0; round < kRounds; ++round) {
        const Point a = point();
        const Point b = point();
        const Point c = point();
        const Point d = point();
        const bool cross = segments_cross(a, b, c, d);
        ASSERT_EQ(cross, segments_cross(c, d, a, b));
        ASSERT_EQ(cross, segments_cross(b, a, c, d));
    }
}

TEST(GeometryTest, AnEightCrossesItself) {
    EXPECT_TRUE(self_crossing({{0, 0}, {2, 2}, {2, 0}, {0, 2}}));
    EXPECT_FALSE(self_crossing({{0, 0}, {2, 0}, {2, 2}, {0, 2}}));
    EXPECT_FALSE(self_crossing({{0, 0}, {4, 0}, {1, 1}, {0, 4}})) << "not convex, but simple";
    EXPECT_FALSE(self_crossing({{0, 0}, {1, 0}, {0, 1}}));
    EXPECT_FALSE(self_crossing({}));
}

}  // namespace
}  // namespace facet
