#pragma once
// PacketRing: the latest compressed packets of a camera, for clips and pictures of what has just been.

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "wrap/ffmpeg/stream_parameters.h"

namespace facet::engine {

using StreamPtr = std::shared_ptr<const ffmpeg::StreamParameters>;

/// A packet as its camera sent it. Immutable once made; shared by whoever keeps it.
struct KeptPacket {
    ffmpeg::Packet data;  ///< as the demuxer gave it
    std::size_t bytes = 0;
    bool is_key = false;         ///< decoding may begin here
    bool is_disposable = false;  ///< no other refers to it
    TimePoint arrived{};
};
using KeptPacketPtr = std::shared_ptr<const KeptPacket>;

/// Packets in their order, the first a key and the only one, of one connection.
struct PacketGroup {
    StreamPtr stream;
    std::vector<KeptPacketPtr> packets;
};

/// Bounded by time and by bytes: the oldest whole groups go first; a group that is larger than the bound by itself goes as
/// soon as it is, and what follows is not kept before the next key. Thread-safe: one thread puts, others look.
class PacketRing {
public:
    /// Keeps what arrived within `span` before the latest packet, and what it needs to be decoded, in at most `bytes_max`
    /// (a packet counts as its bytes and `kPacketOverhead`).
    PacketRing(Nanoseconds span, std::size_t bytes_max) : span_(span), bytes_max_(bytes_max) {}
    static constexpr std::size_t kPacketOverhead = 512;

    /// A connection begins: the packets from now on are of `stream`.
    void begin(StreamPtr stream);
    void put(KeptPacketPtr packet);

    /// From the last key that arrived at `first` or before (else the oldest) to the last packet that arrived at `last` or
    /// before, of the connection that stood at `at`. The newest group may be cut.
    std::vector<PacketGroup> cut(TimePoint first, TimePoint at, TimePoint last) const;
    /// When the newest packet arrived.
    std::optional<TimePoint> latest() const;
    std::size_t bytes() const;
    /// Whether packets that arrived at `time` or later are missing because there was no room for them.
    bool lacks_room_since(TimePoint time) const;

private:
    void drop_front();

    const Nanoseconds span_;
    const std::size_t bytes_max_;
    mutable std::mutex mutex_;  // guards what follows
    StreamPtr stream_;
    std::deque<PacketGroup> groups_;
    bool needs_key_ = true;
    std::size_t bytes_ = 0;
    std::optional<TimePoint> latest_;
    std::optional<TimePoint> dropped_;  // the latest of those for which there was no room
};

}  // namespace facet::engine
