// Demuxer's cameras: how FFmpeg opens them, what it says of their clocks, and what goes wrong with them.

#include <poll.h>

#include <cstring>

#include "wrap/ffmpeg/demuxer_internal.h"
#include "wrap/ffmpeg/device_library.h"
#include "wrap/ffmpeg/times_internal.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/defs.h>
#include <libavformat/avformat.h>
}

namespace facet::ffmpeg {

Result<Demuxer> Demuxer::open_live(LiveOpening opening, const std::string& name, const std::atomic<bool>& stop) {
    avformat_network_init();
    auto state = std::make_unique<State>();
    state->path = name;
    state->wait.stop = &stop;
    state->live = std::move(opening);
    return open(std::move(state), std::nullopt);
}

Result<Demuxer> Demuxer::open_network(const std::string& address, const std::string& name, const std::atomic<bool>& stop) {
    constexpr std::string_view kUdp = "?transport=udp";
    LiveOpening opening;
    opening.url = address;
    const bool udp = address.ends_with(kUdp);
    if (udp) opening.url.resize(address.size() - kUdp.size());
    opening.options = {
        {"rtsp_transport", udp ? "udp" : "tcp"},
        {"protocol_whitelist", "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https,hls,httpproxy,crypto,data"},
        {"analyzeduration", "1000000"},
    };
    return open_live(std::move(opening), name, stop);
}

Result<Demuxer> Demuxer::open_session_description(const std::string& path, const std::atomic<bool>& stop) {
    LiveOpening opening;
    opening.url = "file:" + path;
    opening.format = av_find_input_format("sdp");
    if (opening.format == nullptr)
        return fail(ErrorCode::unsupported, "{}: this FFmpeg cannot read session descriptions", path);
    opening.options = {{"protocol_whitelist", "file,rtp,udp"}, {"analyzeduration", "1000000"}};
    return open_live(std::move(opening), path, stop);
}

Result<Demuxer> Demuxer::open_device(const CaptureDevice& device, const std::atomic<bool>& stop) {
    if (const Status loaded = load_device_library(); !loaded) return fail(loaded.error().within(device.path));
    LiveOpening opening;
    opening.url = device.path;
    opening.format = av_find_input_format("video4linux2");
    if (opening.format == nullptr)
        return fail(ErrorCode::unsupported, "{}: this FFmpeg cannot read capture devices", device.path);
    opening.flags = AVFMT_FLAG_NONBLOCK;
    opening.is_device = true;
    if (device.width > 0) opening.options.emplace_back("video_size", fmt::format("{}x{}", device.width, device.height));
    if (device.frames_per_second > 0) opening.options.emplace_back("framerate", fmt::format("{}", device.frames_per_second));
    if (!device.format.empty()) opening.options.emplace_back("input_format", device.format);
    FACET_TRY(auto demuxer, open_live(std::move(opening), device.path, stop));
    const StreamFacts& facts = demuxer.facts();
    if (device.width > 0 && (facts.width != device.width || facts.height != device.height))  // drivers give the nearest
        return fail(ErrorCode::invalid_argument, "{}: gives {}x{}, expected {}x{}", device.path, facts.width, facts.height,
                    device.width, device.height);
    return demuxer;
}

Error Demuxer::State::live_error(std::string_view action, const MessageScope& messages, int code) const {
    if (*wait.stop) return {ErrorCode::cancelled, fmt::format("{}: interrupted", path)};
    if (code == AVERROR_EXIT || code == AVERROR(EAGAIN))
        return {ErrorCode::unavailable, fmt::format("{}: cannot {}: it has been silent for too long", path, action)};
    const ErrorCode kind = code == AVERROR(EIO) ? ErrorCode::unavailable : MessageScope::code_of(code);  // of the network
    return {kind, fmt::format("{}: cannot {}: {}", path, action, messages.describe(code))};
}

/// Devices are read without blocking: a read that blocks cannot be interrupted.
bool Demuxer::State::waits_for_device(int code) const {
    constexpr int kPoll_ms = 3;
    if (code != AVERROR(EAGAIN) || !live || !live->is_device || wait.is_over()) return false;
    poll(nullptr, 0, kPoll_ms);
    return true;
}

/// RTP brings the sender's wall clock with each packet, once it has sent a report (RFC 3550, 6.4.1; FFmpeg's rtpdec.c). But
/// H.264 and HEVC are put together by a parser, which sees the end of a frame in the first packet of the next one, and what
/// it hands out carries the clock of that one.
std::optional<WallTime> Demuxer::State::take_produced(const AVPacket& packet, std::optional<Nanoseconds> time) {
    std::size_t bytes = 0;
    const std::uint8_t* data = av_packet_get_side_data(&packet, AV_PKT_DATA_PRFT, &bytes);
    std::optional<WallTime> said;
    AVProducerReferenceTime reference{};
    if (data != nullptr && bytes >= sizeof reference) {
        std::memcpy(&reference, data, sizeof reference);
        constexpr std::int64_t kMax = 180LL * 365 * 86'400 * 1'000'000;  // beyond it nanoseconds run out
        if (reference.wallclock >= 0 && reference.wallclock < kMax)
            said = WallTime(std::chrono::microseconds(reference.wallclock));
    }
    const bool is_of_next = codec == AV_CODEC_ID_H264 || codec == AV_CODEC_ID_HEVC;
    if (is_of_next) said = std::exchange(produced_next, said);
    if (!said || !time) return said;
    constexpr std::int64_t kTicks = std::int64_t{1} << 32;
    if (!produced_clock) produced_clock.emplace(to_nanoseconds(kTicks, stream->time_base).value_or(Nanoseconds::max() / 4));
    return produced_clock->mend(*said, *time, wall_now());
}

}  // namespace facet::ffmpeg
