#pragma once
// RareWarning: one line for what may go wrong ten times a second for days.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"

namespace facet::engine {

/// The first is said at once, further ones once a minute with how many there were. Not thread-safe.
class RareWarning {
public:
    explicit RareWarning(Log& log) : log_(log) {}

    void warn(const std::string& what, TimePoint now) {
        ++unsaid_;
        if (said_ && now - *said_ < std::chrono::minutes(1)) return;
        if (unsaid_ > 1)
            log_.warning("{} ({} times since it was last said)", what, unsaid_);
        else
            log_.warning("{}", what);
        said_ = now;
        unsaid_ = 0;
    }

private:
    Log& log_;
    std::optional<TimePoint> said_;
    std::int64_t unsaid_ = 0;
};

}  // namespace facet::engine
