// Crossings and visits: on made-up paths whose answer is known, and on scenes against their definition.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

constexpr Size kPicture{1000, 1000};

FrameTruth frame_of(std::int64_t number, Point centre, std::int64_t id = 1) {
    FrameTruth truth;
    truth.frame = number;
    truth.t = std::chrono::milliseconds(100 * number);
    ObjectTruth object;
    object.id = id;
    object.label = "car";
    object.box = {centre.x - 10, centre.y - 10, 20, 20};
    truth.objects.push_back(object);
    return truth;
}

EventTruth follow(const std::vector<Point>& path, std::vector<Point> line,
                  std::vector<Point> zone = {{0, 0}, {1, 0}, {1, 1}}) {
    EventTruth events(kPicture, {std::move(line)}, {std::move(zone)});
    for (std::size_t i = 0; i < path.size(); ++i) events.observe(frame_of(static_cast<std::int64_t>(i), path[i]));
    return events;
}

TEST(EventsTest, FromLeftToRightOfTheLineIsForward) {
    // Standing at P = left end, looking to Q = right end: the left side is up, the right side is down.
    const auto down = follow({{500, 400}, {500, 450}, {500, 550}}, {{0, 0.5F}, {1, 0.5F}});
    ASSERT_EQ(down.crossings().size(), 1U);
    EXPECT_TRUE(down.crossings()[0].forward);
    EXPECT_DOUBLE_EQ(down.crossings()[0].t, 0.15);
    EXPECT_EQ(down.crossings()[0].frame, 2);
    const auto up = follow({{500, 550}, {500, 400}}, {{0, 0.5F}, {1, 0.5F}});
    ASSERT_EQ(up.crossings().size(), 1U);
    EXPECT_FALSE(up.crossings()[0].forward);
    EXPECT_FALSE(follow({{500, 400}, {500, 600}}, {{1, 0.5F}, {0, 0.5F}}).crossings()[0].forward);
}

TEST(EventsTest, PassingBesideTheLineIsNoCrossing) {
    EXPECT_TRUE(follow({{500, 400}, {500, 600}}, {{0.6F, 0.5F}, {1, 0.5F}}).crossings().empty());
    EXPECT_EQ(follow({{700, 400}, {700, 600}}, {{0.6F, 0.5F}, {1, 0.5F}}).crossings().size(), 1U);
}

TEST(EventsTest, TremblingOnTheLineCountsOnce) {
    std::vector<Point> path{{500, 450}};
    for (int i = 0; i < 40; ++i) path.push_back({500, 500 + (i % 2 ? 4.0F : -4.0F)});
    path.push_back({500, 560});
    EXPECT_EQ(follow(path, {{0, 0.5F}, {1, 0.5F}}).crossings().size(), 1U);
    path.back() = {500, 440};
    EXPECT_TRUE(follow(path, {{0, 0.5F}, {1, 0.5F}}).crossings().empty()) << "it went back";
}

TEST(EventsTest, AVisitBeginsAndEndsWithTheZone) {
    const std::vector<Point> zone{{0.4F, 0.4F}, {0.6F, 0.4F}, {0.6F, 0.6F}, {0.4F, 0.6F}};
    const auto events = follow({{100, 500}, {450, 500}, {550, 500}, {900, 500}, {500, 500}}, {{0, 0}, {1, 0}}, zone);
    ASSERT_EQ(events.visits().size(), 2U);
    EXPECT_DOUBLE_EQ(events.visits()[0].from, 0.1);
    EXPECT_DOUBLE_EQ(events.visits()[0].to, 0.2);
    EXPECT_TRUE(events.visits()[0].left);
    EXPECT_FALSE(events.visits()[1].left) << "the end of a clip is no leave";
}

TEST(EventsTest, CrossingsOfAFullLineAreTheChangesOfSide) {
    EXPECT_TRUE(rc::check([] {
        const auto heights = *rc::gen::container<std::vector<int>>(rc::gen::inRange(350, 650));
        std::vector<Point> path;
        for (const int y : heights) path.push_back({500, static_cast<float>(y)});
        const auto events = follow(path, {{0, 0.5F}, {1, 0.5F}});
        std::vector<bool> expected;
        int side = 0;
        for (const int y : heights) {
            if (std::abs(y - 500) <= 5) continue;  // 0.5 % of the height
            const int now = y > 500 ? 1 : -1;
            if (side != 0 && now != side) expected.push_back(now > 0);
            side = now;
        }
        std::vector<bool> found;
        for (const auto& crossing : events.crossings()) found.push_back(crossing.forward);
        RC_ASSERT(found == expected);
    }));
}

TEST(EventsTest, CrossingsInScenesAreThoseOfTheBoxes) {
    int all = 0;
    for (const char* address : {"street?size=640x360&objects=12", "crossing?size=640x360&objects=12",
                                "hall?size=640x360&objects=12", "belt?size=640x360&objects=8"}) {
        Renderer renderer(specification_of(address));
        auto events = renderer.events();
        const Size picture{640, 360};
        std::map<std::int64_t, std::vector<std::pair<double, Point>>> paths;
        for (int frame = 0; frame < 1500; ++frame) {
            const auto truth = renderer.truth(frame, TruthDetail::boxes);
            events.observe(truth);
            for (const auto& object : truth.objects)
                paths[object.id].emplace_back(seconds(truth.t), anchor_of(object, picture));
        }
        // Independently: net crossings of the whole straight line = change of side between the ends of the path, where the
        // path never passes beside the line; and each crossing lies where the path cuts the segment.
        const auto line = events.lines()[0];
        const Point p{line[0].x * 640, line[0].y * 360}, q{line[1].x * 640, line[1].y * 360};
        std::map<std::int64_t, int> net;
        for (const auto& crossing : events.crossings()) {
            ++all;
            net[crossing.id] += crossing.forward ? 1 : -1;
            const auto& path = paths[crossing.id];
            bool cut = false;
            for (std::size_t i = 1; i < path.size(); ++i)
                cut = cut || (path[i - 1].first <= crossing.t && crossing.t <= path[i].first &&
                              segments_cross(p, q, path[i - 1].second, path[i].second));
            EXPECT_TRUE(cut) << address << ' ' << crossing.id << ' ' << crossing.t;
        }
        for (const auto& [id, path] : paths) {
            int cuts_beside = 0, cuts = 0;
            for (std::size_t i = 1; i < path.size(); ++i) {
                const bool changes =
                    (side_of_line(p, q, path[i - 1].second) < 0) != (side_of_line(p, q, path[i].second) < 0);
                const bool through = segments_cross(p, q, path[i - 1].second, path[i].second);
                cuts += changes && through;
                cuts_beside += changes && !through;
            }
            const double height = std::hypot(q.x - p.x, q.y - p.y);
            const double first = side_of_line(p, q, path.front().second) / height,
                         last = side_of_line(p, q, path.back().second) / height;
            if (cuts_beside > 0 || std::abs(first) <= 2 || std::abs(last) <= 2) continue;
            EXPECT_EQ(net[id], (last > 0) - (first > 0)) << address << ' ' << id;
            if (cuts == 0) {
                EXPECT_EQ(net.at(id), 0);
            }
        }
    }
    EXPECT_GT(all, 80);
}

TEST(EventsTest, AHallHasVisitsThatLast) {
    Renderer renderer(specification_of("hall?size=320x180&objects=10"));
    auto events = renderer.events();
    for (int frame = 0; frame < 1000; ++frame) events.observe(renderer.truth(frame, TruthDetail::boxes));
    int long_ones = 0;
    for (const auto& visit : events.visits()) {
        EXPECT_GE(visit.to, visit.from);
        long_ones += visit.to - visit.from > 3;
    }
    EXPECT_GT(long_ones, 3);
}

}  // namespace
}  // namespace facet::source::synthetic
