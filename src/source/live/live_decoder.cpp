#include "source/live/live_decoder.h"

#include <algorithm>

#include "source/file/pixels.h"

namespace facet::source::live {

Status LiveDecoder::decode(const LivePacket& packet, std::vector<FramePtr>& out) {
    Nanoseconds began = thread_cpu_time();
    FACET_CHECK(decoder_.send(packet.data, packet.arrived));
    ffmpeg::DecodedFrame decoded;
    while (true) {
        FACET_TRY(const auto next, decoder_.receive(decoded));
        if (next != ffmpeg::Decoder::Next::frame) return {};
        FACET_TRY(auto image, converter_.convert(decoded, orientation_));
        const Nanoseconds now = thread_cpu_time();
        out.push_back(make_frame(decoded, file::to_picture(std::move(image)), now - began));
        began = now;
    }
}

FramePtr LiveDecoder::make_frame(ffmpeg::DecodedFrame& decoded, Picture picture, Nanoseconds cost) {
    if (decoded.is_concealed) ++concealed_;
    const TimePoint capture = std::max(timeline_.last, clock_.capture(decoded.pts, decoded.arrived));
    timeline_.last = capture;
    if (!timeline_.first) timeline_.first = capture;
    auto frame = std::make_shared<Frame>();
    frame->picture = std::move(picture);
    frame->sequence = timeline_.frames++;
    frame->t = capture - *timeline_.first;
    frame->pts = decoded.pts.value_or(frame->t);
    frame->captured = wall_now() - (monotonic_now() - capture);
    frame->arrived = decoded.arrived;
    frame->decode_cost = cost;
    return frame;
}

}  // namespace facet::source::live
