#pragma once
// StreamHealth: whether what comes over a connection still means something.

#include <atomic>
#include <optional>
#include <string>

#include "base/clock.h"

namespace facet::source::live {

/// A camera that is switched to another codec may go on sending over the same connection, and FFmpeg reads on as if it were
/// the old one. Then packets come, but no more key frames, or none that decodes. A new connection asks anew what it is. So a
/// connection is given up when
///   - no key came for four times as long as ever before, at least 10 s (60 s where only one ever came), while packets do;
///   - 100 packets in a row gave no picture but errors.
/// Packets are told by one thread, results by another.
class StreamHealth {
public:
    static constexpr Nanoseconds kKeylessMax = std::chrono::seconds(10);
    static constexpr Nanoseconds kKeylessMaxUnknown = std::chrono::seconds(60);
    static constexpr int kFailuresMax = 100;

    void on_packet(bool is_key, TimePoint arrived);
    void on_decoded(bool gave_frames, bool failed);
    /// What is wrong, if something is.
    std::optional<std::string> trouble(TimePoint now) const;

private:
    std::optional<TimePoint> last_key_;
    TimePoint first_packet_{};
    bool has_packets_ = false;
    Nanoseconds longest_gap_{};  // between keys
    std::atomic<int> failures_{0};
};

}  // namespace facet::source::live
