#include "wrap/ffmpeg/codecs.h"

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace facet::ffmpeg {

std::vector<CodecSupport> codecs() {
    constexpr AVCodecID kCodecs[] = {AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,  AV_CODEC_ID_AV1,
                                     AV_CODEC_ID_VP9,  AV_CODEC_ID_MPEG4, AV_CODEC_ID_MJPEG};
    std::vector<CodecSupport> found;
    for (const AVCodecID codec : kCodecs)
        found.push_back(
            {avcodec_get_name(codec), avcodec_find_decoder(codec) != nullptr, avcodec_find_encoder(codec) != nullptr});
    return found;
}

}  // namespace facet::ffmpeg
