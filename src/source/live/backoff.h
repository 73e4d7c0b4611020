#pragma once
// Backoff: when to try again to reach a camera.

#include "base/clock.h"
#include "base/random.h"

namespace facet::source::live {

/// The first try comes at once. Then the waits double from 0.1 s to 2 s; a camera that has been away for 5 minutes is asked
/// every 30 s. Every wait is shortened by up to a quarter at random, so that a hundred cameras behind one switch do not come
/// back in one instant. Pure.
class Backoff {
public:
    explicit Backoff(std::uint64_t seed) : random_(seed) {}

    /// How long to wait before the next try, after one that failed at `now`.
    Nanoseconds next(TimePoint now);
    /// It was reached.
    void succeeded() { failures_ = 0; }

private:
    Random random_;
    int failures_ = 0;  // in a row
    TimePoint first_failure_{};
};

}  // namespace facet::source::live
