#pragma once
// Areas and stays for oracles: the definition in scene/rule/stay.h, over the whole life of an object at once.

#include <algorithm>
#include <optional>

#include "world.h"

namespace facet::scene {

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

inline std::vector<PlainStay> stays(const Life& life, const PlainArea& area, Size picture) {
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

inline const std::vector<Spot> kSquare{{0.25, 0.25}, {0.75, 0.25}, {0.75, 0.75}, {0.25, 0.75}};
inline const std::string kSquareYaml = "points: [[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75]]";
inline const std::vector<Spot> kHook{{0.125, 0.125}, {0.875, 0.125}, {0.875, 0.875}, {0.5, 0.5}};
inline const std::string kHookYaml = "points: [[0.125, 0.125], [0.875, 0.125], [0.875, 0.875], [0.5, 0.5]]";
inline const std::vector<Spot> kAll{{0, 0}, {1, 0}, {1, 1}, {0, 1}};
inline const std::string kAllYaml = "points: [[0, 0], [1, 0], [1, 1], [0, 1]]";

}  // namespace facet::scene
