// bench_bare VIDEO MODEL [auto|f32|bf16|f16]: the cost of a frame's three unavoidable parts, each alone on one thread with
// nothing around it: decoding (libavcodec), picture to tensor, inference. Prints one JSON line; bench/analyze.py divides
// two cores by their sum to get the ideal rate.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "app/builtins.h"
#include "app/cache.h"
#include "base/clock.h"
#include "expert/runner.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet {
namespace {

/// CPU seconds a frame of demuxing and decoding the whole file with one thread, and the number of frames.
Result<std::pair<double, int>> bare_decode(const char* path) {
    AVFormatContext* format = nullptr;
    if (avformat_open_input(&format, path, nullptr, nullptr) < 0)
        return fail(ErrorCode::not_found, "{}: cannot be opened", path);
    avformat_find_stream_info(format, nullptr);
    const AVCodec* codec = nullptr;
    const int stream = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (stream < 0) return fail(ErrorCode::corrupt, "{}: no video stream", path);
    AVCodecContext* decoder = avcodec_alloc_context3(codec);
    avcodec_parameters_to_context(decoder, format->streams[stream]->codecpar);
    decoder->thread_count = 1;
    avcodec_open2(decoder, codec, nullptr);
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    int frames = 0;
    const Nanoseconds began = thread_cpu_time();
    bool more = true;
    while (more) {
        more = av_read_frame(format, packet) >= 0;
        if (more && packet->stream_index != stream) {
            av_packet_unref(packet);
            continue;
        }
        avcodec_send_packet(decoder, more ? packet : nullptr);
        av_packet_unref(packet);
        while (avcodec_receive_frame(decoder, frame) >= 0) ++frames;
    }
    const double cpu_s = seconds(thread_cpu_time() - began);
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&format);
    if (frames == 0) return fail(ErrorCode::corrupt, "{}: no frame", path);
    return std::pair{cpu_s / frames, frames};
}

/// The mean CPU time of a call, in seconds. A mean and no median: what it is compared with are sums over whole runs, and the
/// clock of a machine may change between two states.
template <class Call>
double mean_cpu_s(int calls, Call&& call) {
    const Nanoseconds began = thread_cpu_time();
    for (int i = 0; i < calls; ++i) call();
    return seconds(thread_cpu_time() - began) / calls;
}

Status measure(const char* video, const char* model, const char* precision) {
    constexpr int kCalls = 201;
    Log log;
    FACET_TRY(const auto decode, bare_decode(video));
    const auto& plugins = app::builtins();
    FACET_TRY(auto backend, plugins.backends.front()->create(log));
    expert::LoadRequest request;
    request.model = model;
    request.repository = model::Repository::from_environment("");
    FACET_TRY(auto loaded, expert::load_expert(request, backend.get(), plugins.families, log));
    const auto source_info = std::find_if(plugins.sources.begin(), plugins.sources.end(),
                                          [&](const source::SourceInfo* info) { return info->takes(video); });
    FACET_TRY(auto source, (*source_info)->open(video));
    // One after the other, as they come: a picture that is prepared twice would be found in the cache the second time.
    constexpr std::size_t kPictures = 16;
    std::vector<FramePtr> frames;
    while (frames.size() < kPictures) {
        FACET_TRY(FramePtr frame, source->next());
        if (!frame) break;
        frames.push_back(std::move(frame));
    }
    if (frames.empty()) return fail(ErrorCode::corrupt, "{}: no frame", video);
    const FramePtr& frame = frames.front();
    backend::SessionOptions options;
    options.cache_folder = app::cache_folder();
    FACET_TRY(options.precision, backend::parse_precision(precision));
    FACET_TRY(auto runner, expert::Runner::create(loaded, frame->picture.size, options));
    FACET_TRY(const auto warm, runner->run(frame->picture, frame->t, nullptr));  // also proves that the outputs are sane
    Status status;
    std::size_t next = 0;
    const double image_s = mean_cpu_s(kCalls, [&] { status = runner->prepare(frames[next++ % frames.size()]->picture); });
    const double inference_s = mean_cpu_s(kCalls, [&] { status = runner->infer(); });
    FACET_CHECK(status);
    std::printf(R"({"decode_ms": %.4f, "image_ms": %.4f, "inference_ms": %.4f, "variant": "%s", "frames": %d})"
                "\n",
                decode.first * 1e3, image_s * 1e3, inference_s * 1e3, runner->variant().c_str(), decode.second);
    return {};
}

}  // namespace
}  // namespace facet

int main(int argc, char** argv) {
    if (argc < 3) {
        std::fprintf(stderr, "usage: bench_bare VIDEO MODEL [auto|f32|bf16|f16]\n");
        return 2;
    }
    if (const auto status = facet::measure(argv[1], argv[2], argc > 3 ? argv[3] : "auto"); !status) {
        std::fprintf(stderr, "bench_bare: %s\n", status.error().message.c_str());
        return 1;
    }
    return 0;
}
