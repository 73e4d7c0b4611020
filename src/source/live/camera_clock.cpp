#include "source/live/camera_clock.h"

#include <utility>

namespace facet::source::live {

std::optional<TimePoint> CameraClock::capture(WallTime said, TimePoint arrived, WallTime arrived_wall) {
    const Nanoseconds behind = arrived_wall - said;
    if (behind >= -kAheadMax && behind <= kBehindMax) return arrived - behind;
    if (!refused_) refused_ = behind;
    return std::nullopt;
}

std::optional<Nanoseconds> CameraClock::take_refusal() {
    if (!refused_ || std::exchange(told_, true)) return std::nullopt;
    return refused_;
}

}  // namespace facet::source::live
