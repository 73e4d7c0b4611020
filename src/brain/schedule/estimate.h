#pragma once
// Estimate: what a job will probably cost, from what jobs like it have cost.

#include "base/clock.h"

namespace facet::brain {

/// Running mean and mean absolute deviation, after Jacobson, "Congestion Avoidance and Control" (SIGCOMM 1988): cheap,
/// follows change within some ten jobs, and knows its own spread. Pure.
class Estimate {
public:
    explicit Estimate(Nanoseconds initial) : mean_(initial), deviation_(initial / 2) {}

    void add(Nanoseconds cost);
    Nanoseconds mean() const { return mean_; }
    /// The mean and twice the deviation: few jobs take longer.
    Nanoseconds careful() const { return mean_ + 2 * deviation_; }

private:
    Nanoseconds mean_;
    Nanoseconds deviation_;
    bool measured_ = false;
};

}  // namespace facet::brain
