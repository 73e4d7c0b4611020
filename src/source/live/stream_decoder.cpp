#include "source/live/stream_decoder.h"

#include "source/file/pixels.h"
#include "source/file/video_file.h"

namespace facet::source::live {

Result<std::unique_ptr<LiveDecoder>> StreamDecoder::make(const ffmpeg::Demuxer& demuxer, LiveTimeline& timeline,
                                                         std::shared_ptr<StreamHealth> health) {
    FACET_TRY(auto decoder, ffmpeg::Decoder::open_annex_b(demuxer, 1, file::kPixelsMax));
    return std::unique_ptr<LiveDecoder>(
        new StreamDecoder(std::move(decoder), demuxer.facts().orientation, timeline, std::move(health)));
}

Status StreamDecoder::decode(const LivePacket& packet, std::vector<FramePtr>& out) {
    const std::size_t before = out.size();
    Status status = decode_packet(packet, out);
    if (health_) health_->on_decoded(out.size() > before, !status);
    return status;
}

Status StreamDecoder::decode_packet(const LivePacket& packet, std::vector<FramePtr>& out) {
    Nanoseconds began = thread_cpu_time();
    const auto& data = std::get<ffmpeg::Packet>(packet.content);
    if (packet.captured && data.time())
        frames_.set_clock(*data.time(), *packet.captured);
    else
        frames_.clear_clock();
    FACET_CHECK(decoder_.send(data, packet.arrived));
    ffmpeg::DecodedFrame decoded;
    while (true) {
        FACET_TRY(const auto next, decoder_.receive(decoded));
        if (next != ffmpeg::Decoder::Next::frame) return {};
        FACET_TRY(auto image, converter_.convert(decoded, orientation_));
        const Nanoseconds now = thread_cpu_time();
        out.push_back(frames_.make({file::to_picture(std::move(image)), decoded.pts, decoded.arrived, now - began}));
        began = now;
    }
}

}  // namespace facet::source::live
