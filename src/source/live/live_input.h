#pragma once
// LiveInput: the compressed packets of a camera as they come. Receiving is cheap and never waits for decoding.

#include <memory>
#include <string>

#include "base/result.h"
#include "source/live/interrupt.h"
#include "source/live/live_decoder.h"
#include "source/source.h"

namespace facet::source::live {

struct LiveInputOptions {
    bool loop = false;                ///< files only: start again at the end
    bool without_reordering = false;  ///< bidirectional packets will not be decoded: the others come out at once
};

/// One connection to a camera, or a file played at its own pace. Used by one thread, which it blocks; `interrupt` frees it.
class LiveInput {
public:
    /// Files, and network addresses that FFmpeg reads live: rtsp, rtsps, http, https. Errors name the address without its
    /// password.
    static Result<std::unique_ptr<LiveInput>> open(const std::string& address, const LiveInputOptions& options,
                                                   Interrupt& interrupt);

    const SourceFacts& facts() const { return facts_; }
    /// The next packet, when it arrives; of a file, when it is due. False at the end of a file and after the interrupt. An
    /// Error means that the connection is lost.
    Result<bool> read(LivePacket& packet);
    /// A decoder for what read() gives from now on; the first packet it gets must be a key.
    Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const;

private:
    LiveInput(ffmpeg::Demuxer demuxer, ffmpeg::UnitReader units, bool is_file, const LiveInputOptions& options,
              Interrupt& interrupt);
    TimePoint due(const ffmpeg::Packet& packet);

    ffmpeg::Demuxer demuxer_;
    ffmpeg::UnitReader units_;
    SourceFacts facts_;
    Interrupt& interrupt_;
    bool is_file_;
    LiveInputOptions options_;
    TimePoint started_{};  // when the packet of origin_ was due
    std::optional<Nanoseconds> origin_;
    Nanoseconds last_{};  // decoding time of the last packet
    Nanoseconds interval_;
};

/// The address with its password replaced by "***": for everything that people or other programs read.
std::string without_secrets(const std::string& address);

}  // namespace facet::source::live
