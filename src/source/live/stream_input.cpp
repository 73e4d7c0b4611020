#include "source/live/stream_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "base/secrets.h"
#include "source/file/video_file.h"
#include "source/live/camera_clock.h"
#include "source/live/pacer.h"
#include "source/live/stream_decoder.h"

namespace facet::source::live {

namespace {

class StreamInput final : public LiveInput {
public:
    StreamInput(ffmpeg::Demuxer demuxer, ffmpeg::UnitReader units, const LiveInputOptions& options, Interrupt& interrupt)
        : demuxer_(std::move(demuxer)),
          units_(std::move(units)),
          keeps_originals_(options.keep_originals),
          facts_(file::facts_of(demuxer_.facts())),
          interrupt_(interrupt) {
        if (demuxer_.facts().container == "hls") pacer_.emplace(facts_.frames_per_second);
    }

    const SourceFacts& facts() const override { return facts_; }

    Result<bool> read(LivePacket& packet) override {
        if (interrupt_.is_raised()) return false;
        auto& data = packet.content.emplace<ffmpeg::Packet>();
        FACET_TRY(const bool more, demuxer_.read(data));
        if (!more) return fail(ErrorCode::unavailable, "{}: {}", demuxer_.facts().path, end());
        packet.arrived = monotonic_now();
        if (pacer_) {
            const auto sent = data.decoding_time() ? data.decoding_time() : data.time();
            const TimePoint came = packet.arrived;
            packet.arrived = std::max(came, pacer_->due(sent, came));
            pacer_->delay(came);
            if (interrupt_.wait_until(packet.arrived)) return false;
        }
        packet.captured.reset();
        if (const auto said = data.produced()) packet.captured = clock_.capture(*said, packet.arrived, wall_now());
        packet.original.reset();
        if (keeps_originals_) {
            FACET_TRY(packet.original, data.reference());
        }
        FACET_TRY(packet.unit, units_.read(data));
        health_->on_packet(packet.unit.kind == ffmpeg::UnitKind::key, packet.arrived);
        if (const auto trouble = health_->trouble(packet.arrived))
            return fail(ErrorCode::corrupt, "{}: {}; it is opened anew", demuxer_.facts().path, *trouble);
        return true;
    }

    Result<std::shared_ptr<const ffmpeg::StreamParameters>> parameters() const override {
        return ffmpeg::StreamParameters::of(demuxer_);
    }

    Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const override {
        return StreamDecoder::make(demuxer_, timeline, health_);
    }

    std::string take_notice() override {
        const auto behind = clock_.take_refusal();
        if (!behind) return {};
        return fmt::format("its clock is {:.1f} s {} this machine's and is not used", std::abs(seconds(*behind)),
                           *behind > Nanoseconds{} ? "behind" : "ahead of");
    }

private:
    std::string_view end() const {
        const bool is_picture = demuxer_.facts().container.ends_with("_pipe");  // FFmpeg's readers of single pictures
        return is_picture ? "a single picture and no stream; `poll: 1s` fetches it again and again"
                          : "the camera ended the stream";
    }

    ffmpeg::Demuxer demuxer_;
    ffmpeg::UnitReader units_;
    bool keeps_originals_;
    SourceFacts facts_;
    CameraClock clock_;
    std::optional<Pacer> pacer_;  // HLS comes in segments of some seconds, each at once
    std::shared_ptr<StreamHealth> health_ = std::make_shared<StreamHealth>();  // shared with the decoder
    Interrupt& interrupt_;
};

}  // namespace

Result<std::unique_ptr<LiveInput>> open_stream(Result<ffmpeg::Demuxer> opened, const LiveInputOptions& options,
                                               Interrupt& interrupt) {
    if (!opened) return fail(std::move(opened.error()));
    FACET_TRY(auto units, ffmpeg::UnitReader::open(*opened));
    units.without_reordering(options.without_reordering);
    return std::make_unique<StreamInput>(std::move(*opened), std::move(units), options, interrupt);
}

Result<std::unique_ptr<LiveInput>> open_network(const std::string& address, const LiveInputOptions& options,
                                                Interrupt& interrupt) {
    return open_stream(ffmpeg::Demuxer::open_network(address, without_secrets(address), interrupt.flag()), options,
                       interrupt);
}

Result<std::unique_ptr<LiveInput>> open_session_description(const std::string& path, const LiveInputOptions& options,
                                                            Interrupt& interrupt) {
    return open_stream(ffmpeg::Demuxer::open_session_description(path, interrupt.flag()), options, interrupt);
}

}  // namespace facet::source::live
