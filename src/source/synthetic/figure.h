#pragma once
// Figures: how each kind of thing looks. Every detail follows from the actor's seed, so that a thing looks the same in each
// frame, and no two things quite alike.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "source/synthetic/modeller.h"

namespace facet::source::synthetic {

enum class Kind : std::uint8_t {
    person,
    bicycle,
    car,
    motorcycle,
    bus,
    truck,
    backpack,
    suitcase,
    bottle,
    box,
    cap,
    can,
    tree,
    pole,
    bush,
    pillar,
    board,
    seam,  // scenery: hides things, is none itself
};
inline constexpr int kKindCount = 18;
/// The label in truth files: COCO's name where COCO has one.
std::string_view name(Kind kind);
/// The kind of a name; scenery has none.
std::optional<Kind> kind_of(std::string_view name);
constexpr bool is_scenery(Kind kind) { return kind >= Kind::tree; }
constexpr bool is_vehicle(Kind kind) {
    return kind == Kind::car || kind == Kind::bus || kind == Kind::truck || kind == Kind::motorcycle ||
           kind == Kind::bicycle;
}

/// What is wrong with a product; `none` for all that is no product.
enum class Defect : std::uint8_t { none, missing_cap, tilted_cap, torn_label, low_fill, dent, crushed, stain, scratch };
std::string_view name(Defect defect);
/// The defects that a kind of product can have.
std::span<const Defect> defects_of(Kind kind);

/// One thing at one moment.
struct Actor {
    std::int64_t id = 0;  ///< 0: scenery
    Kind kind = Kind::person;
    std::uint64_t seed = 0;  ///< its looks
    Vec3 position;           ///< the middle of where it touches the ground
    double heading = 0;      ///< turns, from +x towards +y
    double stride = 0;       ///< turns of the walking motion or the wheels so far
    double speed = 0;        ///< metres per second; 0 = stands
    double size = 1;         ///< multiplies all measures
    bool brakes = false;
    bool stationary = false;  ///< stands all its life: parked, left behind
    Defect defect = Defect::none;
    Rgb camouflage{-1, 0, 0};  ///< r >= 0: the colour of what is behind it, taken over in part
    double carried = 0;        ///< 1: has a suitcase with it
};

/// Length along the heading and width, metres, before `Actor::size`.
struct Footprint {
    double length = 0.5;
    double width = 0.5;
};
Footprint footprint(Kind kind, std::uint64_t seed);

/// Draws the actor's parts into a modeller that has begun it.
void model(Modeller& modeller, const Actor& actor);

/// The families of figures, one file each; model() calls them.
void model_person(Modeller& modeller, const Actor& actor);
void model_vehicle(Modeller& modeller, const Actor& actor);
void model_cycle(Modeller& modeller, const Actor& actor);
void model_product(Modeller& modeller, const Actor& actor);
void model_scenery(Modeller& modeller, const Actor& actor);

}  // namespace facet::source::synthetic
