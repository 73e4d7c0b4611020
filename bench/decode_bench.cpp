// What a source costs beyond bare decoding: the file source against avcodec's own loop on one thread, in CPU time per frame.
// Both are checked to give the same frames before they are timed. Runs interleaved with
// --benchmark_enable_random_interleaving and --benchmark_repetitions; FACET_CLIP names the video.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>

#include "source/file/file_source.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet {
namespace {

std::string clip() {
    const char* named = std::getenv("FACET_CLIP");
    return named != nullptr ? named : "../shared/data/videos/motorway_cars_1280x720.mp4";
}

struct Totals {
    std::int64_t frames = 0;
    std::uint64_t luma = 0;  ///< sum over a few samples of each frame: enough to tell frames apart
};

void add(Totals& totals, const std::uint8_t* luma, std::ptrdiff_t stride, int height) {
    ++totals.frames;
    for (int y = 0; y < height; y += 97) totals.luma += luma[y * stride + y / 2];
}

Totals decode_bare(const std::string& path) {
    Totals totals;
    AVFormatContext* format = nullptr;
    if (avformat_open_input(&format, path.c_str(), nullptr, nullptr) < 0) return totals;
    avformat_find_stream_info(format, nullptr);
    const AVCodec* decoder = nullptr;
    const int index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, &decoder, 0);
    AVCodecContext* codec = avcodec_alloc_context3(decoder);
    avcodec_parameters_to_context(codec, format->streams[index]->codecpar);
    codec->thread_count = 1;
    avcodec_open2(codec, decoder, nullptr);
    AVPacket* packet = av_packet_alloc();
    AVFrame* frame = av_frame_alloc();
    for (bool more = true; more;) {
        more = av_read_frame(format, packet) >= 0;
        if (more && packet->stream_index != index) {
            av_packet_unref(packet);
            continue;
        }
        avcodec_send_packet(codec, more ? packet : nullptr);
        av_packet_unref(packet);
        while (avcodec_receive_frame(codec, frame) >= 0) add(totals, frame->data[0], frame->linesize[0], frame->height);
    }
    av_frame_free(&frame);
    av_packet_free(&packet);
    avcodec_free_context(&codec);
    avformat_close_input(&format);
    return totals;
}

Totals decode_source(const std::string& path) {
    Totals totals;
    const auto source = source::kFileSource.open(path);
    if (!source) return totals;
    while (const auto frame = (*source)->next().value())
        add(totals, frame->picture.data[0], frame->picture.stride[0], frame->picture.size.height);
    return totals;
}

void run(benchmark::State& state, Totals (*decode)(const std::string&)) {
    const std::string path = clip();
    const Totals bare = decode_bare(path);
    const Totals ours = decode_source(path);
    if (bare.frames == 0 || bare.frames != ours.frames || bare.luma != ours.luma) {
        state.SkipWithError("the two decoders do not give the same frames");
        return;
    }
    std::int64_t frames = 0;
    for (auto step : state) frames += decode(path).frames;
    state.counters["cpu_per_frame"] =
        benchmark::Counter(static_cast<double>(frames), benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void bare_avcodec(benchmark::State& state) { run(state, &decode_bare); }
void file_source(benchmark::State& state) { run(state, &decode_source); }
BENCHMARK(bare_avcodec)->Unit(benchmark::kMillisecond)->MinTime(2);
BENCHMARK(file_source)->Unit(benchmark::kMillisecond)->MinTime(2);

}  // namespace
}  // namespace facet
