#pragma once
// Pace: how far apart the results of one camera are while the cores cannot give every frame one.

#include <algorithm>

#include "base/clock.h"

namespace facet::brain {

/// Additive and multiplicative steps up under pressure, slow steps down without (Chiu and Jain, "Analysis of the Increase
/// and Decrease Algorithms for Congestion Avoidance", 1989): cameras share what there is evenly instead of the first taking
/// all. Pure.
class Pace {
public:
    explicit Pace(Nanoseconds interval_max) : interval_max_(interval_max) {}

    /// No longer interval than this, from now on.
    void limit(Nanoseconds interval_max) {
        interval_max_ = interval_max;
        interval_ = std::min(interval_, interval_max);
    }
    /// Of the time since the last step: the share of the workers' time that was used (0..1), and whether anything came too
    /// late.
    void step(double busy, bool was_late);
    /// Least time between the frames of two results of one camera; zero = every frame may have one.
    Nanoseconds interval() const { return interval_; }

private:
    Nanoseconds interval_max_;
    Nanoseconds interval_{};
};

}  // namespace facet::brain
