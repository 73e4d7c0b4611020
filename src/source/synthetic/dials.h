#pragma once
// Dials: everything that an address "synthetic:SCENE?key=value&..." can say.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/options.h"
#include "media/geometry.h"
#include "source/synthetic/figure.h"

namespace facet::source::synthetic {

/// The dials of a scene. They may change during a stream (schedule).
struct Dials {
    std::string scene = "street";
    double objects = 8;  ///< moving things at one time, on average
    double object_size = 1;
    double speed = 1;
    std::vector<Kind> kinds;  ///< empty: what the scene usually has
    double occlusion = 0.3;
    double camouflage = 0.25;
    double defects = 0.15;
    double parked = 4;
    double hour = 0;  ///< light: 0 day, 1 dusk, 2 night
    double flicker = 0;
    double noise = 0.15;
    double shake = 0;
    double rain = 0;
    double sway = 0.5;

    /// Whether the two are one world, so that one can become the other without a cut.
    bool same_world(const Dials& other) const {
        return scene == other.scene && object_size == other.object_size && speed == other.speed && kinds == other.kinds &&
               occlusion == other.occlusion && camouflage == other.camouflage && defects == other.defects &&
               parked == other.parked;
    }
};

/// From this time on the dials are these; reached at once, or little by little over `over` seconds.
struct Step {
    double at = 0;
    double over = 0;
    Dials dials;
};

/// All of an address.
struct Specification {
    std::uint64_t seed = 1;
    Size size{1280, 720};
    double frames_per_second = 25;
    std::int64_t frames = 250;              ///< 0: without end
    std::vector<Step> steps;                ///< at least one, by rising `at`, the first at 0
    double cycle = 0;                       ///< seconds after which the steps begin again; 0: never
    std::vector<std::vector<Point>> lines;  ///< truth lines, two points each, 0..1; empty: the scene's own
    std::vector<std::vector<Point>> zones;  ///< truth zones, 0..1; empty: the scene's own
};

inline constexpr std::string_view kScheme = "synthetic:";

/// Every key of an address.
std::span<const config::OptionRow> dial_options();
/// The names of the scenes.
std::span<const std::string_view> scene_names();

/// Reads an address, and the schedule file that it names. Errors name the key, the value, what was expected and the nearest
/// name.
Result<Specification> read_address(std::string_view address);

}  // namespace facet::source::synthetic
