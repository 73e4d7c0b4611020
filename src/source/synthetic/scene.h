#pragma once
// Scene: a world with a camera. One file per scene; each exports one SceneInfo, listed in scene.cpp. Closed form: what is
// where at time t follows from t alone.

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "source/synthetic/backdrop.h"
#include "source/synthetic/dials.h"

namespace facet::source::synthetic {

/// Moving things wanted at a time; see Timeline::objects_at.
using Density = std::function<double(double t)>;

class Scene {
public:
    virtual ~Scene() = default;
    /// Paints what never moves, in daylight, and where lamps shine.
    virtual void paint(Backdrop& backdrop) const = 0;
    /// Everything that moves, stands in the way or has a truth of its own at `t` seconds, in any order; a fixed order for
    /// one t. `sway` is the strength of the wind.
    virtual void actors(double t, const Density& density, double sway, std::vector<Actor>& out) const = 0;
    /// Lamplight at a place of the ground, 0..1.
    virtual double lamp(Vec2 ground) const = 0;
};

struct SceneInfo {
    std::string_view name;
    std::string_view summary;
    Camera (*camera)(Size picture);
    Vec3 sun;                      ///< direction to the sun, any length
    double texels;                 ///< of patterns, per metre
    bool outdoors;                 ///< rain falls
    std::span<const Kind> kinds;   ///< what it usually has
    std::vector<Point> (*line)();  ///< its truth line, 0..1
    std::vector<Point> (*zone)();  ///< its truth zone, 0..1
    std::unique_ptr<Scene> (*create)(const Dials& dials, std::uint64_t seed);
};

extern const SceneInfo kStreetScene;
extern const SceneInfo kCrossingScene;
extern const SceneInfo kHallScene;
extern const SceneInfo kBeltScene;

/// All scenes; the first is the default.
std::span<const SceneInfo* const> scenes();
/// The scene of a name that read_address has checked.
const SceneInfo& scene_of(std::string_view name);

/// Things that follow each other on one way: number n starts at n * interval. Gives every n whose time is near `t`, that is
/// `wanted` (a share 0..1 of all numbers, evenly spread) and not older than `lifetime`.
struct Sequence {
    double interval;
    double lifetime;
    double offset;  ///< 0..1, where in the even spread the sequence starts
    /// Calls each(n, seconds since its start).
    void for_each(double t, const std::function<double(double start)>& wanted,
                  const std::function<void(std::int64_t n, double age)>& each) const;
};

/// Ids of things: never the same for two things of one world.
std::int64_t thing_id(int sequence, std::int64_t n);
/// A choice among `kinds` by weight, for a seed.
Kind choose_kind(std::span<const Kind> kinds, std::uint64_t seed, double (*weight)(Kind));

}  // namespace facet::source::synthetic
