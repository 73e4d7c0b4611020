#pragma once
// LiveInput: the compressed packets of a camera as they come. Receiving is cheap and never waits for decoding.

#include <memory>
#include <string>

#include "base/result.h"
#include "source/live/interrupt.h"
#include "source/live/live_decoder.h"
#include "source/source.h"
#include "wrap/ffmpeg/stream_parameters.h"

namespace facet::source::live {

struct LiveInputOptions {
    bool loop = false;                ///< files and scenes only: start again at the end
    bool without_reordering = false;  ///< bidirectional packets will not be decoded: the others come out at once
    Nanoseconds poll{};               ///< http(s) only: a single picture is fetched this often; 0 = it is a stream
    bool keep_originals = false;      ///< fill LivePacket::original: costs a reference, no bytes
};

/// One connection to a camera, or something that is played at its own pace. Used by one thread, which it blocks; the
/// interrupt that it was opened with frees it. One file an implementation.
class LiveInput {
public:
    /// What is wrong with an address, as far as that shows without opening anything.
    static Status check(const std::string& address, const LiveInputOptions& options);
    /// By the address: rtsp, rtsps, http, https (stream_input.h; picture_input.h where they are polled), synthetic
    /// (synthetic_input.h), /dev/* (device_input.h), a session description "*.sdp" (stream_input.h), else a file
    /// (file_input.h). The interrupt outlives the input. Errors name the address without its password.
    static Result<std::unique_ptr<LiveInput>> open(const std::string& address, const LiveInputOptions& options,
                                                   Interrupt& interrupt);
    virtual ~LiveInput() = default;

    virtual const SourceFacts& facts() const = 0;
    /// The next packet, when it arrives; of what is played, when it is due. False at the end of that and after the
    /// interrupt. An Error means that the connection is lost.
    virtual Result<bool> read(LivePacket& packet) = 0;
    /// A decoder for what read() gives from now on; the first packet it gets must be a key. `timeline` is the camera's and
    /// outlives the decoder, which outlives the input where it has to.
    virtual Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const = 0;
    /// (optional) For those who decode or write LivePacket::original; null where packets have none.
    virtual Result<std::shared_ptr<const ffmpeg::StreamParameters>> parameters() const {
        return std::shared_ptr<const ffmpeg::StreamParameters>();
    }
    /// (optional) Something about this connection that people should know, said once; else "".
    virtual std::string take_notice() { return {}; }
};

}  // namespace facet::source::live
