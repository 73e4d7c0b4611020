// The oracles for `zone` and `dwell`, from the definitions in scene/rule/stay.h, zone.h and dwell.h.

#include <gtest/gtest.h>

#include "world.h"

namespace facet::scene {
namespace {

struct PlainArea {
    std::vector<Spot> points;
    double hysteresis = 0.01;
    Nanoseconds grace = std::chrono::seconds(2);
    std::vector<int> labels{};
    std::optional<Nanoseconds> dwell{};
    bool bottom = false;
    bool all_visits = false;

    bool wants(int label) const { return labels.empty() || std::find(labels.begin(), labels.end(), label) != labels.end(); }
};

/// A stay as moments of a life: its sightings from the first inside on, and the moment at which it is known to be over.
struct PlainStay {
    Life sightings;
    std::vector<bool> inside;
    std::optional<Moment> end;
    const Moment& last_inside() const {
        std::size_t i = inside.size();
        while (!inside[--i]) {
        }
        return sightings[i];
    }
    Nanoseconds length() const { return last_inside().t - sightings[0].t; }
};

std::vector<PlainStay> stays(const Life& life, const PlainArea& area, Size picture) {
    const auto polygon = plain_heights(area.points, picture);
    std::vector<PlainStay> all;
    bool under_way = false;
    Nanoseconds seen{};
    for (const Moment& moment : life) {
        bool over = false;
        if (moment.what == Moment::What::seen) {
            const bool inside = plain_inside(polygon, spot(moment));
            over = !inside && plain_distance_outside(polygon, spot(moment)) > area.hysteresis;
            if (inside && !under_way) {
                all.emplace_back();
                under_way = true;
            }
            if (under_way && !over) {
                all.back().sightings.push_back(moment);
                all.back().inside.push_back(inside);
            }
            seen = moment.t;
        } else {
            over = moment.what == Moment::What::forgotten ||
                   (moment.what == Moment::What::gone && moment.t - seen >= area.grace);
        }
        if (under_way && over) {
            all.back().end = moment;
            under_way = false;
        }
    }
    return all;
}

std::vector<Told> zone_oracle(const World& world, const PlainArea& area) {
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, area.grace + std::chrono::seconds(30), area.bottom))
            for (const PlainStay& stay : stays(life, area, world.picture)) {
                std::size_t i = 0;
                while (i < stay.sightings.size() && !area.wants(stay.sightings[i].label)) ++i;
                if (i == stay.sightings.size()) continue;
                all.push_back(
                    {stay.sightings[i].heard, person.id, "zone", "enter", stay.sightings[0].t, stay.sightings[i].label, {}});
                for (; area.dwell && i < stay.sightings.size(); ++i) {
                    const Nanoseconds length = stay.sightings[i].t - stay.sightings[0].t;
                    if (!stay.inside[i] || length < *area.dwell) continue;
                    all.push_back({stay.sightings[i].heard,
                                   person.id,
                                   "dwell",
                                   "",
                                   stay.sightings[i].t,
                                   stay.sightings[i].label,
                                   {{"dwell_s", seconds(length)}}});
                    break;
                }
                if (stay.end)
                    all.push_back({stay.end->heard,
                                   person.id,
                                   "zone",
                                   "leave",
                                   stay.last_inside().t,
                                   stay.end->label,
                                   {{"dwell_s", seconds(stay.length())}}});
            }
    std::stable_sort(all.begin(), all.end(),
                     [](const Told& a, const Told& b) { return std::pair(a.frame, a.id) < std::pair(b.frame, b.id); });
    double entered = 0;
    double left = 0;
    for (Told& told : all) {
        entered += told.direction == "enter";
        left += told.direction == "leave";
        told.values["entered"] = entered;
        told.values["left"] = left;
        told.values["occupancy"] = entered - left;
    }
    return all;
}

std::vector<Told> dwell_oracle(const World& world, const PlainArea& area) {
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, area.grace + std::chrono::seconds(30), area.bottom)) {
            Nanoseconds before{};
            bool told = false;
            double visits = 0;
            for (const PlainStay& stay : stays(life, area, world.picture)) {
                if (!area.all_visits) told = false;
                ++visits;
                for (std::size_t i = 0; i < stay.sightings.size(); ++i) {
                    const Moment& moment = stay.sightings[i];
                    const Nanoseconds stayed = moment.t - stay.sightings[0].t;
                    const Nanoseconds length = stayed + (area.all_visits ? before : Nanoseconds{});
                    if (told || !stay.inside[i] || length < *area.dwell || !area.wants(moment.label)) continue;
                    told = true;
                    all.push_back({moment.heard,
                                   person.id,
                                   "dwell",
                                   "",
                                   moment.t,
                                   moment.label,
                                   {{"dwell_s", seconds(length)}, {"stay_s", seconds(stayed)}, {"visits", visits}}});
                }
                before += stay.length();
            }
        }
    return all;
}

const std::vector<Spot> kSquare{{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.25, 0.75}};
const std::string kSquareYaml = "points: [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]";
const std::vector<Spot> kHook{{0.125, 0.125}, {0.875, 0.125}, {0.875, 0.875}, {0.5, 0.5}};
const std::string kHookYaml = "points: [[0.125, 0.125], [0.875, 0.125], [0.875, 0.875], [0.5, 0.5]]";
const std::vector<Spot> kAll{{0, 0}, {1, 0}, {1, 1}, {0, 1}};
const std::string kAllYaml = "points: [[0, 0], [1, 0], [1, 1], [0, 1]]";

TEST(ZonePropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto zone = [](const std::string& options, const PlainArea& area) {
        return Case{"{name: r, type: zone, " + options + "}", [=](const World& world) { return zone_oracle(world, area); }};
    };
    using std::chrono::seconds;
    expect_agreement({
        zone(kSquareYaml, {.points = kSquare}),
        zone(kSquareYaml + ", hysteresis: 0, grace: 0s, anchor: bottom",
             {.points = kSquare, .hysteresis = 0, .grace = {}, .bottom = true}),
        zone(kHookYaml + ", dwell: 1s, hysteresis: 0.03", {.points = kHook, .hysteresis = 0.03, .dwell = seconds(1)}),
        zone(kHookYaml + ", labels: [person], grace: 10s, dwell: 3s",
             {.points = kHook, .grace = seconds(10), .labels = {1}, .dwell = seconds(3)}),
        zone(kAllYaml + ", grace: 500ms", {.points = kAll, .grace = std::chrono::milliseconds(500)}),
    });
}

TEST(DwellPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto dwell = [](const std::string& options, const PlainArea& area) {
        return Case{"{name: r, type: dwell, " + options + "}",
                    [=](const World& world) { return dwell_oracle(world, area); }};
    };
    using std::chrono::seconds;
    expect_agreement({
        dwell(kSquareYaml + ", dwell: 1s", {.points = kSquare, .dwell = seconds(1)}),
        dwell(kHookYaml + ", dwell: 2s, visits: all, labels: [car, bag]",
              {.points = kHook, .labels = {0, 2}, .dwell = seconds(2), .all_visits = true}),
        dwell("dwell: 3s, grace: 1s", {.points = kAll, .grace = seconds(1), .dwell = seconds(3)}),
    });
}

}  // namespace
}  // namespace facet::scene
