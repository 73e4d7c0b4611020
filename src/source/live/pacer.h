#pragma once
// Pacer: when what is played would have come from a camera.

#include <algorithm>
#include <optional>

#include "base/clock.h"

namespace facet::source::live {

/// Turns the times of a recording into moments of now. A recording whose times step back or leap by more than 10 s (spliced,
/// or begun again) goes on one interval later, as if nothing had happened. Pure.
class Pacer {
public:
    /// `frames_per_second` where times do not say; 0 = unknown.
    explicit Pacer(double frames_per_second)
        : interval_(from_seconds(1 / (frames_per_second > 0.1 ? frames_per_second : kRateUnknown))) {}

    /// When the packet of this time is due; the first one is at once. Nothing: one interval after the last one.
    TimePoint due(std::optional<Nanoseconds> time, TimePoint now);
    /// What was due could not come before `now`: what follows is as much later.
    void delay(TimePoint now) { last_due_ = std::max(last_due_, now); }
    /// The recording begins again: whatever time comes next is one interval after the last.
    void splice() { spliced_ = true; }

private:
    static constexpr double kRateUnknown = 25;

    Nanoseconds interval_;
    bool begun_ = false;
    bool spliced_ = false;
    Nanoseconds last_{};    // time of the last packet
    TimePoint last_due_{};  // and when that was
};

}  // namespace facet::source::live
