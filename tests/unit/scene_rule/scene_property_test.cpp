// Oracles for the rules about the scene as a whole: count, crowd, absence, motion.

#include <gtest/gtest.h>

#include "plain_stay.h"

namespace facet::scene {
namespace {

struct Numbers {
    std::vector<std::size_t> frames;  // on which a detector ran
    std::vector<int> boxes;           // detections in the area
    std::vector<int> objects;         // confirmed objects seen in the area
};

Numbers numbers(const World& world, const PlainArea& area) {
    const auto polygon = plain_heights(area.points, world.picture);
    Numbers all;
    for (std::size_t f = 0; f < world.frames.size(); ++f) {
        if (!world.frames[f].detected) continue;
        all.frames.push_back(f);
        all.boxes.push_back(0);
        all.objects.push_back(0);
        for (const Person& person : world.people) {
            const Look& look = person.looks[f];
            const double height = world.picture.height;
            const Spot anchor{(look.box.x + look.box.width / 2.0) / height,
                              (look.box.y + look.box.height / (area.bottom ? 1.0 : 2.0)) / height};
            if (!look.seen || !area.wants(look.label) || !plain_inside(polygon, anchor)) continue;
            ++all.boxes.back();
            all.objects.back() += look.state == TrackState::confirmed;
        }
    }
    return all;
}

/// Of the numbers of the frames in (t - window, t], the upper of the middle two.
int median_at(const World& world, const Numbers& all, const std::vector<int>& values, std::size_t i, Nanoseconds window) {
    std::vector<int> latest;
    for (std::size_t k = 0; k <= i; ++k)
        if (world.frames[all.frames[k]].t > world.frames[all.frames[i]].t - window) latest.push_back(values[k]);
    std::sort(latest.begin(), latest.end());
    return latest[latest.size() / 2];
}

std::vector<Told> count_oracle(const World& world, const PlainArea& area, Nanoseconds window) {
    const Numbers all = numbers(world, area);
    std::vector<Told> told;
    double previous = 0;
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        const Nanoseconds t = world.frames[all.frames[i]].t;
        const double count = median_at(world, all, all.boxes, i, window);
        if (2 * (t - world.frames[all.frames[0]].t) < window || count == previous) continue;
        std::size_t since = i;
        for (std::size_t k = 0; k <= i && since == i; ++k)
            if (2 * (t - world.frames[all.frames[k]].t) <= window && all.boxes[k] == static_cast<int>(count) &&
                (told.empty() || world.frames[all.frames[k]].t > told.back().t))
                since = k;
        told.push_back({all.frames[i],
                        -1,
                        "count",
                        "",
                        world.frames[all.frames[since]].t,
                        -1,
                        {{"count", count}, {"previous", previous}}});
        previous = count;
    }
    return told;
}

std::vector<Told> crowd_oracle(const World& world, const PlainArea& area, int count, int slack, Nanoseconds window) {
    const Numbers all = numbers(world, area);
    std::vector<Told> told;
    std::optional<std::size_t> began;
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        const int size = median_at(world, all, all.objects, i, window);
        const bool begins = !began && size >= count;
        const bool ends = began && size < count - slack;
        if (!begins && !ends) continue;
        int peak = size;
        for (std::size_t k = began.value_or(i); k <= i; ++k)
            peak = std::max(peak, median_at(world, all, all.objects, k, window));
        began = begins ? std::optional(i) : std::nullopt;
        told.push_back({all.frames[i],
                        -1,
                        "crowd",
                        "",
                        world.frames[all.frames[i]].t,
                        -1,
                        {{"active", begins ? 1 : 0}, {"count", size}, {"peak", peak}}});
    }
    return told;
}

std::vector<Told> absence_oracle(const World& world, const PlainArea& area, Nanoseconds after) {
    const Numbers all = numbers(world, area);
    std::vector<Told> told;
    bool active = false;
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        const Nanoseconds t = world.frames[all.frames[i]].t;
        Nanoseconds since = world.frames[all.frames[0]].t;
        for (std::size_t k = 0; k < i; ++k)
            if (all.objects[k] > 0) since = world.frames[all.frames[k]].t;
        const bool there = all.objects[i] > 0;
        const bool begins = !active && !there && t - since >= after;
        const bool ends = active && there;
        if (!begins && !ends) continue;
        active = begins;
        told.push_back(
            {all.frames[i], -1, "absence", "", t, -1, {{"active", begins ? 1 : 0}, {"absent_s", seconds(t - since)}}});
    }
    return told;
}

std::vector<Told> motion_oracle(const World& world, const PlainArea& area, Nanoseconds after, Nanoseconds grace) {
    const Numbers all = numbers(world, area);
    // Movements as lists of moving frames.
    std::vector<std::vector<std::size_t>> movements;
    for (std::size_t i = 0; i < all.frames.size(); ++i) {
        if (all.objects[i] == 0) continue;
        const std::size_t f = all.frames[i];
        if (movements.empty() || world.frames[f].t - world.frames[movements.back().back()].t >= grace)
            movements.emplace_back();
        movements.back().push_back(f);
    }
    std::vector<Told> told;
    for (const auto& movement : movements) {
        const Nanoseconds first = world.frames[movement.front()].t;
        const Nanoseconds last = world.frames[movement.back()].t;
        if (last - first < after) continue;
        const auto reached = *std::find_if(movement.begin(), movement.end(),
                                           [&](std::size_t f) { return world.frames[f].t - first >= after; });
        told.push_back(
            {reached, -1, "motion", "", first, -1, {{"active", 1}, {"motion_s", seconds(world.frames[reached].t - first)}}});
        for (const std::size_t f : all.frames)
            if (f > movement.back() && world.frames[f].t - last >= grace) {
                told.push_back({f, -1, "motion", "", last, -1, {{"active", 0}, {"motion_s", seconds(last - first)}}});
                break;
            }
    }
    return told;
}

using std::chrono::milliseconds;

TEST(CountPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto count = [](const std::string& options, const PlainArea& area, Nanoseconds window) {
        return Case{"{name: r, type: count, " + options + "}",
                    [=](const World& w) { return count_oracle(w, area, window); }};
    };
    expect_agreement({
        count(kSquareYaml, {.points = kSquare}, milliseconds(1000)),
        count("window: 2s, labels: [person]", {.points = kAll, .labels = {1}}, milliseconds(2000)),
        count(kHookYaml + ", window: 50ms, anchor: bottom", {.points = kHook, .bottom = true}, milliseconds(50)),
    });
}

TEST(CrowdPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto crowd = [](const std::string& options, const PlainArea& area, int number, int slack, Nanoseconds window) {
        return Case{"{name: r, type: crowd, " + options + "}",
                    [=](const World& w) { return crowd_oracle(w, area, number, slack, window); }};
    };
    expect_agreement({
        crowd(kSquareYaml + ", count: 2", {.points = kSquare}, 2, 1, milliseconds(2000)),
        crowd("count: 3, slack: 0, window: 500ms", {.points = kAll}, 3, 0, milliseconds(500)),
        crowd("count: 1, slack: 0, labels: [bag]", {.points = kAll, .labels = {2}}, 1, 0, milliseconds(2000)),
    });
}

TEST(AbsencePropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto absence = [](const std::string& options, const PlainArea& area, Nanoseconds after) {
        return Case{"{name: r, type: absence, " + options + "}",
                    [=](const World& w) { return absence_oracle(w, area, after); }};
    };
    expect_agreement({
        absence(kSquareYaml + ", after: 1s", {.points = kSquare}, milliseconds(1000)),
        absence("after: 300ms, labels: [person]", {.points = kAll, .labels = {1}}, milliseconds(300)),
        absence(kHookYaml + ", after: 4s, labels: [car]", {.points = kHook, .labels = {0}}, milliseconds(4000)),
    });
}

TEST(MotionPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto motion = [](const std::string& options, const PlainArea& area, Nanoseconds after, Nanoseconds grace) {
        return Case{"{name: r, type: motion, " + options + "}",
                    [=](const World& w) { return motion_oracle(w, area, after, grace); }};
    };
    expect_agreement({
        motion(kSquareYaml, {.points = kSquare}, milliseconds(500), milliseconds(2000)),
        motion("after: 0s, grace: 200ms, labels: [person]", {.points = kAll, .labels = {1}}, {}, milliseconds(200)),
        motion(kHookYaml + ", after: 2s, grace: 1s", {.points = kHook}, milliseconds(2000), milliseconds(1000)),
    });
}

}  // namespace
}  // namespace facet::scene
