#pragma once
// Owners of FFmpeg's objects. FFmpeg's types are only declared here; its headers stay in this folder's .cpp files.

#include <memory>

struct AVBufferPool;
struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVIOContext;
struct AVPacket;
struct SwsContext;

namespace facet::ffmpeg {

struct HandleRelease {
    void operator()(AVBufferPool* pool) const;
    void operator()(AVCodecContext* codec) const;
    void operator()(AVFrame* frame) const;
    void operator()(AVPacket* packet) const;
    void operator()(SwsContext* scaler) const;
};
template <class Object>
using Handle = std::unique_ptr<Object, HandleRelease>;

/// Of a file that is written; closes it.
struct OutputRelease {
    void operator()(AVFormatContext* format) const;
};
using OutputHandle = std::unique_ptr<AVFormatContext, OutputRelease>;

}  // namespace facet::ffmpeg
