#include "wrap/ffmpeg/demuxer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "wrap/ffmpeg/demuxer_internal.h"
#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/pixels_internal.h"
#include "wrap/ffmpeg/times_internal.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/parseutils.h>
}

namespace facet::ffmpeg {

namespace {

constexpr int kMemoryBufferBytes = 1 << 15;
/// A demuxer that asks to be called again this often without giving a packet is stuck.
constexpr int kIdleReadsMax = 1000;

int is_over(void* opaque) { return static_cast<const LiveWait*>(opaque)->is_over() ? 1 : 0; }

int read_memory(void* opaque, std::uint8_t* buffer, int size) {
    auto& cursor = *static_cast<MemoryCursor*>(opaque);
    const auto left = std::max<std::int64_t>(0, std::ssize(cursor.bytes) - cursor.position);
    const auto count = std::min<std::int64_t>(size, left);
    if (count == 0) return AVERROR_EOF;
    std::memcpy(buffer, cursor.bytes.data() + cursor.position, static_cast<std::size_t>(count));
    cursor.position += count;
    return static_cast<int>(count);
}

std::int64_t seek_memory(void* opaque, std::int64_t offset, int whence) {
    auto& cursor = *static_cast<MemoryCursor*>(opaque);
    const auto size = std::ssize(cursor.bytes);
    if (whence == AVSEEK_SIZE) return size;
    std::int64_t base = 0;
    if (whence == SEEK_CUR) base = cursor.position;
    if (whence == SEEK_END) base = size;
    std::int64_t target = 0;
    if (__builtin_add_overflow(base, offset, &target) || target < 0) return AVERROR(EINVAL);
    cursor.position = target;
    return target;
}

/// FFmpeg takes any text for "ANSI art" and draws it; nobody means that.
bool is_text_art(AVCodecID codec) {
    return codec == AV_CODEC_ID_ANSI || codec == AV_CODEC_ID_BINTEXT || codec == AV_CODEC_ID_XBIN ||
           codec == AV_CODEC_ID_IDF;
}

Orientation orientation_of(const AVStream& stream) {
    std::size_t bytes = 0;
    const std::uint8_t* data = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, &bytes);
    std::array<std::int32_t, 9> m{};
    if (data == nullptr || bytes < sizeof m) return Orientation::upright;
    std::memcpy(m.data(), data, sizeof m);
    // A stored point (p, q) is shown at (m0 p + m3 q, m1 p + m4 q); angles between are taken for the nearest right angle.
    if (std::abs(std::int64_t{m[0]}) >= std::abs(std::int64_t{m[1]})) {
        if (m[0] >= 0) return m[4] >= 0 ? Orientation::upright : Orientation::flipped;
        return m[4] >= 0 ? Orientation::mirrored : Orientation::turned_180;
    }
    if (m[1] >= 0) return m[3] >= 0 ? Orientation::transposed : Orientation::turned_90;
    return m[3] >= 0 ? Orientation::turned_270 : Orientation::transversed;
}

std::optional<WallTime> creation_time_of(const AVFormatContext& format) {
    const AVDictionaryEntry* tag = av_dict_get(format.metadata, "creation_time", nullptr, 0);
    std::int64_t micros = 0;
    if (tag == nullptr || av_parse_time(&micros, tag->value, 0) < 0) return std::nullopt;
    // Beyond the year 2150 nanoseconds would run out; such tags are wrong anyhow.
    constexpr std::int64_t kMax = 180LL * 365 * 86'400 * 1'000'000;
    if (micros < 0 || micros > kMax) return std::nullopt;
    return WallTime(std::chrono::microseconds(micros));
}

double frame_rate_of(const AVStream& stream) {
    for (const AVRational rate : {stream.avg_frame_rate, stream.r_frame_rate})
        if (rate.num > 0 && rate.den > 0) return av_q2d(rate);
    return 0;
}

}  // namespace

Demuxer::State::~State() {
    avformat_close_input(&format);
    if (in_memory && input != nullptr) {
        av_freep(&input->buffer);
        avio_context_free(&input);
    }
    avio_closep(&input);
}

Status Demuxer::State::open_format() {
    const MessageScope messages;
    format = avformat_alloc_context();
    format->pb = input;
    AVDictionary* options = nullptr;
    std::string url = in_memory ? path : "file:" + path;
    if (!live) {
        av_dict_set(&options, "protocol_whitelist", "file,data,crypto", 0);
    } else {
        format->interrupt_callback = {&is_over, &wait};
        format->flags |= live->flags;
        wait.give_up = monotonic_now() + 2 * kSilenceMax;
        url = live->url;
        for (const auto& [key, value] : live->options) av_dict_set(&options, key.c_str(), value.c_str(), 0);
    }
    int code = avformat_open_input(&format, url.c_str(), live ? live->format : nullptr, &options);
    av_dict_free(&options);
    // A device says at once what it gives, and reading ahead without blocking would spin.
    if (code >= 0 && !(live && live->is_device)) code = avformat_find_stream_info(format, nullptr);
    if (code < 0 && live) return tl::unexpected(live_error("be watched", messages, code));
    if (code < 0)
        return fail(code == AVERROR(ENOMEM) ? ErrorCode::resource_exhausted : ErrorCode::corrupt,
                    "{}: no video or picture that can be read: {}", path, messages.describe(code));
    return {};
}

/// "0, 3"
std::string Demuxer::State::video_streams() const {
    std::string list;
    for (unsigned i = 0; i < format->nb_streams; ++i)
        if (format->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
            list += fmt::format("{}{}", list.empty() ? "" : ", ", i);
    return list;
}

/// Says how much of the index lies behind the end of the file, "" where nothing does: a file that was cut exactly between
/// two frames ends without a complaint of FFmpeg's.
std::string Demuxer::State::missing_entries() const {
    if (input == nullptr) return "";
    const std::int64_t bytes = avio_size(input);
    AVStream* indexed = format->streams[stream->index];
    const int entries = avformat_index_get_entries_count(indexed);
    int missing = 0;
    for (int i = 0; i < entries && bytes > 0; ++i) {
        const AVIndexEntry* entry = avformat_index_get_entry(indexed, i);
        if (entry != nullptr && entry->size > 0 && entry->pos > bytes - entry->size) ++missing;
    }
    return missing > 0 ? fmt::format("{} of {} frames of its index are missing", missing, entries) : "";
}

Status Demuxer::State::choose_stream(std::optional<int> wanted) {
    const std::string candidates = video_streams();
    int index = wanted.value_or(-1);
    if (wanted) {
        if (index < 0 || index >= static_cast<int>(format->nb_streams) ||
            format->streams[index]->codecpar->codec_type != AVMEDIA_TYPE_VIDEO)
            return fail(ErrorCode::not_found, "{}: stream {} is no video stream, expected {}", path, index,
                        candidates.empty() ? "a file with video" : "one of " + candidates);
    } else {
        index = av_find_best_stream(format, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
        if (index < 0)
            return fail(ErrorCode::corrupt, "{}: no video stream among {} streams ({}), expected a video", path,
                        format->nb_streams, format->iformat->name);
        if ((format->streams[index]->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0)
            return fail(ErrorCode::corrupt, "{}: no video stream, only a cover picture ({}), expected a video", path,
                        format->iformat->name);
    }
    if (is_text_art(format->streams[index]->codecpar->codec_id))
        return fail(ErrorCode::corrupt, "{}: is text, expected a video or a picture", path);
    for (unsigned i = 0; i < format->nb_streams; ++i)
        if (static_cast<int>(i) != index) format->streams[i]->discard = AVDISCARD_ALL;
    stream = format->streams[index];
    return {};
}

void Demuxer::State::read_facts() {
    const AVCodecParameters& parameters = *stream->codecpar;
    codec = parameters.codec_id;
    facts.path = path;
    facts.index = stream->index;
    facts.container = format->iformat->name;
    facts.codec = avcodec_get_name(parameters.codec_id);
    facts.width = parameters.width;
    facts.height = parameters.height;
    facts.orientation = orientation_of(*stream);
    facts.matrix = matrix_of(tag_value(parameters.color_space), parameters.height);
    facts.full_range = is_full_range(tag_value(parameters.color_range), static_cast<AVPixelFormat>(parameters.format));
    facts.frames_per_second = frame_rate_of(*stream);
    facts.packets = std::max<std::int64_t>(0, stream->nb_frames);
    facts.duration = to_nanoseconds(stream->duration, stream->time_base)
                         .value_or(to_nanoseconds(format->duration, {1, AV_TIME_BASE}).value_or(Nanoseconds{}));
    facts.creation_time = creation_time_of(*format);
}

Packet::Packet() : packet_(av_packet_alloc()) {}
bool Packet::is_key() const { return (packet_->flags & AV_PKT_FLAG_KEY) != 0; }
std::size_t Packet::bytes() const { return static_cast<std::size_t>(packet_->size); }
bool Packet::is_corrupt() const { return (packet_->flags & AV_PKT_FLAG_CORRUPT) != 0; }

Result<Packet> Packet::reference() const {
    Packet other;
    if (!other.packet_ || av_packet_ref(other.packet_.get(), packet_.get()) < 0)
        return fail(ErrorCode::resource_exhausted, "a packet of {} bytes: no memory", bytes());
    other.time_ = time_;
    other.decoding_time_ = decoding_time_;
    other.produced_ = produced_;
    return other;
}

Demuxer::Demuxer(std::unique_ptr<State> state) : state_(std::move(state)) {}
Demuxer::Demuxer(Demuxer&&) noexcept = default;
Demuxer& Demuxer::operator=(Demuxer&&) noexcept = default;
Demuxer::~Demuxer() = default;

Result<Demuxer> Demuxer::open(const std::string& path, std::optional<int> stream) {
    auto state = std::make_unique<State>();
    state->path = path;
    const MessageScope messages;
    // "file:" keeps a colon in the name from being taken for a protocol.
    if (const int code = avio_open(&state->input, ("file:" + path).c_str(), AVIO_FLAG_READ); code < 0)
        return messages.fail(path, "read", code);
    return open(std::move(state), stream);
}

Result<Demuxer> Demuxer::open(std::span<const std::uint8_t> bytes, const std::string& name, std::optional<int> stream) {
    auto state = std::make_unique<State>();
    state->path = name;
    state->memory = {bytes, 0};
    state->in_memory = true;
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(kMemoryBufferBytes));
    state->input = avio_alloc_context(buffer, kMemoryBufferBytes, 0, &state->memory, &read_memory, nullptr, &seek_memory);
    return open(std::move(state), stream);
}

Result<Demuxer> Demuxer::open(std::unique_ptr<State> state, std::optional<int> stream) {
    FACET_CHECK(state->open_format());
    FACET_CHECK(state->choose_stream(stream));
    state->read_facts();
    return Demuxer(std::move(state));
}

Status Demuxer::rewind() {
    const MessageScope messages;
    const int code =
        av_seek_frame(state_->format, state_->stream->index, std::numeric_limits<std::int64_t>::min(), AVSEEK_FLAG_BACKWARD);
    if (code < 0) return messages.fail(state_->path, "go back to the beginning", code);
    return {};
}

const StreamFacts& Demuxer::facts() const { return state_->facts; }
const AVStream& Demuxer::stream() const { return *state_->stream; }
const std::string& Demuxer::complaint() const { return state_->complaint; }

namespace {

/// Gives the packet bytes of its own. A device's lie in its own buffers: they are few, and gone when it is closed.
bool own_bytes(AVPacket& packet) {
    const Handle<AVPacket> copy(av_packet_alloc());
    if (!copy || av_new_packet(copy.get(), packet.size) < 0) return false;
    std::memcpy(copy->data, packet.data, static_cast<std::size_t>(packet.size));
    if (av_packet_copy_props(copy.get(), &packet) < 0) return false;
    av_packet_unref(&packet);
    av_packet_move_ref(&packet, copy.get());
    return true;
}

}  // namespace

Result<bool> Demuxer::read(Packet& packet) {
    State& state = *state_;
    if (!packet.packet_) packet = Packet();
    AVPacket* raw = packet.packet_.get();
    const MessageScope messages;
    state.complaint.clear();
    state.wait.give_up = monotonic_now() + kSilenceMax;
    for (int idle = 0; idle < kIdleReadsMax;) {
        av_packet_unref(raw);
        const int code = av_read_frame(state.format, raw);
        if (state.waits_for_device(code)) continue;
        if (code == AVERROR(EAGAIN)) {
            ++idle;
            continue;
        }
        state.complaint = messages.text();
        if (code == AVERROR_EOF && (state.input == nullptr || state.input->error >= 0)) {
            if (state.complaint.empty()) state.complaint = state.missing_entries();
            return false;
        }
        if (code < 0 && state.live) return tl::unexpected(state.live_error("be read on", messages, code));
        if (code < 0) return messages.fail(state.path, "read on", code == AVERROR_EOF ? state.input->error : code);
        if (raw->stream_index != state.stream->index) continue;
        if (state.live && raw->size == 0) continue;  // a device's damaged buffer; to a decoder it would mean the end
        if (state.live && state.live->is_device && !own_bytes(*raw))
            return fail(ErrorCode::resource_exhausted, "{}: a picture of {} bytes: no memory", state.path, raw->size);
        if (state.live && state.stream->codecpar->codec_id != state.codec)
            return fail(ErrorCode::unavailable, "{}: changed from {} to {}", state.path, state.facts.codec,
                        avcodec_get_name(state.stream->codecpar->codec_id));
        packet.decoding_time_ = to_nanoseconds(raw->dts, state.stream->time_base);
        packet.time_ = to_nanoseconds(raw->pts != AV_NOPTS_VALUE ? raw->pts : raw->dts, state.stream->time_base);
        packet.produced_ = state.take_produced(*raw, packet.time_);
        return true;
    }
    if (state.live) return tl::unexpected(state.live_error("be read on", messages, AVERROR(EAGAIN)));
    return fail(ErrorCode::corrupt, "{}: gives no more packets and no end", state.path);
}

}  // namespace facet::ffmpeg
