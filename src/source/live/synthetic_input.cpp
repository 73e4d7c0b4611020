#include "source/live/synthetic_input.h"

#include <utility>

#include "source/live/pacer.h"
#include "source/synthetic/renderer.h"

namespace facet::source::live {

namespace {

class SyntheticDecoder final : public LiveDecoder {
public:
    SyntheticDecoder(synthetic::Specification specification, LiveTimeline& timeline)
        : renderer_(std::move(specification)), frames_(timeline) {}

    Status decode(const LivePacket& packet, std::vector<FramePtr>& out) override {
        const Nanoseconds began = thread_cpu_time();
        Picture picture = renderer_.render(std::get<SceneFrame>(packet.content).number);
        out.push_back(frames_.make({std::move(picture), std::nullopt, packet.arrived, thread_cpu_time() - began}));
        return {};
    }

private:
    synthetic::Renderer renderer_;
    LiveFrames frames_;
};

class SyntheticInput final : public LiveInput {
public:
    SyntheticInput(synthetic::Specification specification, bool loop, Interrupt& interrupt)
        : specification_(std::move(specification)),
          pacer_(specification_.frames_per_second),
          loop_(loop),
          interrupt_(interrupt) {
        facts_.size = specification_.size;
        facts_.frames_per_second = specification_.frames_per_second;
        facts_.frames = specification_.frames;
        facts_.codec = "synthetic";
    }

    const SourceFacts& facts() const override { return facts_; }

    Result<bool> read(LivePacket& packet) override {
        if (specification_.frames > 0 && next_ == specification_.frames) {
            if (!loop_) return false;
            next_ = 0;
        }
        packet.content = SceneFrame{next_++};
        packet.unit = {ffmpeg::UnitKind::key, false};
        packet.arrived = pacer_.due(std::nullopt, monotonic_now());
        return !interrupt_.wait_until(packet.arrived);
    }

    Result<std::unique_ptr<LiveDecoder>> make_decoder(LiveTimeline& timeline) const override {
        return std::make_unique<SyntheticDecoder>(specification_, timeline);
    }

private:
    synthetic::Specification specification_;
    SourceFacts facts_;
    Pacer pacer_;
    bool loop_;
    Interrupt& interrupt_;
    std::int64_t next_ = 0;
};

}  // namespace

Result<std::unique_ptr<LiveInput>> open_synthetic(const std::string& address, const LiveInputOptions& options,
                                                  Interrupt& interrupt) {
    FACET_TRY(auto specification, synthetic::read_address(address));
    return std::make_unique<SyntheticInput>(std::move(specification), options.loop, interrupt);
}

}  // namespace facet::source::live
