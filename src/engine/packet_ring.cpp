#include "engine/packet_ring.h"

#include <algorithm>
#include <utility>

namespace facet::engine {

void PacketRing::begin(StreamPtr stream) {
    const std::lock_guard lock(mutex_);
    stream_ = std::move(stream);
    needs_key_ = true;
}

void PacketRing::drop_front() {
    for (const auto& packet : groups_.front().packets) bytes_ -= packet->bytes + kPacketOverhead;
    groups_.pop_front();
}

void PacketRing::put(KeptPacketPtr packet) {
    const std::lock_guard lock(mutex_);
    latest_ = packet->arrived;
    if (packet->is_key) {
        groups_.push_back({stream_, {}});
        needs_key_ = false;
    }
    if (needs_key_) return;
    bytes_ += packet->bytes + kPacketOverhead;
    groups_.back().packets.push_back(std::move(packet));
    const auto is_too_old = [this] { return groups_[1].packets.front()->arrived <= *latest_ - span_; };
    while (groups_.size() > 1 && is_too_old()) drop_front();
    while (bytes_ > bytes_max_) {
        dropped_ = groups_.front().packets.back()->arrived;
        drop_front();
        needs_key_ = groups_.empty();
    }
}

std::vector<PacketGroup> PacketRing::cut(TimePoint first, TimePoint at, TimePoint last) const {
    const std::lock_guard lock(mutex_);
    const auto begins_after = [](TimePoint time, const PacketGroup& group) { return time < group.packets.front()->arrived; };
    const auto group_at = [&](TimePoint time) {  // the last that begins at that time or before, else the oldest
        const auto after = std::upper_bound(groups_.begin(), groups_.end(), time, begins_after);
        return after == groups_.begin() ? after : after - 1;
    };
    std::vector<PacketGroup> out;
    if (groups_.empty()) return out;
    const StreamPtr& stream = group_at(at)->stream;
    for (auto group = group_at(first); group != groups_.end() && group->packets.front()->arrived <= last; ++group) {
        if (group->stream != stream) continue;
        PacketGroup& copy = out.emplace_back(*group);
        while (copy.packets.back()->arrived > last) copy.packets.pop_back();
    }
    return out;
}

std::optional<TimePoint> PacketRing::latest() const {
    const std::lock_guard lock(mutex_);
    return latest_;
}

std::size_t PacketRing::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

bool PacketRing::lacks_room_since(TimePoint time) const {
    const std::lock_guard lock(mutex_);
    return dropped_ && *dropped_ >= time;
}

}  // namespace facet::engine
