#pragma once
// CompressedActivity: whether something happens in front of a camera, told by the sizes of its packets alone.

#include <array>
#include <cstddef>

#include "brain/schedule/packet_kind.h"

namespace facet::brain {

/// An encoder spends bytes where a picture differs from those before it. The logarithm of the size of each packet is
/// compared with the running level of its own kind; differences are summed up (Page, "Continuous inspection schemes",
/// Biometrika 1954), so that one packet far above its level and some a little above it both tell. Levels follow slowly, so
/// that what lasts becomes normal: leaves in the wind, rain, a camera that was turned. Key frames say how rich a picture is
/// and not how much of it moves: they do not count. Pure.
///
/// A camera that encodes at a constant rate shows little of what happens in the sizes of its packets; then this stays quiet
/// and the looks at key frames have to tell.
class CompressedActivity {
public:
    CompressedActivity();
    /// One packet, in the order of sending. True while something happens: from the packet on that tells.
    bool add(PacketKind kind, std::size_t bytes);
    bool is_active() const { return is_active_; }
    /// Whether looks have shown that something really happened when it last told so: false alarms make it wait for more, as
    /// encoders that fight for their rate give many.
    void confirm(bool happened);

private:
    struct Level {
        double mean = 0;  ///< of ln(bytes)
        double deviation = 0;
        int packets = 0;
    };
    std::array<Level, kPacketKinds> levels_{};
    double sum_ = 0;
    double limit_;
    bool is_active_ = false;
};

}  // namespace facet::brain
