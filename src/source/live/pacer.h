#pragma once
// Pacer: when what is played would have come from a camera.

#include <optional>

#include "base/clock.h"

namespace facet::source::live {

/// Turns the times of a recording into moments of now. A recording whose times step back or leap by more than 10 s (spliced,
/// or begun again) goes on one interval later, as if nothing had happened. Pure.
class Pacer {
public:
    /// `interval`: between packets, where their times do not say.
    explicit Pacer(Nanoseconds interval) : interval_(interval) {}

    /// When the packet of this time is due; the first one is at once. Nothing: one interval after the last one.
    TimePoint due(std::optional<Nanoseconds> time, TimePoint now);
    /// The recording begins again: whatever time comes next is one interval after the last.
    void splice() { spliced_ = true; }

private:
    Nanoseconds interval_;
    bool begun_ = false;
    bool spliced_ = false;
    Nanoseconds last_{};    // time of the last packet
    TimePoint last_due_{};  // and when that was
};

}  // namespace facet::source::live
