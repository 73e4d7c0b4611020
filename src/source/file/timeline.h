#pragma once
// Timeline: stream times that never step back, out of the timestamps that containers give.

#include <optional>

#include "base/clock.h"

namespace facet::source::file {

/// Pure. Times count from the first frame. A frame without a timestamp follows its predecessor by that one's duration. Small
/// steps back (up to one second: a wrong timestamp) are held at the predecessor's time; larger ones, and leaps of more than
/// a day (a spliced recording, a clock that was set, damage), go on from the predecessor as if nothing had happened.
class Timeline {
public:
    struct Stamp {
        Nanoseconds t{};        ///< from the first frame; never decreases; at most 73 years
        Nanoseconds pts{};      ///< as given, or derived
        bool repaired = false;  ///< the given timestamp could not be used as it is
    };

    /// `interval`: between frames whose duration is unknown.
    explicit Timeline(Nanoseconds interval) : interval_(interval) {}

    /// `pts` lies within +-73 years.
    Stamp next(std::optional<Nanoseconds> pts, Nanoseconds duration);

private:
    Nanoseconds interval_;
    bool started_ = false;
    Nanoseconds origin_{};  // pts of t = 0
    Nanoseconds t_last_{};
    Nanoseconds step_{};  // from the last frame to one without a timestamp
};

}  // namespace facet::source::file
