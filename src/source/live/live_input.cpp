#include "source/live/live_input.h"

#include <utility>

#include "source/file/video_file.h"

namespace facet::source::live {

namespace {

constexpr Nanoseconds kIntervalUnknown = std::chrono::milliseconds(40);
/// A file whose times leap further than this goes on at once.
constexpr Nanoseconds kLeap = std::chrono::seconds(10);

bool is_network(const std::string& address) {
    return address.find("://") != std::string::npos && !address.starts_with("file:");
}

}  // namespace

std::string without_secrets(const std::string& address) {
    const auto scheme = address.find("://");
    if (scheme == std::string::npos) return address;
    const auto begin = scheme + 3;
    const auto end = std::min(address.find_first_of("/?#", begin), address.size());
    const auto at = address.rfind('@', end);
    const auto colon = address.find(':', begin);
    if (at == std::string::npos || at < begin || colon >= at) return address;
    return address.substr(0, colon + 1) + "***" + address.substr(at);
}

LiveInput::LiveInput(ffmpeg::Demuxer demuxer, ffmpeg::UnitReader units, bool is_file, const LiveInputOptions& options,
                     Interrupt& interrupt)
    : demuxer_(std::move(demuxer)),
      units_(std::move(units)),
      facts_(file::facts_of(demuxer_.facts())),
      interrupt_(interrupt),
      is_file_(is_file),
      options_(options),
      interval_(facts_.frames_per_second > 0.1 ? from_seconds(1 / facts_.frames_per_second) : kIntervalUnknown) {
    units_.without_reordering(options.without_reordering);
}

Result<std::unique_ptr<LiveInput>> LiveInput::open(const std::string& address, const LiveInputOptions& options,
                                                   Interrupt& interrupt) {
    const bool network = is_network(address);
    auto opened = network ? ffmpeg::Demuxer::open_network(address, without_secrets(address), interrupt.flag())
                          : ffmpeg::Demuxer::open(address, std::nullopt);
    if (!opened) return fail(std::move(opened.error()));
    FACET_TRY(auto units, ffmpeg::UnitReader::open(*opened));
    return std::unique_ptr<LiveInput>(new LiveInput(std::move(*opened), std::move(units), !network, options, interrupt));
}

Result<bool> LiveInput::read(LivePacket& packet) {
    while (!interrupt_.is_raised()) {
        FACET_TRY(const bool more, demuxer_.read(packet.data));
        if (!more) {
            if (!is_file_) return fail(ErrorCode::unavailable, "{}: the camera ended the stream", demuxer_.facts().path);
            if (!options_.loop || !origin_) return false;
            FACET_CHECK(demuxer_.rewind());
            started_ += last_ + interval_ - *origin_;
            origin_.reset();
            continue;
        }
        packet.arrived = is_file_ ? due(packet.data) : monotonic_now();
        FACET_TRY(packet.unit, units_.read(packet.data));
        return !is_file_ || !interrupt_.wait_until(packet.arrived);
    }
    return false;
}

/// When a file's packet would have come from a camera: by its decoding time, since that is the order of sending.
TimePoint LiveInput::due(const ffmpeg::Packet& packet) {
    const Nanoseconds time = packet.decoding_time().value_or(packet.time().value_or(last_ + interval_));
    if (started_ == TimePoint{}) started_ = monotonic_now();
    if (!origin_) {
        origin_ = time;
    } else if (time < last_ || time > last_ + kLeap) {  // spliced: go on as if nothing had happened
        started_ += last_ + interval_ - *origin_;
        origin_ = time;
    }
    last_ = time;
    return started_ + (time - *origin_);
}

Result<std::unique_ptr<LiveDecoder>> LiveInput::make_decoder(LiveTimeline& timeline) const {
    FACET_TRY(auto decoder, ffmpeg::Decoder::open_annex_b(demuxer_, 1, file::kPixelsMax));
    return std::make_unique<LiveDecoder>(std::move(decoder), demuxer_.facts().orientation, timeline);
}

}  // namespace facet::source::live
