#pragma once
// Source: where frames come from. One folder per implementation; each exports one SourceInfo, listed in app/builtins.cpp.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/options.h"
#include "media/picture.h"

namespace facet::source {

/// What is known of a stream before its first frame. Unknown values are 0 or empty.
struct SourceFacts {
    Size size;  ///< as shown: after rotation
    double frames_per_second = 0;
    std::int64_t frames = 0;  ///< expected number of frames; an estimate for progress only
    std::string codec;        ///< "h264", "synthetic", "jpeg"
    Colour colour;
    WallTime started{};     ///< wall clock of the first frame: creation_time of a file, else 1970-01-01
    bool is_still = false;  ///< pictures of a folder: no time between them, no tracking
};

/// Something that went wrong in a stream and did not end it.
struct Damage {
    std::string cause;    ///< bounded set of words for counting: "corrupt_packet", "truncated", "timestamp"
    std::string message;  ///< for people, names the file
    std::int64_t count = 0;
};

/// A stream of frames, pulled. Not thread-safe: one caller at a time, from any thread (so that a worker can decode the next
/// frame of whichever camera needs it). Holds no thread of its own.
class Source {
public:
    virtual ~Source() = default;
    virtual const SourceFacts& facts() const = 0;
    /// The next frame in presentation order, or null at the end. A stream that is damaged gives what can be decoded, counts
    /// the damage and goes on; an Error means that nothing more will come.
    virtual Result<FramePtr> next() = 0;
    virtual std::span<const Damage> damage() const = 0;
};

/// `address` is a path or an address with a scheme, without its "NAME:" prefix checked.
struct SourceInfo {
    std::string_view name;  ///< "file", "synthetic"
    std::string_view summary;
    std::span<const config::OptionRow> options;  ///< what may stand behind "?" of the address: "synthetic:street?seed=1"
    bool (*takes)(std::string_view address);     ///< the first of the list that takes an address opens it
    Result<std::unique_ptr<Source>> (*open)(std::string_view address);
};

}  // namespace facet::source
