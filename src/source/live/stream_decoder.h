#pragma once
// StreamDecoder: frames out of what FFmpeg receives.

#include "source/live/live_decoder.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"

namespace facet::source::live {

class StreamDecoder final : public LiveDecoder {
public:
    /// For what a UnitReader of this demuxer will read; the first packet must be a key.
    static Result<std::unique_ptr<LiveDecoder>> make(const ffmpeg::Demuxer& demuxer, LiveTimeline& timeline);

    Status decode(const LivePacket& packet, std::vector<FramePtr>& out) override;

private:
    StreamDecoder(ffmpeg::Decoder decoder, ffmpeg::Orientation orientation, LiveTimeline& timeline)
        : decoder_(std::move(decoder)), orientation_(orientation), frames_(timeline) {}

    ffmpeg::Decoder decoder_;
    ffmpeg::Converter converter_;
    ffmpeg::Orientation orientation_;
    LiveFrames frames_;
};

}  // namespace facet::source::live
