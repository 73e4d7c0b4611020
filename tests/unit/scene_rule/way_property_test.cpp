// Oracles for the rules about ways: wrong_way and speed.

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "plain_stay.h"

namespace facet::scene {
namespace {

constexpr Nanoseconds kPathMemory = std::chrono::seconds(30);

Life sightings(const Life& life) {
    Life seen;
    for (const Moment& moment : life)
        if (moment.what == Moment::What::seen) seen.push_back(moment);
    return seen;
}

struct OneWay {
    Spot from, to;
    PlainArea area;
    double distance = 0.1;
    double angle = 60;
};

void judge_way(const Life& way, const std::vector<double>& progress, const OneWay& rule, std::int64_t id,
               std::vector<Told>& all) {
    std::size_t begin = 0;
    bool wrong = false;
    for (std::size_t i = 0; i < way.size(); ++i) {
        std::size_t turn = begin;  // the latest of the extreme points since `begin`
        for (std::size_t k = begin; k <= i; ++k)
            if (wrong ? progress[k] <= progress[turn] : progress[k] >= progress[turn]) turn = k;
        if (wrong) {
            if (progress[i] - progress[turn] < rule.distance) continue;
            wrong = false;
            begin = i;
            continue;
        }
        const double back = progress[turn] - progress[i];
        const double moved = std::hypot(way[i].x - way[turn].x, way[i].y - way[turn].y);
        const bool is_straight = back >= moved * std::cos(rule.angle / 180 * std::numbers::pi);
        if (back < rule.distance || !is_straight || !rule.area.wants(way[i].label)) continue;
        wrong = true;
        begin = i;
        all.push_back({way[i].heard, id, "wrong_way", "", way[i].t, way[i].label, {{"distance", back}}});
    }
}

std::vector<Told> wrong_way_oracle(const World& world, const OneWay& rule) {
    const auto arrow = plain_heights({rule.from, rule.to}, world.picture);
    const auto polygon = plain_heights(rule.area.points, world.picture);
    const double length = std::hypot(arrow[1].x - arrow[0].x, arrow[1].y - arrow[0].y);
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kPathMemory, rule.area.bottom)) {
            Life way;
            std::vector<double> progress;
            const auto finish = [&] {
                judge_way(way, progress, rule, person.id, all);
                way.clear();
                progress.clear();
            };
            for (const Moment& moment : sightings(life)) {
                if (!plain_inside(polygon, spot(moment))) {
                    finish();
                    continue;
                }
                way.push_back(moment);
                progress.push_back((moment.x * (arrow[1].x - arrow[0].x) + moment.y * (arrow[1].y - arrow[0].y)) / length);
            }
            finish();
        }
    return all;
}

/// Solves for the map of four points to four by elimination, and maps a point.
class PlainGround {
public:
    PlainGround(const std::array<Spot, 4>& from, const std::array<Spot, 4>& to) {
        std::array<std::array<double, 9>, 8> rows{};
        for (std::size_t i = 0; i < 4; ++i) {
            rows[2 * i] = {from[i].x, from[i].y, 1, 0, 0, 0, -to[i].x * from[i].x, -to[i].x * from[i].y, to[i].x};
            rows[2 * i + 1] = {0, 0, 0, from[i].x, from[i].y, 1, -to[i].y * from[i].x, -to[i].y * from[i].y, to[i].y};
        }
        for (std::size_t c = 0; c < 8; ++c) {
            std::size_t pivot = c;
            for (std::size_t r = c; r < 8; ++r)
                if (std::abs(rows[r][c]) > std::abs(rows[pivot][c])) pivot = r;
            std::swap(rows[c], rows[pivot]);
            for (std::size_t r = 0; r < 8; ++r) {
                if (r == c) continue;
                const double factor = rows[r][c] / rows[c][c];
                for (std::size_t k = 0; k < 9; ++k) rows[r][k] -= factor * rows[c][k];
            }
        }
        for (std::size_t c = 0; c < 8; ++c) h_[c] = rows[c][8] / rows[c][c];
    }
    Spot map(Spot point) const {
        const double scale = h_[6] * point.x + h_[7] * point.y + 1;
        return {(h_[0] * point.x + h_[1] * point.y + h_[2]) / scale, (h_[3] * point.x + h_[4] * point.y + h_[5]) / scale};
    }

private:
    std::array<double, 8> h_{};
};

const std::vector<Spot> kRoad{{0.375, 0.25}, {0.625, 0.25}, {1, 0.875}, {0.125, 0.75}};
const PlainGround kGround({{{0.375, 0.25}, {0.625, 0.25}, {1, 0.875}, {0.125, 0.75}}}, {{{0, 0}, {8, 0}, {8, 32}, {0, 30}}});
const std::string kRoadYaml =
    "points: [[0.375, 0.25], [0.625, 0.25], [1, 0.875], [0.125, 0.75]], metres: [[0, 0], [8, 0], [8, 32], [0, 30]]";

std::vector<Told> section_oracle(const World& world, std::optional<double> limit_kmh, Nanoseconds window,
                                 const std::vector<int>& labels) {
    const PlainArea area{.points = kRoad, .labels = labels, .bottom = true};
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kPathMemory, true))
            for (const PlainStay& stay : stays(life, area, world.picture)) {
                Life inside;
                for (std::size_t i = 0; i < stay.sightings.size(); ++i)
                    if (stay.inside[i]) inside.push_back(stay.sightings[i]);
                const auto kmh = [&](const Moment& a, const Moment& b) {
                    const double aspect = static_cast<double>(world.picture.width) / world.picture.height;
                    const Spot from = kGround.map({a.x / aspect, a.y});
                    const Spot to = kGround.map({b.x / aspect, b.y});
                    return std::hypot(to.x - from.x, to.y - from.y) / seconds(b.t - a.t) * 3.6;
                };
                double fastest = 0;
                bool told = false;
                for (const Moment& now : inside) {
                    const Moment& then =
                        *std::find_if(inside.begin(), inside.end(), [&](const Moment& m) { return m.t >= now.t - window; });
                    if (2 * (now.t - then.t) < window) continue;
                    const double speed = kmh(then, now);
                    fastest = std::max(fastest, speed);
                    if (!limit_kmh || told || speed <= *limit_kmh || !area.wants(now.label)) continue;
                    told = true;
                    all.push_back({now.heard,
                                   person.id,
                                   "speed",
                                   "",
                                   now.t,
                                   now.label,
                                   {{"speed_kmh", speed}, {"limit_kmh", *limit_kmh}}});
                }
                if (limit_kmh || !stay.end || 2 * stay.length() < window || !area.wants(stay.end->label)) continue;
                const double mean = kmh(inside.front(), inside.back());
                all.push_back({stay.end->heard,
                               person.id,
                               "speed",
                               "",
                               inside.back().t,
                               stay.end->label,
                               {{"speed_kmh", mean}, {"speed_max_kmh", std::max(mean, fastest)}}});
            }
    return all;
}

std::vector<Told> gate_oracle(const World& world, const std::array<std::array<Spot, 2>, 2>& gate, double metres,
                              std::optional<double> limit_kmh, const std::vector<int>& labels) {
    struct Passage {
        std::size_t i;  // the sighting at its end
        double t_s;
        int line;
    };
    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, kPathMemory, false)) {
            const Life path = sightings(life);
            std::vector<Passage> passages;
            for (int line = 0; line < 2; ++line) {
                const auto& ends = gate[static_cast<std::size_t>(line)];
                const auto pq = plain_heights({ends[0], ends[1]}, world.picture);
                const Spot along{pq[1].x - pq[0].x, pq[1].y - pq[0].y};
                const auto distance = [&](const Moment& m) { return along.x * (m.y - pq[0].y) - along.y * (m.x - pq[0].x); };
                int side = 0;
                for (std::size_t i = 0; i < path.size(); ++i) {
                    const double now = distance(path[i]);
                    const int side_now = now > 0 ? 1 : now < 0 ? -1 : side;
                    if (side != 0 && side_now != side) {
                        const double before = distance(path[i - 1]);
                        const double part = before / (before - now);
                        const double x = path[i - 1].x + part * (path[i].x - path[i - 1].x) - pq[0].x;
                        const double y = path[i - 1].y + part * (path[i].y - path[i - 1].y) - pq[0].y;
                        const double where = (x * along.x + y * along.y) / (along.x * along.x + along.y * along.y);
                        if (where >= -1e-9 && where <= 1 + 1e-9)
                            passages.push_back(
                                {i, seconds(path[i - 1].t) + part * seconds(path[i].t - path[i - 1].t), line});
                    }
                    side = side_now;
                }
            }
            std::sort(passages.begin(), passages.end(), [](const Passage& a, const Passage& b) { return a.t_s < b.t_s; });
            for (std::size_t k = 1; k < passages.size(); ++k) {
                if (passages[k].line == passages[k - 1].line) continue;
                const double kmh = metres / (passages[k].t_s - passages[k - 1].t_s) * 3.6;
                const Moment& now = path[passages[k].i];
                const bool is_wanted = labels.empty() || std::find(labels.begin(), labels.end(), now.label) != labels.end();
                if ((limit_kmh && kmh <= *limit_kmh) || !is_wanted) continue;
                all.push_back({now.heard, person.id, "speed", "", now.t, now.label, {{"speed_kmh", kmh}}});
            }
        }
    return all;
}

TEST(WrongWayPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto one_way = [](const std::string& options, const OneWay& rule) {
        return Case{"{name: r, type: wrong_way, " + options + "}",
                    [=](const World& w) { return wrong_way_oracle(w, rule); }};
    };
    expect_agreement({
        one_way("points: [[0.5, 1], [0.5, 0]]", {{0.5, 1}, {0.5, 0}, {.points = kAll}}),
        one_way("points: [[0.25, 0.25], [0.75, 0.5]], area: [[0.125, 0.125], [0.875, 0.125], [0.875, 0.875], [0.5, 0.5]], "
                "distance: 0.05, angle: 30, labels: [car, person]",
                {{0.25, 0.25}, {0.75, 0.5}, {.points = kHook, .labels = {0, 1}}, 0.05, 30}),
        one_way("points: [[1, 0.5], [0, 0.5]], distance: 0.3, angle: 80, anchor: bottom",
                {{1, 0.5}, {0, 0.5}, {.points = kAll, .bottom = true}, 0.3, 80}),
    });
}

TEST(SpeedPropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto speed = [](const std::string& options, const Oracle& oracle) {
        return Case{"{name: r, type: speed, " + options + "}", oracle};
    };
    using std::chrono::milliseconds;
    const std::array<std::array<Spot, 2>, 2> gate{{{{{0.25, 0.25}, {0.75, 0.25}}}, {{{0.125, 0.75}, {0.875, 0.625}}}}};
    const std::string gate_yaml = "lines: [[[0.25, 0.25], [0.75, 0.25]], [[0.125, 0.75], [0.875, 0.625]]], distance: 20";
    expect_agreement({
        speed(kRoadYaml + ", anchor: bottom", [](const World& w) { return section_oracle(w, {}, milliseconds(1000), {}); }),
        speed(kRoadYaml + ", anchor: bottom, limit: 30, window: 500ms",
              [](const World& w) { return section_oracle(w, 30, milliseconds(500), {}); }),
        speed(kRoadYaml + ", anchor: bottom, window: 200ms, labels: [person]",
              [](const World& w) { return section_oracle(w, {}, milliseconds(200), {1}); }),
        speed(gate_yaml, [=](const World& w) { return gate_oracle(w, gate, 20, {}, {}); }),
        speed(gate_yaml + ", limit: 50, labels: [car, bag]",
              [=](const World& w) {
                  return gate_oracle(w, gate, 20, 50, {0, 2});
              }),
    });
}

}  // namespace
}  // namespace facet::scene
