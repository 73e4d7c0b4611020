#pragma once
// Event F1: whether the right things were reported, once, at about the right time and in the right direction.
//
// True and reported events of one kind (rule and direction) are matched one to one where their times lie within the
// tolerance. The matching has the most pairs, and among those the smallest sum of time differences.

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace facet::quality {

/// What is compared of an event.
struct TimedEvent {
    Nanoseconds t{};
    std::string kind;  ///< equal or no pair: rule, type and direction, as the caller joins them
    /// Its own tolerance on either side, where the truth states one; negative = the call's.
    Nanoseconds tolerance{-1};
};

struct EventMatch {
    std::vector<std::pair<std::size_t, std::size_t>> pairs;  ///< index in truth, index in found; by truth
    std::size_t missed = 0;
    std::size_t invented = 0;
    double precision = 0;  ///< 1 where nothing was reported and nothing was to be
    double recall = 0;
    double f1 = 0;
};

EventMatch match_events(std::span<const TimedEvent> truth, std::span<const TimedEvent> found,
                        Nanoseconds tolerance = std::chrono::seconds(1));

}  // namespace facet::quality
