#include "wrap/ffmpeg/handles.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

namespace facet::ffmpeg {

void HandleRelease::operator()(AVBufferPool* pool) const { av_buffer_pool_uninit(&pool); }
void HandleRelease::operator()(AVCodecContext* codec) const { avcodec_free_context(&codec); }
void HandleRelease::operator()(AVFrame* frame) const { av_frame_free(&frame); }
void HandleRelease::operator()(AVPacket* packet) const { av_packet_free(&packet); }
void HandleRelease::operator()(SwsContext* scaler) const { sws_freeContext(scaler); }

void OutputRelease::operator()(AVFormatContext* format) const {
    if (format->pb != nullptr) avio_closep(&format->pb);
    avformat_free_context(format);
}

}  // namespace facet::ffmpeg
