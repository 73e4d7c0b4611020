#include "wrap/ffmpeg/stream_parameters.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

Result<std::shared_ptr<const StreamParameters>> StreamParameters::of(const Demuxer& demuxer) {
    const AVStream& stream = demuxer.stream();
    AVCodecParameters* codec = avcodec_parameters_alloc();
    if (codec == nullptr || avcodec_parameters_copy(codec, stream.codecpar) < 0) {
        avcodec_parameters_free(&codec);
        return fail(ErrorCode::resource_exhausted, "{}: no memory for its parameters", demuxer.facts().path);
    }
    std::shared_ptr<StreamParameters> parameters(new StreamParameters());
    parameters->facts_ = demuxer.facts();
    parameters->codec_ = std::shared_ptr<const AVCodecParameters>(codec, [](const AVCodecParameters* held) {
        auto* owned = const_cast<AVCodecParameters*>(held);
        avcodec_parameters_free(&owned);
    });
    parameters->time_base_num_ = stream.time_base.num;
    parameters->time_base_den_ = stream.time_base.den;
    return std::shared_ptr<const StreamParameters>(std::move(parameters));
}

}  // namespace facet::ffmpeg
