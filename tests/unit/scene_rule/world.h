#pragma once
// World: random objects over time, and what a rule should have told of them. Property tests play worlds to rules and compare
// their events with those of an oracle that sees the whole history at once.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "scene/rule/rule.h"

namespace facet::scene {

/// One object on one frame.
struct Look {
    bool listed = false;  // its tracker knows it
    bool seen = false;
    TrackState state = TrackState::lost;
    Box box;  // pixels, in multiples of 1/64: all arithmetic on it is exact
    int label = 0;
};

struct Person {
    std::int64_t id = 0;
    std::vector<Look> looks;  // one a frame
};

struct World {
    struct FrameTime {
        Nanoseconds t{};
        bool detected = true;
    };
    Size picture;  // the height is a power of two: coordinates in heights are exact too
    std::vector<FrameTime> frames;
    std::vector<Person> people;  // by id
};

/// A world of `people` objects, from its seed: straight ways, trembling around places where rules have their edges, walks,
/// stops and jumps; losses, gaps, skipped frames, votes that change.
World random_world(std::uint64_t seed, int people);

/// What becomes known of one object, from its first sighting to its being forgotten.
struct Moment {
    enum class What { seen, lost, gone, forgotten };
    What what = What::seen;
    std::size_t frame = 0;
    std::size_t heard = 0;  // the frame at which a rule hears of it: not before the object is confirmed
    Nanoseconds t{};
    double x = 0;  // of the anchor, in heights
    double y = 0;
    double side = 0;  // longer side of the box, in heights
    Box box;
    int label = 0;
};
using Life = std::vector<Moment>;

/// The lives of a person: a new one after its tracker has not known it for longer than `memory`.
std::vector<Life> lives(const World& world, const Person& person, Nanoseconds memory, bool anchor_bottom);

/// What an oracle expects; `id` -1: of no single object.
struct Told {
    std::size_t frame = 0;
    std::int64_t id = -1;
    std::string type;
    std::string direction;
    Nanoseconds t{};
    int label = -1;
    std::map<std::string, double> values;  // those that are compared
};

/// Plays worlds with 100,000 people altogether (FACET_PROPERTY_TRACKS sets another number; a fifth of it under sanitizers)
/// to each of the rules by turns, and compares. Reports the first world that differs.
using Oracle = std::function<std::vector<Told>(const World& world)>;
struct Case {
    std::string yaml;
    Oracle oracle;
};
void expect_agreement(const std::vector<Case>& cases);

// Plain geometry for oracles, written without the code under test.

struct Spot {
    double x = 0;
    double y = 0;
};
/// Distance from a segment by looking for the nearest of its points.
double plain_distance(Spot point, Spot a, Spot b);
/// Inside by the winding angle, or within `edge` of the outline.
bool plain_inside(const std::vector<Spot>& polygon, Spot point, double edge = 0.00002);
double plain_distance_outside(const std::vector<Spot>& polygon, Spot point);
/// 0..1 of the picture to heights.
std::vector<Spot> plain_heights(const std::vector<Spot>& points, Size picture);
inline Spot spot(const Moment& moment) { return {moment.x, moment.y}; }

}  // namespace facet::scene
