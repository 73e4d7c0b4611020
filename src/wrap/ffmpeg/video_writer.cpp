#include "wrap/ffmpeg/video_writer.h"

#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "base/text.h"
#include "wrap/ffmpeg/handles.h"
#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/pixels_internal.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace facet::ffmpeg {

namespace {

constexpr int kSideMax = 16384;
// The clock of RTP and MPEG: whole ticks for all usual frame rates, 30000/1001 included.
constexpr AVRational kTimeBase{1, 90'000};
constexpr AVRational kNanosecond{1, 1'000'000'000};

// x264 itself would print a complaint about any other on standard error.
constexpr std::array<std::string_view, 10> kPresets = {"ultrafast", "superfast", "veryfast", "faster",   "fast",
                                                       "medium",    "slow",      "slower",   "veryslow", "placebo"};

AVColorSpace colour_space(ImageMatrix matrix) {
    switch (matrix) {
        case ImageMatrix::bt601: return AVCOL_SPC_SMPTE170M;
        case ImageMatrix::bt709: return AVCOL_SPC_BT709;
        case ImageMatrix::bt2020: return AVCOL_SPC_BT2020_NCL;
    }
    return AVCOL_SPC_UNSPECIFIED;
}

/// Copies a plane into one of at least its size and repeats the last column and row to fill that.
void copy_plane(const std::uint8_t* from, std::ptrdiff_t from_stride, int width, int height, std::uint8_t* to,
                std::ptrdiff_t to_stride, int to_width, int to_height) {
    for (int y = 0; y < to_height; ++y) {
        const std::uint8_t* source = from + std::min(y, height - 1) * from_stride;
        std::uint8_t* row = to + y * to_stride;
        std::copy_n(source, width, row);
        std::fill(row + width, row + to_width, source[width - 1]);
    }
}

}  // namespace

struct VideoWriter::State {
    std::string path;     // as the user named it
    std::string partial;  // empty where the target is written directly
    int width = 0;
    int height = 0;
    ImageMatrix matrix = ImageMatrix::bt601;
    OutputHandle format;
    Handle<AVCodecContext> codec;
    Handle<AVFrame> frame;
    Handle<AVPacket> packet;
    Handle<SwsContext> scaler;  // for pictures of other layouts and sizes
    std::int64_t ticks_last = -1;
    std::int64_t ticks_between = 0;  // nominal, then as between the latest two pictures
    std::int64_t pictures = 0;

    ~State() {
        format.reset();
        if (!partial.empty()) unlink(partial.c_str());
    }

    Status open_target(const std::filesystem::path& target);
    Status open_encoder(const VideoWriterOptions& options);
    Status open_muxer(const VideoWriterOptions& options);
    Status begin_picture();
    Status fit(const Image& image);
    Status end_picture(Nanoseconds t);
    Status encode(const AVFrame* picture);
};

Status VideoWriter::State::open_target(const std::filesystem::path& target) {
    path = target.string();
    std::error_code ignored;
    const auto status = std::filesystem::status(target, ignored);
    if (std::filesystem::is_directory(status))
        return fail(ErrorCode::invalid_argument, "{}: is a folder, expected a file to write", path);
    const bool standard_output = path == "-";
    const bool direct = standard_output || (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status));
    if (!direct) partial = path + ".partial";

    const MessageScope messages;
    AVFormatContext* context = nullptr;
    const std::string url = standard_output ? "pipe:1" : "file:" + (direct ? path : partial);
    if (const int code = avformat_alloc_output_context2(&context, nullptr, "mp4", url.c_str()); code < 0)
        return messages.fail(path, "write", code);
    format.reset(context);
    if (const int code = avio_open(&format->pb, url.c_str(), AVIO_FLAG_WRITE); code < 0) {
        partial.clear();  // nothing of ours is there to remove
        return messages.fail(path, "write", code);
    }
    return {};
}

Status VideoWriter::State::open_encoder(const VideoWriterOptions& options) {
    const MessageScope messages;
    const AVCodec* encoder = avcodec_find_encoder_by_name("libx264");
    const bool x264 = encoder != nullptr;
    if (!x264) encoder = avcodec_find_encoder(AV_CODEC_ID_MPEG4);
    if (encoder == nullptr) return fail(ErrorCode::unsupported, "{}: this FFmpeg has no encoder for H.264 or MPEG-4", path);
    codec.reset(avcodec_alloc_context3(encoder));
    codec->width = (width + 1) / 2 * 2;
    codec->height = (height + 1) / 2 * 2;
    codec->pix_fmt = AV_PIX_FMT_YUV420P;
    codec->colorspace = colour_space(options.matrix);
    codec->color_range = options.full_range ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG;
    codec->time_base = kTimeBase;
    codec->framerate = av_d2q(options.frames_per_second, 1'000'000);
    codec->gop_size = options.keyframe_interval;
    codec->thread_count = options.threads;
    codec->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    if (x264) {
        if (av_opt_set(codec->priv_data, "preset", options.preset.c_str(), 0) < 0 ||
            av_opt_set_double(codec->priv_data, "crf", options.quality, 0) < 0)
            return fail(ErrorCode::internal, "{}: x264 takes no preset or quality", path);
    } else {
        // MPEG-4 stores the ticks of a second in 16 bits.
        codec->time_base = {1, 60'000};
        codec->flags |= AV_CODEC_FLAG_QSCALE;
        codec->global_quality = FF_QP2LAMBDA * std::clamp(options.quality / 4, 1, 31);
    }
    if (const int code = avcodec_open2(codec.get(), encoder, nullptr); code < 0)
        return messages.fail(path, fmt::format("encode {}x{} pictures with preset '{}'", width, height, options.preset),
                             code);

    frame.reset(av_frame_alloc());
    frame->format = codec->pix_fmt;
    frame->width = codec->width;
    frame->height = codec->height;
    frame->colorspace = codec->colorspace;
    frame->color_range = codec->color_range;
    packet.reset(av_packet_alloc());
    if (const int code = av_frame_get_buffer(frame.get(), 0); code < 0) return messages.fail(path, "encode", code);
    ticks_between = std::max<std::int64_t>(1, std::llround(codec->time_base.den / options.frames_per_second));
    return {};
}

Status VideoWriter::State::open_muxer(const VideoWriterOptions& options) {
    const MessageScope messages;
    AVStream* stream = avformat_new_stream(format.get(), nullptr);
    stream->time_base = codec->time_base;
    stream->avg_frame_rate = codec->framerate;
    if (const int code = avcodec_parameters_from_context(stream->codecpar, codec.get()); code < 0)
        return messages.fail(path, "write", code);
    if (options.creation_time) av_dict_set(&format->metadata, "creation_time", rfc3339(*options.creation_time).c_str(), 0);
    AVDictionary* muxing = nullptr;
    // A pipe cannot be sought: the index cannot be completed at the end, so it is written piece by piece.
    const bool seekable = (format->pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
    av_dict_set(&muxing, "movflags", seekable ? "+faststart" : "+frag_keyframe+empty_moov+default_base_moof", 0);
    const int code = avformat_write_header(format.get(), &muxing);
    av_dict_free(&muxing);
    if (code < 0) return messages.fail(path, "write", code);
    return {};
}

/// The frame becomes ours to fill: the encoder may still hold its memory.
Status VideoWriter::State::begin_picture() {
    FACET_ASSERT(format != nullptr);
    if (av_frame_make_writable(frame.get()) < 0)
        return fail(ErrorCode::resource_exhausted, "{}: no memory for a picture", path);
    return {};
}

Status VideoWriter::State::fit(const Image& image) {
    const double scale =
        std::min(static_cast<double>(frame->width) / image.width, static_cast<double>(frame->height) / image.height);
    const int fit_width = std::clamp(static_cast<int>(std::lround(image.width * scale)), 1, frame->width);
    const int fit_height = std::clamp(static_cast<int>(std::lround(image.height * scale)), 1, frame->height);
    const int left = (frame->width - fit_width) / 4 * 2;  // even, so that chroma stays in place
    const int top = (frame->height - fit_height) / 4 * 2;

    const MessageScope messages;
    scaler.reset(sws_getCachedContext(scaler.release(), image.width, image.height, pixel_format_of(image.layout), fit_width,
                                      fit_height, codec->pix_fmt, SWS_BILINEAR | SWS_ACCURATE_RND | SWS_BITEXACT, nullptr,
                                      nullptr, nullptr));
    if (!scaler)
        return fail(ErrorCode::unsupported, "{}: cannot convert a picture of {}x{}: {}", path, image.width, image.height,
                    messages.text());
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(swscale_matrix(image.matrix)), image.full_range ? 1 : 0,
                             sws_getCoefficients(swscale_matrix(matrix)), codec->color_range == AVCOL_RANGE_JPEG ? 1 : 0, 0,
                             1 << 16, 1 << 16);
    const std::uint8_t black = codec->color_range == AVCOL_RANGE_JPEG ? 0 : 16;
    std::array<std::uint8_t*, 4> target{};
    std::array<const std::uint8_t*, 4> source{};
    std::array<int, 4> source_stride{};
    for (std::size_t i = 0; i < 3; ++i) {
        const int halves = i == 0 ? 0 : 1;
        std::fill_n(frame->data[i], frame->linesize[i] * std::ptrdiff_t{frame->height >> halves},
                    i == 0 ? black : std::uint8_t{128});
        target[i] = frame->data[i] + (top >> halves) * std::ptrdiff_t{frame->linesize[i]} + (left >> halves);
        source[i] = image.planes.data[i];
        source_stride[i] = static_cast<int>(image.planes.stride[i]);
    }
    const int rows =
        sws_scale(scaler.get(), source.data(), source_stride.data(), 0, image.height, target.data(), frame->linesize);
    if (rows < 0) return messages.fail(path, "convert a picture", rows);
    return {};
}

Status VideoWriter::State::end_picture(Nanoseconds t) {
    const std::int64_t ticks = av_rescale_q(t.count(), kNanosecond, codec->time_base);
    if (pictures > 0) ticks_between = std::max<std::int64_t>(1, ticks - ticks_last);
    ticks_last = pictures == 0 ? ticks : ticks_last + ticks_between;
    frame->pts = ticks_last;
    ++pictures;
    return encode(frame.get());
}

/// Encodes one picture, or with null all that the encoder still holds.
Status VideoWriter::State::encode(const AVFrame* picture) {
    const MessageScope messages;
    if (const int code = avcodec_send_frame(codec.get(), picture); code < 0) return messages.fail(path, "encode", code);
    while (true) {
        const int code = avcodec_receive_packet(codec.get(), packet.get());
        if (code == AVERROR(EAGAIN) || code == AVERROR_EOF) break;
        if (code < 0) return messages.fail(path, "encode", code);
        packet->duration = ticks_between;
        av_packet_rescale_ts(packet.get(), codec->time_base, format->streams[0]->time_base);
        if (const int written = av_write_frame(format.get(), packet.get()); written < 0)
            return messages.fail(path, "write", written);
        av_packet_unref(packet.get());
    }
    if (format->pb->error < 0) return messages.fail(path, "write", format->pb->error);
    return {};
}

VideoWriter::VideoWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter& VideoWriter::operator=(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

Result<VideoWriter> VideoWriter::create(const std::filesystem::path& path, int width, int height,
                                        const VideoWriterOptions& options) {
    if (width <= 0 || height <= 0 || width > kSideMax || height > kSideMax)
        return fail(ErrorCode::invalid_argument, "{}: pictures of {}x{}, expected 1 to {} a side", path.string(), width,
                    height, kSideMax);
    if (!(options.frames_per_second > 0 && options.frames_per_second <= 1000))
        return fail(ErrorCode::invalid_argument, "{}: {} frames per second, expected more than 0 and at most 1000",
                    path.string(), options.frames_per_second);
    if (std::find(kPresets.begin(), kPresets.end(), options.preset) == kPresets.end())
        return fail(ErrorCode::invalid_argument, "{}: unknown preset '{}', expected one of {}", path.string(),
                    options.preset, fmt::join(kPresets, ", "));
    auto state = std::make_unique<State>();
    state->width = width;
    state->height = height;
    state->matrix = options.matrix;
    FACET_CHECK(state->open_target(path));
    FACET_CHECK(state->open_encoder(options));
    FACET_CHECK(state->open_muxer(options));
    return VideoWriter(std::move(state));
}

Status VideoWriter::write(const ImagePlanes& i420, Nanoseconds t) {
    State& state = *state_;
    FACET_CHECK(state.begin_picture());
    for (std::size_t i = 0; i < 3; ++i) {
        const int halves = i == 0 ? 0 : 1;
        copy_plane(i420.data[i], i420.stride[i], (state.width + halves) >> halves, (state.height + halves) >> halves,
                   state.frame->data[i], state.frame->linesize[i], state.frame->width >> halves,
                   state.frame->height >> halves);
    }
    return state.end_picture(t);
}

Status VideoWriter::write(const Image& image, Nanoseconds t) {
    State& state = *state_;
    if (image.layout == ImageLayout::i420 && image.width == state.width && image.height == state.height)
        return write(image.planes, t);
    FACET_CHECK(state.begin_picture());
    FACET_CHECK(state.fit(image));
    return state.end_picture(t);
}

Status VideoWriter::finish() {
    State& state = *state_;
    FACET_ASSERT(state.format != nullptr);
    FACET_CHECK(state.encode(nullptr));
    const MessageScope messages;
    if (const int code = av_write_trailer(state.format.get()); code < 0) return messages.fail(state.path, "write", code);
    if (const int code = state.format->pb->error; code < 0) return messages.fail(state.path, "write", code);
    if (const int code = avio_closep(&state.format->pb); code < 0) return messages.fail(state.path, "write", code);
    state.format.reset();
    if (state.partial.empty()) return {};
    if (std::rename(state.partial.c_str(), state.path.c_str()) != 0)
        return messages.fail(state.path, "write", AVERROR(errno));
    state.partial.clear();
    return {};
}

std::int64_t VideoWriter::pictures() const { return state_->pictures; }

}  // namespace facet::ffmpeg
