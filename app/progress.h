#pragma once
// Progress on standard error: one line that is rewritten on a terminal, plain lines now and then otherwise.

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace facet::app {

/// Not thread-safe.
class Progress {
public:
    /// `unit` is what is counted: "frames", "pictures", "MB".
    explicit Progress(std::string_view unit);
    /// Removes the line that it left on a terminal.
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Call as often as you like; it prints at most 5 times a second on a terminal, and every 10 s otherwise.
    /// `expected` 0 = unknown.
    void update(std::int64_t done, std::int64_t expected);

private:
    std::string_view unit_;
    bool terminal_;
    bool shown_ = false;
    TimePoint began_;
    TimePoint printed_;
};

}  // namespace facet::app
