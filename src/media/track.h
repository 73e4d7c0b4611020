#pragma once
// Track: an identity over time.

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "media/geometry.h"
#include "media/observation.h"

namespace facet {

enum class TrackState : std::uint8_t {
    tentative,  ///< seen too few times to be believed; no rule sees it
    confirmed,  ///< seen on this frame
    lost,       ///< not seen on this frame, predicted; may be found again
};

/// The state of one track at one frame. Plain value; the tracker owns the history that it needs.
struct Track {
    std::int64_t id = 0;  ///< from 1, unique within its camera and never reused
    Box box;              ///< picture pixels: the detection's box where seen, the prediction where lost
    TrackState state = TrackState::tentative;
    int label = 0;    ///< by score-weighted vote over the track's life
    float score = 0;  ///< of the latest detection
    Nanoseconds first_seen{};
    Nanoseconds last_seen{};
    int detection = -1;  ///< index of its detection in this frame's Detections, -1 where not seen
    Point velocity;      ///< of the centre, pixels per second
};

}  // namespace facet
