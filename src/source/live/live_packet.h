#pragma once
// LivePacket: one compressed unit of a camera, of whatever kind.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "base/clock.h"
#include "base/result.h"
#include "wrap/ffmpeg/demuxer.h"
#include "wrap/ffmpeg/unit_reader.h"

namespace facet::source::live {

/// A picture as it stands in a file: JPEG or PNG.
struct PictureFile {
    std::shared_ptr<const std::string> bytes;
};

/// A frame of a synthetic scene, not rendered yet.
struct SceneFrame {
    std::int64_t number = 0;
};

struct LivePacket {
    std::variant<std::monostate, ffmpeg::Packet, PictureFile, SceneFrame> content;
    /// Of a packet of a stream as the demuxer gave it, where that is wanted: for files, not for decoders.
    std::optional<ffmpeg::Packet> original;
    ffmpeg::Unit unit;
    TimePoint arrived{};
    /// When it was taken by the camera's own wall clock, where that is known and plausible (CameraClock).
    std::optional<TimePoint> captured;

    /// How much it compressed to; 0 of what is not compressed.
    std::size_t bytes() const;
    /// Another owner of the same content, which is not copied; without `original`.
    Result<LivePacket> reference() const;
};

}  // namespace facet::source::live
