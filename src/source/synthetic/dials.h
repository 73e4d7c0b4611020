#pragma once
// Dials: what can be turned at a scene, and every key that an address "synthetic:SCENE?key=value&..." may have.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/options.h"
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

/// Every key of an address; the first `world_option_count()` of them are dials of a scene, which a step of a schedule file
/// may change too.
std::span<const config::OptionRow> dial_options();
std::size_t world_option_count();

/// The names of the scenes, and an Error with the nearest one for a name that is none of them.
std::span<const std::string_view> scene_names();
Status check_scene(const std::string& scene, std::string_view place);

/// Takes over the dials that `values` (read by the rows above) sets; with `defaults` also those that it does not set.
Status apply_dials(const config::Values& values, bool defaults, std::string_view place, Dials& dials);

}  // namespace facet::source::synthetic
