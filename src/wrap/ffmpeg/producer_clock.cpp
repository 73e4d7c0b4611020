#include "wrap/ffmpeg/producer_clock.h"

namespace facet::ffmpeg {

namespace {
/// Of two reports: a sender's clock may be set by some milliseconds, but never by what a wrap lasts.
constexpr Nanoseconds kTolerance = std::chrono::seconds(1);
}  // namespace

WallTime ProducerClock::mend(WallTime said, Nanoseconds time, WallTime now) {
    Nanoseconds offset = said.time_since_epoch() - time;
    if (offset_) {
        const Nanoseconds leap = offset - *offset_;
        if (std::chrono::abs(leap - wrap_) < kTolerance) offset -= wrap_;
        if (std::chrono::abs(leap + wrap_) < kTolerance) offset += wrap_;
    } else {
        const Nanoseconds ahead = said - now;
        if (std::chrono::abs(ahead - wrap_) < std::chrono::abs(ahead)) offset -= wrap_;
        if (std::chrono::abs(ahead + wrap_) < std::chrono::abs(ahead)) offset += wrap_;
    }
    offset_ = offset;
    return WallTime(offset + time);
}

}  // namespace facet::ffmpeg
