#include "source/live/picture_input.h"

#include <fmt/format.h>

#include <utility>

#include "base/secrets.h"
#include "source/file/still.h"
#include "wrap/http/poller.h"

namespace facet::source::live {

namespace {

constexpr std::string_view kJpeg = "\xFF\xD8\xFF";
constexpr std::string_view kPng = "\x89PNG\r\n\x1A\n";

class PictureDecoder final : public LiveDecoder {
public:
    PictureDecoder(std::string name, LiveTimeline& timeline) : name_(std::move(name)), frames_(timeline) {}

    Status decode(const LivePacket& packet, std::vector<FramePtr>& out) override {
        const Nanoseconds began = thread_cpu_time();
        const std::string& bytes = *std::get<PictureFile>(packet.content).bytes;
        FACET_TRY(auto still, decoder_.decode({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, name_));
        out.push_back(frames_.make({std::move(still.picture), std::nullopt, packet.arrived, thread_cpu_time() - began}));
        return {};
    }

private:
    std::string name_;
    file::StillDecoder decoder_;
    LiveFrames frames_;
};

class PictureInput final : public LiveInput {
public:
    PictureInput(http::Poller poller, std::string name, Nanoseconds interval, Interrupt& interrupt)
        : poller_(std::move(poller)),
          name_(std::move(name)),
          interval_(interval),
          interrupt_(interrupt),
          due_(monotonic_now()) {
        facts_.frames_per_second = 1 / seconds(interval);
        facts_.codec = "picture";
    }

    const SourceFacts& facts() const override { return facts_; }

    /// Fetches until there is a picture that is new; false after the interrupt.
    Result<bool> fetch() {
        while (!interrupt_.wait_until(due_)) {
            auto document = poller_.get(interrupt_.flag());
            if (interrupt_.is_raised()) return false;
            if (!document) return fail(std::move(document.error()));
            const TimePoint now = monotonic_now();
            due_ += interval_ * std::max<std::int64_t>(1, (now - due_ + interval_ - Nanoseconds(1)) / interval_);
            if (document->is_unchanged || (latest_ && document->body == *latest_)) continue;
            if (!document->body.starts_with(kJpeg) && !document->body.starts_with(kPng))
                return fail(ErrorCode::corrupt, "{}: gives {} bytes of '{}', expected a JPEG or PNG picture", name_,
                            document->body.size(), document->type.substr(0, 80));
            latest_ = std::make_shared<const std::string>(std::move(document->body));
            arrived_ = now;
            return true;
        }
        return false;
    }

    Result<bool> read(LivePacket& packet) override {
        if (!std::exchange(has_first_, false)) {
            FACET_TRY(const bool more, fetch());
            if (!more) return false;
        }
        packet.content = PictureFile{latest_};
        packet.unit = {ffmpeg::UnitKind::key, false};
        packet.arrived = arrived_;
        packet.captured.reset();
        return true;
    }

    Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const override {
        return std::make_unique<PictureDecoder>(name_, timeline);
    }

private:
    http::Poller poller_;
    std::string name_;
    SourceFacts facts_;
    Nanoseconds interval_;
    Interrupt& interrupt_;
    TimePoint due_;
    std::shared_ptr<const std::string> latest_;  // the latest picture: some servers do not say that it is the same
    TimePoint arrived_{};
    bool has_first_ = true;  // fetched by opening, not read yet
};

}  // namespace

Result<std::unique_ptr<LiveInput>> open_pictures(const std::string& address, const LiveInputOptions& options,
                                                 Interrupt& interrupt) {
    const std::string name = without_secrets(address);
    FACET_TRY(auto poller, http::Poller::open({.address = address, .name = name, .bytes_max = kPolledBytesMax}));
    auto input = std::make_unique<PictureInput>(std::move(poller), name, options.poll, interrupt);
    FACET_TRY(const bool is_there, input->fetch());
    if (!is_there) return fail(ErrorCode::cancelled, "{}: interrupted", name);
    return input;
}

}  // namespace facet::source::live
