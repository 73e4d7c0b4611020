#include "scene/rule/stay.h"

namespace facet::scene {

StayLimits read_stay_limits(const config::Values& options) {
    return {.hysteresis = options.number("hysteresis"), .grace = options.duration("grace")};
}

Stay::Change Stay::seen(const Sighting& sighting, const Area& area, const StayLimits& limits) {
    if (area.contains(sighting.anchor)) {
        last_inside_ = sighting;
        if (under_way_) return Change::none;
        first_ = sighting;
        under_way_ = true;
        return Change::began;
    }
    if (!under_way_ || area.distance_outside(sighting.anchor) <= limits.hysteresis) return Change::none;
    under_way_ = false;
    return Change::ended;
}

Stay::Change Stay::missed(Nanoseconds t, const Sighting& latest, Missing missing, const StayLimits& limits) {
    const bool is_over = missing == Missing::forgotten || (missing == Missing::gone && t - latest.t >= limits.grace);
    if (!under_way_ || !is_over) return Change::none;
    under_way_ = false;
    return Change::ended;
}

}  // namespace facet::scene
