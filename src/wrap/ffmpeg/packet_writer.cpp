#include "wrap/ffmpeg/packet_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/packet_times.h"
#include "wrap/ffmpeg/parameter_sets.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

namespace {

/// The parameter sets that stand in a packet of start codes, one after the other; empty where a decoder could not begin with
/// them.
std::vector<std::uint8_t> sets_in(NalCodec codec, Bytes packet) {
    std::vector<std::uint8_t> sets;
    bool has_sequence = false;
    bool has_picture = false;
    NalWalker walker(packet, 0);
    while (const auto unit = walker.next()) {
        const auto name = parse_set_name(codec, *unit);
        if (!name) continue;
        has_sequence |= name->kind == SetKind::sequence;
        has_picture |= name->kind == SetKind::picture;
        sets.insert(sets.end(), {0, 0, 0, 1});
        sets.insert(sets.end(), unit->begin(), unit->end());
    }
    if (!has_sequence || !has_picture) sets.clear();
    return sets;
}

}  // namespace

struct PacketWriter::State {
    std::string path;     // as the user named it
    std::string partial;  // what is written, where that is not `path`
    bool fragmented = false;
    std::int64_t bytes_reserved = 0;
    std::shared_ptr<const StreamParameters> stream;
    OutputHandle format;
    Handle<AVPacket> packet;
    bool has_header = false;
    PacketTimes times;
    std::int64_t packets = 0;
    std::int64_t bytes = 0;

    ~State() {
        format.reset();
        if (!partial.empty()) unlink(partial.c_str());
    }
    const std::string& file() const { return fragmented ? path : partial; }
    Status reserve();
    Status write_header(const AVPacket& first, const AVCodecParameters& parameters);
    Status check_output(const MessageScope& messages, int code) const;
};

Status PacketWriter::State::check_output(const MessageScope& messages, int code) const {
    if (code >= 0) code = format->pb->error;
    if (code < 0) return messages.fail(path, "write", code);
    return {};
}

Status PacketWriter::State::reserve() {
    if (bytes_reserved <= 0) return {};
    const int file_descriptor = open(file().c_str(), O_WRONLY | O_CLOEXEC);
    const int code =
        file_descriptor < 0 ? -1 : fallocate(file_descriptor, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(bytes_reserved));
    const int error = code == 0 ? 0 : errno;
    if (file_descriptor >= 0) close(file_descriptor);
    if (error == 0 || error == EOPNOTSUPP || error == ENOSYS) return {};
    return fail(ErrorCode::resource_exhausted, "{}: cannot set {} bytes aside: {}", path, bytes_reserved,
                std::strerror(error));
}

Status PacketWriter::State::write_header(const AVPacket& first, const AVCodecParameters& parameters) {
    const MessageScope messages;
    AVStream* out = avformat_new_stream(format.get(), nullptr);
    if (out == nullptr || avcodec_parameters_copy(out->codecpar, &parameters) < 0)
        return fail(ErrorCode::resource_exhausted, "{}: no memory", path);
    AVCodecParameters& written = *out->codecpar;
    written.codec_tag = 0;  // of the other container
    out->time_base = {1, static_cast<int>(PacketTimes::kTicksPerSecond)};
    if (written.codec_id == AV_CODEC_ID_H264 || written.codec_id == AV_CODEC_ID_HEVC) {
        const NalCodec codec = written.codec_id == AV_CODEC_ID_H264 ? NalCodec::h264 : NalCodec::hevc;
        const Bytes said(written.extradata, static_cast<std::size_t>(written.extradata_size));
        const auto configuration = parse_configuration(codec, said);
        if (!configuration || configuration->length_bytes == 0) {
            // A camera that was set up anew since it was opened says so in its packets alone.
            const auto sets = sets_in(codec, {first.data, static_cast<std::size_t>(first.size)});
            if (sets.empty() && said.empty())
                return fail(ErrorCode::corrupt, "{}: neither the stream nor its key frame has parameter sets", path);
            if (!sets.empty()) {
                av_freep(&written.extradata);
                written.extradata = static_cast<std::uint8_t*>(av_mallocz(sets.size() + AV_INPUT_BUFFER_PADDING_SIZE));
                if (written.extradata == nullptr) return fail(ErrorCode::resource_exhausted, "{}: no memory", path);
                std::copy(sets.begin(), sets.end(), written.extradata);
                written.extradata_size = static_cast<int>(sets.size());
            }
        }
    }
    AVDictionary* muxing = nullptr;
    // Decoding begins before zero where frames are bidirectional. An edit list says that the file begins at zero all the
    // same; in a fragmented one that takes a head that is only written with the first fragment.
    av_dict_set(&muxing, "movflags", fragmented ? "+frag_custom+delay_moov+default_base_moof" : "+faststart", 0);
    av_dict_set(&muxing, "use_editlist", "1", 0);
    const int code = avformat_write_header(format.get(), &muxing);
    av_dict_free(&muxing);
    has_header = true;
    return check_output(messages, code);
}

PacketWriter::PacketWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
PacketWriter::PacketWriter(PacketWriter&&) noexcept = default;
PacketWriter& PacketWriter::operator=(PacketWriter&&) noexcept = default;
PacketWriter::~PacketWriter() = default;

Result<PacketWriter> PacketWriter::create(const std::filesystem::path& path, std::shared_ptr<const StreamParameters> stream,
                                          const PacketWriterOptions& options) {
    auto state = std::make_unique<State>();
    state->path = path.string();
    state->fragmented = options.fragmented;
    state->bytes_reserved = options.bytes_reserved;
    state->stream = std::move(stream);
    const MessageScope messages;
    AVFormatContext* context = nullptr;
    const std::string file = options.fragmented ? state->path : state->path + ".partial";
    if (const int code = avformat_alloc_output_context2(&context, nullptr, "mp4", ("file:" + file).c_str()); code < 0)
        return messages.fail(state->path, "write", code);
    state->format.reset(context);
    if (avformat_query_codec(context->oformat, state->stream->codec_->codec_id, FF_COMPLIANCE_NORMAL) != 1)
        return fail(ErrorCode::unsupported, "{}: MP4 cannot hold {}", state->path, state->stream->facts().codec);
    if (const int code = avio_open(&context->pb, context->url, AVIO_FLAG_WRITE); code < 0)
        return messages.fail(state->path, "write", code);
    if (!options.fragmented) state->partial = file;
    state->packet.reset(av_packet_alloc());
    FACET_CHECK(state->reserve());
    return PacketWriter(std::move(state));
}

Status PacketWriter::write(std::span<const Packet* const> run) {
    State& state = *state_;
    FACET_ASSERT(state.format != nullptr);
    if (run.empty()) return {};
    const bool is_first = !state.has_header;
    if (is_first) FACET_CHECK(state.write_header(*run.front()->packet_, *state.stream->codec_));
    std::vector<GivenTimes> given;
    for (const Packet* packet : run) {
        const bool is_shown_known = packet->packet_->pts != AV_NOPTS_VALUE;
        given.push_back({is_shown_known ? packet->time() : std::nullopt, packet->decoding_time()});
    }
    const auto times = state.times.place(given);
    const MessageScope messages;
    AVPacket* out = state.packet.get();
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (av_packet_ref(out, run[i]->packet_.get()) < 0)
            return fail(ErrorCode::resource_exhausted, "{}: no memory", state.path);
        out->stream_index = 0;
        out->pts = times[i].shown;
        out->dts = times[i].decoded;
        out->duration = times[i].duration;
        if (state.packets == 0) out->flags |= AV_PKT_FLAG_KEY;
        av_packet_rescale_ts(out, {1, static_cast<int>(PacketTimes::kTicksPerSecond)}, state.format->streams[0]->time_base);
        const int code = av_write_frame(state.format.get(), out);
        av_packet_unref(out);
        FACET_CHECK(state.check_output(messages, code));
        ++state.packets;
    }
    if (state.fragmented) {
        int code = av_write_frame(state.format.get(), nullptr);                         // ends the fragment
        if (is_first && code >= 0) code = av_write_frame(state.format.get(), nullptr);  // that was the head alone
        avio_flush(state.format->pb);
        FACET_CHECK(state.check_output(messages, code));
    }
    state.bytes = std::max(state.bytes, avio_tell(state.format->pb));
    return {};
}

Status PacketWriter::finish() {
    State& state = *state_;
    FACET_ASSERT(state.format != nullptr);
    if (!state.has_header) return fail(ErrorCode::invalid_argument, "{}: no packet to write", state.path);
    const MessageScope messages;
    FACET_CHECK(state.check_output(messages, av_write_trailer(state.format.get())));
    avio_flush(state.format->pb);
    FACET_CHECK(state.check_output(messages, 0));
    const std::int64_t size = avio_size(state.format->pb);
    if (const int code = avio_closep(&state.format->pb); code < 0) return messages.fail(state.path, "write", code);
    state.format.reset();
    if (size >= 0) state.bytes = size;
    if (state.bytes_reserved > 0 && size >= 0 && truncate(state.file().c_str(), static_cast<off_t>(size)) != 0)
        return messages.fail(state.path, "write", AVERROR(errno));
    if (state.partial.empty()) return {};
    if (std::rename(state.partial.c_str(), state.path.c_str()) != 0)
        return messages.fail(state.path, "write", AVERROR(errno));
    state.partial.clear();
    return {};
}

std::int64_t PacketWriter::bytes() const { return state_->bytes; }
std::int64_t PacketWriter::packets() const { return state_->packets; }

}  // namespace facet::ffmpeg
