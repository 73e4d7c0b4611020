// The oracle for `line`, from the definition in scene/rule/line.h, over the whole path of an object at once.

#include <gtest/gtest.h>

#include <cmath>

#include "world.h"

namespace facet::scene {
namespace {

struct Line {
    Spot p, q;
    double hysteresis;
    std::vector<int> labels;
    std::string direction = "both";
    bool bottom = false;
};

std::vector<Told> oracle(const World& world, const Line& line) {
    const auto ends = plain_heights({line.p, line.q}, world.picture);
    const Spot p = ends[0];
    const Spot along{ends[1].x - p.x, ends[1].y - p.y};
    const double length = std::hypot(along.x, along.y);

    std::vector<Told> all;
    for (const Person& person : world.people)
        for (const Life& life : lives(world, person, std::chrono::seconds(30), line.bottom)) {
            Life path;
            for (const Moment& moment : life)
                if (moment.what == Moment::What::seen) path.push_back(moment);

            // Distance from the line, > 0 on the right: on the screen, where y grows downwards, right of "to the right" is
            // down.
            std::vector<double> distance;
            for (const Moment& m : path) distance.push_back((along.x * (m.y - p.y) - along.y * (m.x - p.x)) / length);
            const auto side_at = [&](std::size_t i) {
                for (std::size_t k = i + 1; k-- > 0;)
                    if (distance[k] != 0) return distance[k] > 0 ? 1 : -1;
                return 0;
            };
            const auto is_flip_through = [&](std::size_t i) {
                if (i == 0 || side_at(i - 1) == 0 || side_at(i) == side_at(i - 1)) return false;
                const double part = distance[i - 1] / (distance[i - 1] - distance[i]);
                const double x = path[i - 1].x + part * (path[i].x - path[i - 1].x) - p.x;
                const double y = path[i - 1].y + part * (path[i].y - path[i - 1].y) - p.y;
                const double along_line = (x * along.x + y * along.y) / (length * length);
                return along_line >= -1e-9 && along_line <= 1 + 1e-9;
            };

            std::size_t begin = 0;  // since when flips count
            int settled = 0;
            for (std::size_t i = 0; i < path.size(); ++i) {
                if (settled == 0) settled = side_at(i);
                if (settled == 0 || std::abs(distance[i]) < line.hysteresis) continue;
                std::vector<std::size_t> flips;
                for (std::size_t k = begin; k <= i; ++k)
                    if (is_flip_through(k)) flips.push_back(k);
                const bool crossed = side_at(i) != settled && flips.size() % 2 == 1;
                settled = side_at(i);
                begin = i + 1;
                const std::string direction = settled > 0 ? "forward" : "backward";
                if (!crossed || (line.direction != "both" && line.direction != direction)) continue;
                if (!line.labels.empty() &&
                    std::find(line.labels.begin(), line.labels.end(), path[i].label) == line.labels.end())
                    continue;
                all.push_back({path[i].heard, person.id, "line", direction, path[flips.back()].t, path[i].label, {}});
            }
        }
    // The totals that each event carries, in the order of decision.
    std::stable_sort(all.begin(), all.end(),
                     [](const Told& a, const Told& b) { return std::pair(a.frame, a.id) < std::pair(b.frame, b.id); });
    std::map<std::string, double> totals{{"forward", 0}, {"backward", 0}};
    for (Told& told : all) {
        ++totals[told.direction];
        told.values = totals;
    }
    return all;
}

TEST(LinePropertyTest, TheRuleAgreesWithTheDefinitionOnRandomTracks) {
    const auto line = [](const std::string& options, const Line& definition) {
        return Case{"{name: r, type: line, " + options + "}", [=](const World& world) { return oracle(world, definition); }};
    };
    expect_agreement({
        line("points: [[0.25, 0.5], [0.75, 0.5]]", {{0.25, 0.5}, {0.75, 0.5}, 0.01, {}}),
        line("points: [[0.5, 0.875], [0.5, 0.125]], hysteresis: 0.02", {{0.5, 0.875}, {0.5, 0.125}, 0.02, {}}),
        line("points: [[0, 0], [1, 1]], hysteresis: 0", {{0, 0}, {1, 1}, 0, {}}),
        line("points: [[0.75, 0.25], [0.25, 0.75]], labels: [person, bag], hysteresis: 0.05",
             {{0.75, 0.25}, {0.25, 0.75}, 0.05, {1, 2}}),
        line("points: [[0, 0.5], [1, 0.5]], anchor: bottom, direction: backward",
             {{0, 0.5}, {1, 0.5}, 0.01, {}, "backward", true}),
        line("points: [[0.125, 0.375], [0.875, 0.625]], direction: forward",
             {{0.125, 0.375}, {0.875, 0.625}, 0.01, {}, "forward"}),
    });
}

}  // namespace
}  // namespace facet::scene
