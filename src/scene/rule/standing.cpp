#include "scene/rule/standing.h"

#include <cmath>

namespace facet::scene {

bool Standing::seen(const Sighting& sighting, double tolerance) {
    latest_ = sighting.t;
    const double moved = std::hypot(sighting.anchor.x - place_.anchor.x, sighting.anchor.y - place_.anchor.y);
    if (known_ && moved <= tolerance * place_.side) return false;
    known_ = true;
    place_ = sighting;
    return true;
}

}  // namespace facet::scene
