#include "source/file/timeline.h"

#include <algorithm>

#include "base/assert.h"

namespace facet::source::file {

namespace {
constexpr Nanoseconds kStepBackMax = std::chrono::seconds(1);
constexpr Nanoseconds kLeapMax = std::chrono::hours(24);
constexpr Nanoseconds kDurationMax = std::chrono::hours(1);
constexpr Nanoseconds kTimeMax{std::int64_t{1} << 61};  // sums with a wall clock stay within 64 bits
}  // namespace

Timeline::Stamp Timeline::next(std::optional<Nanoseconds> pts, Nanoseconds duration) {
    FACET_ASSERT(!pts || (*pts <= kTimeMax && *pts >= -kTimeMax));
    Stamp stamp;
    const Nanoseconds expected = std::min(t_last_ + step_, kTimeMax);
    if (!started_) {
        origin_ = pts.value_or(Nanoseconds{});
        started_ = true;
    } else if (!pts) {
        stamp.t = expected;
    } else {
        stamp.t = *pts - origin_;
        const Nanoseconds step = stamp.t - t_last_;
        stamp.repaired = step < Nanoseconds{} || step > kLeapMax || stamp.t > kTimeMax;
        if (stamp.repaired && step < Nanoseconds{} && step >= -kStepBackMax) {
            stamp.t = t_last_;
        } else if (stamp.repaired) {
            stamp.t = expected;
            origin_ = *pts - stamp.t;
        }
    }
    stamp.pts = pts.value_or(origin_ + stamp.t);
    t_last_ = stamp.t;
    step_ = duration > Nanoseconds{} && duration <= kDurationMax ? duration : interval_;
    return stamp;
}

}  // namespace facet::source::file
