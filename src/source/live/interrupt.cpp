#include "source/live/interrupt.h"

namespace facet::source::live {

void Interrupt::raise() {
    {
        const std::lock_guard lock(mutex_);
        raised_ = true;
    }
    changed_.notify_all();
}

bool Interrupt::wait_until(TimePoint time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, time, [this] { return raised_.load(); });
}

}  // namespace facet::source::live
