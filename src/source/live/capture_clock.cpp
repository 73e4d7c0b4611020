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
        offset_ = std::min(offset, offset_ + (arrived - adjusted_) / kFollowDivisor);
    }
    adjusted_ = arrived;
    last_ = std::max(last_, std::min(arrived, TimePoint(*pts + offset_)));
    return last_;
}

}  // namespace facet::source::live
