#pragma once
// PacketKind: what the scheduler knows of a packet.

#include <cstddef>

namespace facet::brain {

/// What decoding a packet needs and what needs it.
enum class PacketKind {
    key,            ///< decodes alone
    forward,        ///< refers back only; later ones refer to it
    bidirectional,  ///< refers to later ones too; others refer to it
    disposable,     ///< nothing refers to it
};
inline constexpr std::size_t kPacketKinds = 4;

}  // namespace facet::brain
