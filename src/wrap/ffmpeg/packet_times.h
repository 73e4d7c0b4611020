#pragma once
// PacketTimes: timestamps as a file needs them, out of those that cameras give.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"

namespace facet::ffmpeg {

/// A packet's times as the camera has them.
struct GivenTimes {
    std::optional<Nanoseconds> shown;    ///< presentation
    std::optional<Nanoseconds> decoded;  ///< decoding
};

/// In ticks of 1/90000 s.
struct PlacedTimes {
    std::int64_t shown = 0;
    std::int64_t decoded = 0;
    std::int64_t duration = 0;
    bool operator==(const PlacedTimes&) const = default;
};

/// The times of one file. The first packet is shown at 0 (and decoded before that where others are shown before their
/// turn); decoding times grow from packet to packet, none is later than its packet's presentation, and differences are kept
/// wherever that allows. Missing decoding times (RTSP knows none) follow from the presentation times: in their order, as
/// early as the frames that are shown before their turn ask. A leap (the camera's clock was set, a file began again, more
/// than 10 s are missing) is closed. Pure.
class PacketTimes {
public:
    static constexpr std::int64_t kTicksPerSecond = 90'000;

    /// The next packets, in their order. A run is a group that begins with a key, or a part of one.
    std::vector<PlacedTimes> place(std::span<const GivenTimes> run);

private:
    std::optional<std::int64_t> offset_;  // from the camera's ticks to ours
    std::int64_t decoded_last_ = 0;
    std::int64_t shown_given_ = 0;                  // of the last packet, before the offset
    std::int64_t interval_ = kTicksPerSecond / 25;  // between the latest two packets
};

}  // namespace facet::ffmpeg
