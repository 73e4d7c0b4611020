#pragma once
// LiveDecoder: frames out of the packets of one connection, as they are asked for.

#include <optional>
#include <vector>

#include "media/picture.h"
#include "source/live/capture_clock.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/unit_reader.h"

namespace facet::source::live {

/// One compressed unit of a camera.
struct LivePacket {
    ffmpeg::Packet data;
    ffmpeg::Unit unit;
    TimePoint arrived{};
};

/// Where a camera's frames stand in time, over all its connections.
struct LiveTimeline {
    std::optional<TimePoint> first;  ///< capture of the first frame
    TimePoint last{};                ///< capture of the latest one: times never step back
    std::int64_t frames = 0;
};

/// Not thread-safe; used by one worker at a time. Starts no thread.
class LiveDecoder {
public:
    /// `timeline` is the camera's and outlives the decoder; of the decoders of a camera one works at a time.
    LiveDecoder(ffmpeg::Decoder decoder, ffmpeg::Orientation orientation, LiveTimeline& timeline)
        : decoder_(std::move(decoder)), orientation_(orientation), timeline_(timeline) {}

    /// Decodes one packet and appends the frames that come out: none, one, or more where they were held back. Packets may be
    /// left out as their kinds allow. Frame::t and ::captured follow the camera's clock (CaptureClock). An Error concerns
    /// this packet; nothing that refers to it will decode before the next key frame.
    Status decode(const LivePacket& packet, std::vector<FramePtr>& out);

    /// Frames whose parts were lost and guessed, so far.
    std::int64_t concealed() const { return concealed_; }

private:
    FramePtr make_frame(ffmpeg::DecodedFrame& decoded, Picture picture, Nanoseconds cost);

    ffmpeg::Decoder decoder_;
    ffmpeg::Converter converter_;
    ffmpeg::Orientation orientation_;
    CaptureClock clock_;
    LiveTimeline& timeline_;
    std::int64_t concealed_ = 0;
};

}  // namespace facet::source::live
