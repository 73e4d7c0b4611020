#include "source/synthetic/synthetic_source.h"

#include "source/synthetic/renderer.h"

namespace facet::source {

namespace {

using synthetic::Renderer;

class SyntheticSource final : public Source {
public:
    explicit SyntheticSource(synthetic::Specification specification) : renderer_(std::move(specification)) {
        const auto& given = renderer_.specification();
        facts_.size = given.size;
        facts_.frames_per_second = given.frames_per_second;
        facts_.frames = given.frames;
        facts_.codec = "synthetic";
        facts_.colour = {renderer_.matrix(), ColourRange::limited};
    }

    const SourceFacts& facts() const override { return facts_; }

    Result<FramePtr> next() override {
        if (facts_.frames > 0 && sequence_ >= facts_.frames) return FramePtr();
        auto frame = std::make_shared<Frame>();
        const auto begun = thread_cpu_time();
        frame->arrived = monotonic_now();
        frame->picture = renderer_.render(sequence_);
        frame->decode_cost = thread_cpu_time() - begun;
        frame->sequence = sequence_;
        frame->t = renderer_.time_of(sequence_);
        frame->pts = frame->t;
        frame->captured = facts_.started + frame->t;
        ++sequence_;
        return FramePtr(std::move(frame));
    }

    std::span<const Damage> damage() const override { return {}; }

private:
    Renderer renderer_;
    SourceFacts facts_;
    std::int64_t sequence_ = 0;
};

}  // namespace

const SourceInfo kSyntheticSource{
    .name = "synthetic",
    .summary = "seeded scenes with exact truth: street, crossing, hall, belt",
    .options = synthetic::dial_options(),
    .takes = [](std::string_view address) { return address.starts_with(synthetic::kScheme); },
    .open = [](std::string_view address) -> Result<std::unique_ptr<Source>> {
        FACET_TRY(auto specification, synthetic::read_address(address));
        return std::make_unique<SyntheticSource>(std::move(specification));
    },
};

}  // namespace facet::source
