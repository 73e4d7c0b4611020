#pragma once
// StreamDecoder: frames out of what FFmpeg receives.

#include <memory>

#include "source/live/live_decoder.h"
#include "source/live/stream_health.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"

namespace facet::source::live {

class StreamDecoder final : public LiveDecoder {
public:
    /// For what a UnitReader of this demuxer will read; the first packet must be a key. `health` (optional) is told of
    /// results.
    static Result<std::unique_ptr<LiveDecoder>> make(const ffmpeg::Demuxer& demuxer, LiveTimeline& timeline,
                                                     std::shared_ptr<StreamHealth> health);

    Status decode(const LivePacket& packet, std::vector<FramePtr>& out) override;

private:
    StreamDecoder(ffmpeg::Decoder decoder, ffmpeg::Orientation orientation, LiveTimeline& timeline,
                  std::shared_ptr<StreamHealth> health)
        : decoder_(std::move(decoder)), orientation_(orientation), frames_(timeline), health_(std::move(health)) {}
    Status decode_packet(const LivePacket& packet, std::vector<FramePtr>& out);

    ffmpeg::Decoder decoder_;
    ffmpeg::Converter converter_;
    ffmpeg::Orientation orientation_;
    LiveFrames frames_;
    std::shared_ptr<StreamHealth> health_;
};

}  // namespace facet::source::live
