#include "source/live/backoff.h"

#include <algorithm>

namespace facet::source::live {

namespace {
constexpr Nanoseconds kFirst = std::chrono::milliseconds(100);
constexpr Nanoseconds kSoonMax = std::chrono::seconds(2);
constexpr Nanoseconds kLater = std::chrono::seconds(30);
constexpr Nanoseconds kLaterAfter = std::chrono::minutes(5);
constexpr int kDoublingsMax = 10;
}  // namespace

Nanoseconds Backoff::next(TimePoint now) {
    if (failures_ == 0) first_failure_ = now;
    const Nanoseconds doubled = kFirst * (1 << std::min(failures_, kDoublingsMax));
    ++failures_;
    const Nanoseconds wait = now - first_failure_ >= kLaterAfter ? kLater : std::min(doubled, kSoonMax);
    return wait - from_seconds(seconds(wait) * 0.25 * random_.uniform());
}

}  // namespace facet::source::live
