// The oracles for `zone` and `dwell`, from the definitions in scene/rule/stay.h, zone.h and dwell.h.

#include <gtest/gtest.h>

#include "plain_stay.h"

namespace facet::scene {
namespace {

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
