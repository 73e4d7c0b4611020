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

Stay::Change Stay::missed(Nanoseconds t, const Sighting& latest, bool forgotten, const StayLimits& limits) {
    if (!under_way_ || (!forgotten && t - latest.t < limits.grace)) return Change::none;
    under_way_ = false;
    return Change::ended;
}

}  // namespace facet::scene
