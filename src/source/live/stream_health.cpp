#include "source/live/stream_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace facet::source::live {

void StreamHealth::on_packet(bool is_key, TimePoint arrived) {
    if (!std::exchange(has_packets_, true)) first_packet_ = arrived;
    if (!is_key) return;
    if (last_key_) longest_gap_ = std::max(longest_gap_, arrived - *last_key_);
    last_key_ = arrived;
}

void StreamHealth::on_decoded(bool gave_frames, bool failed) {
    if (gave_frames)
        failures_ = 0;
    else if (failed)
        ++failures_;
}

std::optional<std::string> StreamHealth::trouble(TimePoint now) const {
    if (failures_ >= kFailuresMax) return fmt::format("{} packets in a row cannot be decoded", kFailuresMax);
    if (!has_packets_) return std::nullopt;
    const Nanoseconds limit =
        longest_gap_ > Nanoseconds{} ? std::max<Nanoseconds>(kKeylessMax, 4 * longest_gap_) : kKeylessMaxUnknown;
    const Nanoseconds keyless = now - last_key_.value_or(first_packet_);
    if (keyless <= limit) return std::nullopt;
    return fmt::format("no key frame for {:.0f} s", seconds(keyless));
}

}  // namespace facet::source::live
