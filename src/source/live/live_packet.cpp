#include "source/live/live_packet.h"

#include <utility>

namespace facet::source::live {

std::size_t LivePacket::bytes() const {
    if (const auto* packet = std::get_if<ffmpeg::Packet>(&content)) return packet->bytes();
    if (const auto* picture = std::get_if<PictureFile>(&content)) return picture->bytes->size();
    return 0;
}

Result<LivePacket> LivePacket::reference() const {
    LivePacket other;
    other.unit = unit;
    other.arrived = arrived;
    other.captured = captured;
    if (const auto* packet = std::get_if<ffmpeg::Packet>(&content)) {
        FACET_TRY(auto same, packet->reference());
        other.content = std::move(same);
    } else if (const auto* picture = std::get_if<PictureFile>(&content)) {
        other.content = *picture;
    } else if (const auto* scene = std::get_if<SceneFrame>(&content)) {
        other.content = *scene;
    }
    return other;
}

}  // namespace facet::source::live
