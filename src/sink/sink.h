#pragma once
// Sink: where results go. One folder per implementation; each exports one SinkInfo, listed in app/builtins.cpp.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/event.h"
#include "media/observation.h"
#include "media/picture.h"
#include "media/track.h"

namespace facet::sink {

/// One object as written: a detection after threshold and NMS, with its track's id where that is confirmed.
struct ObjectRecord {
    const Detection* detection = nullptr;
    std::string_view label;
    std::int64_t track = 0;  ///< 0 = none
};

/// Everything that one frame gave, in order. Borrowed for the duration of the call.
struct FrameRecord {
    std::string_view camera;
    std::string_view source;  ///< path or address without secrets; the picture's path for stills
    Size size;
    Nanoseconds t{};
    std::int64_t sequence = 0;
    bool detected = false;  ///< a detecting expert ran on this frame
    std::span<const ObjectRecord> objects;
    std::span<const Track> tracks;  ///< confirmed ones seen on this frame
    std::span<const Event> events;
    const Picture* overlay = nullptr;  ///< finished picture with drawings, where the sink asked for one
};

/// Used by one thread at a time. Written in the order of decision, one camera after the other within a frame.
class Sink {
public:
    virtual ~Sink() = default;
    virtual bool wants_overlay() const { return false; }
    virtual Status write(const FrameRecord& record) = 0;
    /// Everything written is complete and stands under its final name, or an Error where a byte of it was lost, however long
    /// ago. Called at the end, also after an interruption; once it has succeeded, a further call does nothing.
    virtual Status finish() = 0;
};

struct SinkInfo {
    std::string_view name;  ///< "events", "detections", "tracks", "overlay": also the option of `facet analyze`
    std::string_view summary;
    Result<std::unique_ptr<Sink>> (*create)(const std::string& path);
    /// Adds to what is there, for runs that never end; null where the format has an end.
    Result<std::unique_ptr<Sink>> (*append)(const std::string& path) = nullptr;
};

}  // namespace facet::sink
