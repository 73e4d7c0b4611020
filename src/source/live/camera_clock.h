#pragma once
// CameraClock: how far the wall clock of a camera is believed.

#include <optional>

#include "base/clock.h"

namespace facet::source::live {

/// Cameras tell the time of each frame by their own clock (RTCP sender reports). Where both clocks are kept by NTP that is
/// the best there is: it has neither the network's delay in it nor the camera's. But many a camera's clock was never set,
/// and a wrong one must not move the times of events: a frame that would have been taken more than a second after it arrived
/// or more than five before counts as not told. Each frame stands for itself, so a clock that is set is believed from then
/// on. Pure.
class CameraClock {
public:
    static constexpr Nanoseconds kAheadMax = std::chrono::seconds(1);
    static constexpr Nanoseconds kBehindMax = std::chrono::seconds(5);

    /// When a frame was taken that the camera says was taken at `said`; nothing where that is not plausible. `arrived` and
    /// `arrived_wall` are the same moment. A camera whose clock is a little ahead gives times after `arrived`.
    std::optional<TimePoint> capture(WallTime said, TimePoint arrived, WallTime arrived_wall);

    /// Once, after the first frame that was not believed: how far the camera's clock is behind this machine's (negative:
    /// ahead).
    std::optional<Nanoseconds> take_refusal();

private:
    std::optional<Nanoseconds> refused_;  // the first one
    bool told_ = false;
};

}  // namespace facet::source::live
