#pragma once
// RunningMedian: of the numbers of the latest while.

#include <algorithm>
#include <deque>
#include <vector>

#include "base/clock.h"

namespace facet::scene {

class RunningMedian {
public:
    explicit RunningMedian(Nanoseconds window) : window_(window) {}

    /// The median of the values of (t - window, t], this one included: the upper of the middle two where their number is
    /// even, because detectors miss more objects than they invent. Times never decrease. At most the latest 1024 values.
    int add(Nanoseconds t, WallTime time, int value) {
        values_.push_back({t, time, value});
        while (values_.front().t <= t - window_ || values_.size() > kValuesMax) values_.pop_front();
        sorted_.clear();
        for (const auto& timed : values_) sorted_.push_back(timed.value);
        const auto middle = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() / 2);
        std::nth_element(sorted_.begin(), middle, sorted_.end());
        return *middle;
    }

    struct Timed {
        Nanoseconds t;
        WallTime time;
        int value;
    };
    /// The first later than `after` of the values of the latest half of the window that is `value`, or else the latest of
    /// all: when a median that has changed to `value` began to do so.
    const Timed& since(int value, Nanoseconds after) const {
        const Nanoseconds from = values_.back().t - window_ / 2;
        for (const auto& timed : values_)
            if (timed.t >= from && timed.t > after && timed.value == value) return timed;
        return values_.back();
    }

private:
    static constexpr std::size_t kValuesMax = 1024;
    Nanoseconds window_;
    std::deque<Timed> values_;
    std::vector<int> sorted_;
};

}  // namespace facet::scene
