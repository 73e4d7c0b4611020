#include "source/live/pacer.h"

#include <utility>

namespace facet::source::live {

namespace {
constexpr Nanoseconds kLeapMax = std::chrono::seconds(10);
}

TimePoint Pacer::due(std::optional<Nanoseconds> time, TimePoint now) {
    const Nanoseconds at = time.value_or(last_ + interval_);
    if (!std::exchange(begun_, true)) {
        last_due_ = now;
    } else {
        const bool leaps = std::exchange(spliced_, false) || at < last_ || at > last_ + kLeapMax;
        last_due_ += leaps ? interval_ : at - last_;
    }
    last_ = at;
    return last_due_;
}

}  // namespace facet::source::live
