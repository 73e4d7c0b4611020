#include "source/live/capture_clock.h"

#include <algorithm>
#include <chrono>

namespace facet::source::live {

namespace {
constexpr Nanoseconds kLeap = std::chrono::seconds(1);
constexpr int kFollowDivisor = 1000;  // 1000 ppm
}  // namespace

TimePoint CaptureClock::capture(std::optional<Nanoseconds> pts, TimePoint arrived) {
    if (!pts) return last_ = std::max(last_, arrived);
    const Nanoseconds offset = arrived.time_since_epoch() - *pts;
    if (!started_ || std::chrono::abs(offset - offset_) > kLeap) {
        restarts_ += started_ ? 1 : 0;
        started_ = true;
        offset_ = offset;
    } else {
        offset_ = std::min(offset, offset_ + std::max(Nanoseconds{}, arrived - adjusted_) / kFollowDivisor);
    }
    const TimePoint captured = std::min(arrived, TimePoint(*pts + offset_));
    last_ = arrived < adjusted_ ? captured : std::max(last_, captured);
    adjusted_ = std::max(adjusted_, arrived);
    return last_;
}

}  // namespace facet::source::live
