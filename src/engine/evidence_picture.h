#pragma once
// A picture out of packets that are kept: the one of another stream that was taken when something happened.

#include <span>

#include "engine/packet_ring.h"
#include "media/picture.h"

namespace facet::engine {

/// Decodes the frame of `groups` (as PacketRing::cut() gives them) that was taken nearest to `captured`, on the caller's
/// thread, from its key on; packets that nothing refers to are left out on the way. When a packet's frame was taken follows
/// from its presentation time and the packets that were on their way for the least time. An Error where there is no such
/// frame, or where it is not there at `give_up`.
Result<Picture> picture_near(std::span<const PacketGroup> groups, TimePoint captured, TimePoint give_up);

}  // namespace facet::engine
