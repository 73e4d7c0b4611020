#pragma once
// Lasting: a state that follows a condition once that has held for a while.

#include <optional>

#include "base/clock.h"

namespace facet::scene {

/// Begins as false. It changes when the condition has differed from it at every update for at least `after`.
class Lasting {
public:
    /// Whether the state has changed.
    bool update(bool condition, Nanoseconds t, Nanoseconds after) {
        if (condition == state_) {
            differs_since_.reset();
            return false;
        }
        if (!differs_since_) differs_since_ = t;
        if (t - *differs_since_ < after) return false;
        state_ = condition;
        differs_since_.reset();
        return true;
    }
    bool state() const { return state_; }

private:
    bool state_ = false;
    std::optional<Nanoseconds> differs_since_;
};

}  // namespace facet::scene
