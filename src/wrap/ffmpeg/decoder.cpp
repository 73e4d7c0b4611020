#include "wrap/ffmpeg/decoder.h"

#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/times_internal.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

Result<Decoder> Decoder::open(const Demuxer& demuxer, int threads, std::int64_t pixels_max) {
    FACET_TRY(const auto stream, StreamParameters::of(demuxer));
    return open(*stream, threads, pixels_max, false);
}

Result<Decoder> Decoder::open_annex_b(const Demuxer& demuxer, int threads, std::int64_t pixels_max) {
    FACET_TRY(const auto stream, StreamParameters::of(demuxer));
    return open(*stream, threads, pixels_max, true);
}

Result<Decoder> Decoder::open(const StreamParameters& stream, int threads, std::int64_t pixels_max) {
    return open(stream, threads, pixels_max, false);
}

Result<Decoder> Decoder::open(const StreamParameters& stream, int threads, std::int64_t pixels_max, bool annex_b) {
    Decoder decoder;
    decoder.annex_b_ = annex_b;
    const AVCodecParameters& parameters = *stream.codec_;
    const std::string& path = stream.facts().path;
    const AVCodec* codec = avcodec_find_decoder(parameters.codec_id);
    if (codec == nullptr)
        return fail(ErrorCode::unsupported, "{}: this FFmpeg has no decoder for {}", path, stream.facts().codec);
    decoder.codec_.reset(avcodec_alloc_context3(codec));
    AVCodecContext& context = *decoder.codec_;
    const MessageScope messages;
    if (const int code = avcodec_parameters_to_context(&context, &parameters); code < 0)
        return messages.fail(path, "decode", code);
    if (annex_b && (parameters.codec_id == AV_CODEC_ID_H264 || parameters.codec_id == AV_CODEC_ID_HEVC)) {
        av_freep(&context.extradata);
        context.extradata_size = 0;
        context.has_b_frames = 0;
    }
    context.pkt_timebase = {stream.time_base_num_, stream.time_base_den_};
    context.thread_count = threads;
    context.max_pixels = pixels_max;
    if (const int code = avcodec_open2(&context, codec, nullptr); code < 0)
        return messages.fail(path, "open its decoder", code);
    decoder.time_base_num_ = stream.time_base_num_;
    decoder.time_base_den_ = stream.time_base_den_;
    return decoder;
}

Status Decoder::send(const Packet& packet, TimePoint arrived) {
    const MessageScope messages;
    codec_->reordered_opaque = arrived.time_since_epoch().count();
    const int code = avcodec_send_packet(codec_.get(), packet.packet_.get());
    if (code < 0) return fail(ErrorCode::corrupt, "{}", messages.describe(code));
    complained_ |= !messages.text().empty();
    return {};
}

Status Decoder::drain() {
    const MessageScope messages;
    const int code = avcodec_send_packet(codec_.get(), nullptr);
    if (code < 0) return fail(ErrorCode::corrupt, "{}", messages.describe(code));
    return {};
}

Result<Decoder::Next> Decoder::receive(DecodedFrame& out) {
    const MessageScope messages;
    if (!spare_) spare_.reset(av_frame_alloc());
    const int code = avcodec_receive_frame(codec_.get(), spare_.get());
    if (code == AVERROR(EAGAIN)) return Next::need_packet;
    if (code == AVERROR_EOF) return Next::end;
    if (code < 0) return fail(ErrorCode::corrupt, "{}", messages.describe(code));
    const AVFrame* frame = spare_.get();
    const AVRational time_base{time_base_num_, time_base_den_};
    // FFmpeg's best guess turns to decoding times where presentation times step back, as those of late frames do.
    const bool own = annex_b_ && frame->pts != AV_NOPTS_VALUE;
    out.pts = to_nanoseconds(own ? frame->pts : frame->best_effort_timestamp, time_base);
    out.duration = to_nanoseconds(frame->pkt_duration, time_base).value_or(Nanoseconds{});
    out.arrived = TimePoint(Nanoseconds(frame->reordered_opaque));
    complained_ |= !messages.text().empty();
    // FFmpeg's HEVC decoder marks no damaged frame; it only complains. Others mark, and complain of harmless things too.
    const bool complaint_counts = codec_->codec_id == AV_CODEC_ID_HEVC;
    out.is_concealed =
        frame->decode_error_flags != 0 || (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || (complaint_counts && complained_);
    complained_ = false;
    out.frame = std::shared_ptr<const AVFrame>(spare_.release(), [](const AVFrame* held) {
        auto* owned = const_cast<AVFrame*>(held);
        av_frame_free(&owned);
    });
    return Next::frame;
}

}  // namespace facet::ffmpeg
