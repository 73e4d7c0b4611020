// Oracles for the rules about what stands still: stop, queue, left, removed.

#include <gtest/gtest.h>

#include <cmath>

#include "plain_stay.h"

namespace facet::scene {
namespace {

constexpr Nanoseconds kMemory = std::chrono::seconds(30);

/// The index of the place of the sighting `i` of a path, with one tolerance for all.
std::size_t place_of(const Life& path, std::size_t i, double still) {
    std::size_t place = 0;
    for (std::size_t k = 1; k <= i; ++k)
        if (std::hypot(path[k].x - path[place].x, path[k].y - path[place].y) > still * path[place].side) place = k;
    return place;
}

Life seen_of(const Life& life) {
    Life seen;
    for (const Moment& moment : life)
        if (moment.what == Moment::What::seen) seen.push_back(moment);
    return seen;
}

std::vector<Told> stop_oracle(const World& world, const PlainArea& area, Nanoseconds after, double still) {
    const auto polygon = plain_heights(area.points, world.picture);
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kMemory, area.bottom)) {
            const Life path = seen_of(life);
            std::size_t place = 0;
            for (std::size_t i = 0; i < path.size(); ++i) {
                const auto moved = [&](std::size_t k) {
                    return std::hypot(path[k].x - path[place].x, path[k].y - path[place].y);
                };
                if (moved(i) > still * path[place].side) place = i;
                if (path[i].t - path[place].t < after || !area.wants(path[i].label) || !plain_inside(polygon, spot(path[i])))
                    continue;
                all.push_back({path[i].heard,
                               person.id,
                               "stop",
                               "",
                               path[i].t,
                               path[i].label,
                               {{"stopped_s", seconds(path[i].t - path[place].t)}}});
                // Until it moves on, by twice the tolerance; that sighting is looked at again as a new place.
                while (i + 1 < path.size() && moved(i + 1) <= 2 * still * path[place].side) ++i;
                place = i + 1;
            }
        }
    return all;
}

struct Queue {
    PlainArea area;
    double length;
    Nanoseconds waiting;
    Nanoseconds after;
    std::optional<Nanoseconds> jam;
};

std::vector<Told> queue_oracle(const World& world, const Queue& queue) {
    struct Wait {
        std::size_t from;  // heard at this frame
        std::size_t to;    // over at this frame
        Nanoseconds since;
    };
    std::vector<Wait> waits;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, queue.area.grace + kMemory, queue.area.bottom)) {
            const Life path = seen_of(life);
            for (const PlainStay& stay : stays(life, queue.area, world.picture))
                for (const Moment& moment : stay.sightings) {
                    std::size_t i = 0;
                    while (path[i].frame != moment.frame) ++i;
                    const std::size_t place = place_of(path, i, 0.25);
                    if (path[i].t - path[place].t < queue.waiting || !queue.area.wants(moment.label)) continue;
                    waits.push_back({moment.heard, stay.end ? stay.end->heard : world.frames.size(), stay.sightings[0].t});
                    break;
                }
        }
    std::vector<Told> all;
    bool active = false;
    std::optional<std::size_t> differs;
    Nanoseconds began{};
    bool jammed = false;
    for (std::size_t f = 0; f < world.frames.size(); ++f) {
        if (!world.frames[f].detected) continue;
        const Nanoseconds t = world.frames[f].t;
        double length = 0;
        Nanoseconds longest{};
        for (const Wait& wait : waits) {
            if (f < wait.from || f >= wait.to) continue;
            ++length;
            longest = std::max(longest, t - wait.since);
        }
        const auto tell = [&](double is_active, bool jam) {
            Told told{f, -1, "queue", "", t, -1, {{"active", is_active}, {"length", length}, {"wait_s", seconds(longest)}}};
            if (jam) told.values["jam"] = 1;
            all.push_back(told);
        };
        if ((length >= queue.length) == active)
            differs.reset();
        else if (!differs)
            differs = f;
        if (differs && t - world.frames[*differs].t >= queue.after) {
            active = !active;
            began = t;
            jammed = false;
            differs.reset();
            tell(active, false);
        }
        if (active && queue.jam && !jammed && t - began >= *queue.jam) {
            jammed = true;
            tell(1, true);
        }
    }
    return all;
}

double plain_gap(const Box& a, const Box& b) {
    const double dx = std::max({0.0, static_cast<double>(a.x) - b.x - b.width, static_cast<double>(b.x) - a.x - a.width});
    const double dy = std::max({0.0, static_cast<double>(a.y) - b.y - b.height, static_cast<double>(b.y) - a.y - a.height});
    return std::sqrt(dx * dx + dy * dy);
}

bool is_believed(const Look& look) { return look.seen && look.state == TrackState::confirmed; }

struct Left {
    PlainArea area;
    Nanoseconds after;
    Nanoseconds learn;
    double distance;
};

std::vector<Told> left_oracle(const World& world, const Left& rule) {
    constexpr int kOwner = 1;
    const auto polygon = plain_heights(rule.area.points, world.picture);
    struct Thing {
        std::int64_t id;
        Life life;
        Life path;
        bool told = false;
    };
    std::vector<Thing> things;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kMemory, false)) things.push_back({person.id, life, seen_of(life)});

    // Whether an owner was near a thing on a frame, where the thing was seen last until then.
    const auto is_attended = [&](const Thing& thing, std::size_t f) {
        std::size_t latest = thing.path.size();
        for (std::size_t i = 0; i < thing.path.size(); ++i)
            if (thing.path[i].heard <= f) latest = i;
        if (latest == thing.path.size() || !world.frames[f].detected) return false;
        if (thing.life.back().what == Moment::What::forgotten && thing.life.back().frame <= f) return false;
        for (const Person& person : world.people) {
            const Look& look = person.looks[f];
            if (person.id != thing.id && is_believed(look) && look.label == kOwner &&
                plain_gap(look.box, thing.path[latest].box) <= rule.distance * look.box.height)
                return true;
        }
        return false;
    };

    struct Place {
        Box box;
        Nanoseconds used;
    };
    std::vector<Place> places;
    std::vector<Told> all;
    for (std::size_t f = 0; f < world.frames.size(); ++f) {
        if (!world.frames[f].detected) continue;
        const Nanoseconds t = world.frames[f].t;
        for (Thing& thing : things)
            for (std::size_t i = 0; i < thing.path.size(); ++i) {
                const Moment& now = thing.path[i];
                if (now.frame != f || now.heard != f) continue;
                const bool is_object = rule.area.labels.empty() ? now.label != kOwner : rule.area.wants(now.label);
                if (!is_object) continue;
                bool is_known = false;
                for (Place& place : places)
                    if (!is_known && iou(place.box, now.box) >= 0.5F) {
                        is_known = true;
                        place.used = t;
                    }
                if (t < rule.learn && !is_known) places.push_back({now.box, t});
                if (t < rule.learn || is_known || thing.told || !plain_inside(polygon, spot(now))) continue;
                Nanoseconds attended = thing.path[0].t;
                for (std::size_t g = 0; g <= f; ++g)
                    if (is_attended(thing, g)) attended = world.frames[g].t;
                const Nanoseconds stood = t - thing.path[place_of(thing.path, i, 0.25)].t;
                if (stood < rule.after || t - attended < rule.after) continue;
                thing.told = true;
                places.push_back({now.box, t});
                all.push_back({f,
                               thing.id,
                               "left",
                               "",
                               t,
                               now.label,
                               {{"standing_s", seconds(stood)}, {"unattended_s", seconds(t - attended)}}});
            }
        std::erase_if(places, [&](const Place& place) { return t - place.used > std::chrono::minutes(1); });
    }
    return all;
}

struct Removed {
    PlainArea area;
    Nanoseconds present;
    Nanoseconds after;
    double hidden;
};

std::vector<Told> removed_oracle(const World& world, const Removed& rule) {
    const auto polygon = plain_heights(rule.area.points, world.picture);
    struct Place {
        Box box;
        Moment stood;
        std::vector<std::size_t> filled;  // frames
        std::vector<std::int64_t> by;
        std::vector<int> label;
        Nanoseconds empty{};
        bool was_empty = false;
        bool removed = false;
    };
    struct Thing {
        std::int64_t id;
        Life path;
    };
    std::vector<Thing> things;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kMemory, false)) things.push_back({person.id, seen_of(life)});

    std::vector<Place> places;
    std::vector<Told> all;
    std::optional<std::size_t> before;
    for (std::size_t f = 0; f < world.frames.size(); ++f) {
        if (!world.frames[f].detected) continue;
        const Nanoseconds t = world.frames[f].t;
        for (const Thing& thing : things)
            for (std::size_t i = 0; i < thing.path.size(); ++i) {
                const Moment& now = thing.path[i];
                if (now.heard != f || !rule.area.wants(now.label) || !plain_inside(polygon, spot(now))) continue;
                const Moment& stood = thing.path[place_of(thing.path, i, 0.25)];
                if (now.t - stood.t < rule.present) continue;
                const bool is_watched = std::any_of(places.begin(), places.end(), [&](const Place& place) {
                    return !place.removed && (iou(place.box, now.box) >= 0.5F || place.by.back() == thing.id);
                });
                if (!is_watched)
                    places.push_back(
                        {.box = now.box, .stood = stood, .filled = {now.frame}, .by = {thing.id}, .label = {now.label}});
            }
        const Nanoseconds step =
            before ? std::min<Nanoseconds>(t - world.frames[*before].t, std::chrono::seconds(1)) : Nanoseconds{};
        before = f;
        for (Place& place : places) {
            if (place.removed) continue;
            bool filled = false;
            bool hidden = false;
            for (const Person& person : world.people) {
                const Look& look = person.looks[f];
                if (filled || !is_believed(look)) continue;
                const double x = (static_cast<double>(look.box.x) + look.box.width / 2.0) / world.picture.height;
                const double y = (static_cast<double>(look.box.y) + look.box.height / 2.0) / world.picture.height;
                const bool is_there = person.id == place.by.back() &&
                                      std::hypot(x - place.stood.x, y - place.stood.y) <= 0.25 * place.stood.side;
                if ((iou(place.box, look.box) >= 0.5F || is_there) && rule.area.wants(look.label)) {
                    filled = true;
                    place.filled.push_back(f);
                    place.by.push_back(person.id);
                    place.label.push_back(look.label);
                }
                const double width = std::min(place.box.right(), look.box.right()) - std::max(place.box.x, look.box.x);
                const double height = std::min(place.box.bottom(), look.box.bottom()) - std::max(place.box.y, look.box.y);
                hidden = hidden || std::max(0.0, width) * std::max(0.0, height) > rule.hidden * place.box.area();
            }
            if (filled) place.empty = {};
            if (!filled && !hidden && place.was_empty) place.empty += step;
            place.was_empty = !filled && !hidden;
            place.removed = place.empty >= rule.after;
            if (!place.removed) continue;
            const Nanoseconds last = world.frames[place.filled.back()].t;
            all.push_back({f,
                           place.by.back(),
                           "removed",
                           "",
                           last,
                           place.label.back(),
                           {{"present_s", seconds(last - place.stood.t)}}});
        }
    }
    return all;
}

using std::chrono::milliseconds;

TEST(StopPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto stop = [](const std::string& options, const PlainArea& area, Nanoseconds after, double still) {
        return Case{"{name: r, type: stop, " + options + "}",
                    [=](const World& w) { return stop_oracle(w, area, after, still); }};
    };
    expect_agreement({
        stop("after: 1s", {.points = kAll}, milliseconds(1000), 0.25),
        stop(kHookYaml + ", after: 500ms, still: 0.1, labels: [car, person]", {.points = kHook, .labels = {0, 1}},
             milliseconds(500), 0.1),
        stop(kSquareYaml + ", after: 3s, anchor: bottom", {.points = kSquare, .bottom = true}, milliseconds(3000), 0.25),
    });
}

TEST(QueuePropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto queue = [](const std::string& options, const Queue& rule) {
        return Case{"{name: r, type: queue, " + options + "}", [=](const World& w) { return queue_oracle(w, rule); }};
    };
    expect_agreement({
        queue(kAllYaml + ", length: 2, waiting: 500ms, after: 200ms, jam: 1s",
              {{.points = kAll}, 2, milliseconds(500), milliseconds(200), milliseconds(1000)}),
        queue(kSquareYaml + ", length: 1, waiting: 1s, after: 0s", {{.points = kSquare}, 1, milliseconds(1000), {}, {}}),
        queue(kHookYaml + ", length: 1, waiting: 300ms, after: 1s, labels: [person, bag], anchor: bottom",
              {{.points = kHook, .labels = {1, 2}, .bottom = true}, 1, milliseconds(300), milliseconds(1000), {}}),
    });
}

TEST(LeftPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto left = [](const std::string& options, const Left& rule) {
        return Case{"{name: r, type: left, " + options + "}", [=](const World& w) { return left_oracle(w, rule); }};
    };
    expect_agreement({
        left("after: 1s, learn: 0s", {{.points = kAll}, milliseconds(1000), {}, 1}),
        left(kHookYaml + ", after: 500ms, learn: 1s, distance: 0.2, labels: [bag]",
             {{.points = kHook, .labels = {2}}, milliseconds(500), milliseconds(1000), 0.2}),
    });
}

TEST(RemovedPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto removed = [](const std::string& options, const Removed& rule) {
        return Case{"{name: r, type: removed, " + options + "}", [=](const World& w) { return removed_oracle(w, rule); }};
    };
    expect_agreement({
        removed("present: 1s, after: 500ms", {{.points = kAll}, milliseconds(1000), milliseconds(500), 0.2}),
        removed(kHookYaml + ", present: 500ms, after: 2s, hidden: 0, labels: [car, bag]",
                {{.points = kHook, .labels = {0, 2}}, milliseconds(500), milliseconds(2000), 0}),
    });
}

}  // namespace
}  // namespace facet::scene
