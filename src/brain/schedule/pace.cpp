#include "brain/schedule/pace.h"

#include <algorithm>

namespace facet::brain {

namespace {
constexpr double kBusyMax = 0.95;
constexpr double kBusyLow = 0.88;
constexpr auto kStepUp = std::chrono::milliseconds(5);
constexpr auto kStepDown = std::chrono::milliseconds(2);
}  // namespace

void Pace::step(double busy, bool was_late) {
    if (was_late || busy > kBusyMax)
        interval_ = std::min(interval_max_, interval_ + interval_ / 8 + kStepUp);
    else if (busy < kBusyLow)
        interval_ = std::max(Nanoseconds::zero(), interval_ - interval_ / 16 - kStepDown);
}

}  // namespace facet::brain
