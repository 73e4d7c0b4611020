#pragma once
// DamageList: what went wrong in one stream, counted by cause.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.h"

namespace facet::source::file {

/// The causes that sources of files count.
inline constexpr std::string_view kCorruptPacket =
    "corrupt_packet";  ///< bytes that cannot be decoded; their frame is missing
inline constexpr std::string_view kConcealedFrame = "concealed_frame";  ///< a frame of which parts were guessed
inline constexpr std::string_view kTruncated = "truncated";             ///< the file ends before its content does
inline constexpr std::string_view kTimestamp = "timestamp";             ///< a time that could not be used as it is
inline constexpr std::string_view kCorruptPicture = "corrupt_picture";  ///< a picture of a folder that cannot be decoded

/// Keeps the first message of each cause.
class DamageList {
public:
    void add(std::string_view cause, std::string message) {
        for (Damage& damage : list_) {
            if (damage.cause != cause) continue;
            ++damage.count;
            return;
        }
        list_.push_back({std::string(cause), std::move(message), 1});
    }
    std::span<const Damage> list() const { return list_; }

private:
    std::vector<Damage> list_;
};

}  // namespace facet::source::file
