#include "source/live/file_input.h"

#include <string_view>
#include <utility>

#include "source/file/video_file.h"
#include "source/live/pacer.h"
#include "source/live/stream_decoder.h"

namespace facet::source::live {

namespace {

class FileInput final : public LiveInput {
public:
    FileInput(ffmpeg::Demuxer demuxer, ffmpeg::UnitReader units, const LiveInputOptions& options, Interrupt& interrupt)
        : demuxer_(std::move(demuxer)),
          units_(std::move(units)),
          keeps_originals_(options.keep_originals),
          facts_(file::facts_of(demuxer_.facts())),
          pacer_(facts_.frames_per_second),
          loop_(options.loop),
          interrupt_(interrupt) {}

    const SourceFacts& facts() const override { return facts_; }

    Result<bool> read(LivePacket& packet) override {
        auto& data = packet.content.emplace<ffmpeg::Packet>();
        while (!interrupt_.is_raised()) {
            FACET_TRY(const bool more, demuxer_.read(data));
            if (!more) {
                if (!loop_ || !std::exchange(has_packets_, false)) return false;
                FACET_CHECK(demuxer_.rewind());
                pacer_.splice();
                continue;
            }
            has_packets_ = true;
            const auto sent = data.decoding_time() ? data.decoding_time() : data.time();
            packet.arrived = pacer_.due(sent, monotonic_now());
            packet.original.reset();
            if (keeps_originals_) {
                FACET_TRY(packet.original, data.reference());
            }
            FACET_TRY(packet.unit, units_.read(data));
            return !interrupt_.wait_until(packet.arrived);
        }
        return false;
    }

    Result<std::shared_ptr<const ffmpeg::StreamParameters>> parameters() const override {
        return ffmpeg::StreamParameters::of(demuxer_);
    }

    Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const override {
        return StreamDecoder::make(demuxer_, timeline, nullptr);
    }

private:
    ffmpeg::Demuxer demuxer_;
    ffmpeg::UnitReader units_;
    bool keeps_originals_;
    SourceFacts facts_;
    Pacer pacer_;
    bool loop_;
    bool has_packets_ = false;  // since the beginning of the file
    Interrupt& interrupt_;
};

}  // namespace

Result<std::unique_ptr<LiveInput>> open_file(const std::string& path, const LiveInputOptions& options,
                                             Interrupt& interrupt) {
    constexpr std::string_view kPrefix = "file://";
    FACET_TRY(auto demuxer,
              ffmpeg::Demuxer::open(path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : path, std::nullopt));
    FACET_TRY(auto units, ffmpeg::UnitReader::open(demuxer));
    units.without_reordering(options.without_reordering);
    return std::make_unique<FileInput>(std::move(demuxer), std::move(units), options, interrupt);
}

}  // namespace facet::source::live
