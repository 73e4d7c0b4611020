#pragma once
// ProducerClock: the sender's wall clock of RTP packets, as FFmpeg tells it, mended.

#include <optional>

#include "base/clock.h"

namespace facet::ffmpeg {

/// FFmpeg reckons the wall clock of a packet from the latest sender report by the difference of two 32-bit timestamps, which
/// it does not take modulo 2^32 (rtpdec.c, rtp_set_prft): from where they wrap to the next report it is off by 2^32 ticks,
/// 13 hours at 90 kHz. Wall clock and unwrapped stream time keep step, so that leap shows and is undone; of the first packet
/// it is undone where that comes nearer to this machine's clock. Pure.
class ProducerClock {
public:
    /// `wrap`: what 2^32 of the stream's timestamps last.
    explicit ProducerClock(Nanoseconds wrap) : wrap_(wrap) {}

    /// What the sender's clock showed at stream time `time`, where FFmpeg says `said`; `now` by this machine's clock.
    WallTime mend(WallTime said, Nanoseconds time, WallTime now);

private:
    Nanoseconds wrap_;
    std::optional<Nanoseconds> offset_;  // of the last packet: wall clock - stream time
};

}  // namespace facet::ffmpeg
