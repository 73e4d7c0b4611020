#pragma once
// Interrupt: how a thread that reads a camera is asked to stop, wherever it waits.

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/clock.h"

namespace facet::source::live {

/// Raised once, from any thread; never lowered.
class Interrupt {
public:
    void raise();
    bool is_raised() const { return raised_; }
    /// For those who can only poll (FFmpeg, while it waits for the network).
    const std::atomic<bool>& flag() const { return raised_; }
    /// Sleeps until then; true as soon as it is raised.
    bool wait_until(TimePoint time);

private:
    std::atomic<bool> raised_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
};

}  // namespace facet::source::live
