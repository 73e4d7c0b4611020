#pragma once
// CaptureClock: when a live frame was taken, on this machine's clock, out of timestamps of a clock that is not ours.

#include <optional>

#include "base/clock.h"

namespace facet::source::live {

/// A camera's clock drifts (200 ppm are 17 s a day), starts anywhere, wraps and is set; the network delays packets, never
/// hurries them. So the packet with the least delay of late tells where the camera's clock stands: the offset follows any
/// earlier arrival at once, and later ones by at most 1000 ppm. A stamp that is further than a second from where it should
/// be starts anew. Pure.
class CaptureClock {
public:
    /// The time of a frame with timestamp `pts` that arrived at `arrived`: not after `arrived`, and never before the last
    /// one unless it arrived before that (what is kept may be decoded later, or again).
    TimePoint capture(std::optional<Nanoseconds> pts, TimePoint arrived);
    /// How often the offset was started anew after the first time.
    int restarts() const { return restarts_; }

private:
    bool started_ = false;
    Nanoseconds offset_{};  // of least delay: arrival - pts
    TimePoint adjusted_{};
    TimePoint last_{};
    int restarts_ = 0;
};

}  // namespace facet::source::live
