#include "scene/track/bytetrack.h"

#include "scene/track/association.h"
#include "scene/track/option_rows.h"

namespace facet::scene {

namespace {

constexpr auto kOptions = with_life_options<3>({{
    {.key = "high",
     .type = config::OptionType::number,
     .fallback = "0.5",
     .minimum = 0,
     .maximum = 1,
     .help = "detections of at least this score are sure: matched first"},
    {.key = "low",
     .type = config::OptionType::number,
     .fallback = "0.1",
     .minimum = 0,
     .maximum = 1,
     .help = "detections below this score are not looked at"},
    {.key = "start",
     .type = config::OptionType::number,
     .fallback = "0.4",
     .minimum = 0,
     .maximum = 1,
     .help = "unmatched detections of at least this score start a track"},
}});

constexpr float kSureCostMax = 0.8F;       // of 1 - IoU * score
constexpr float kUnsureCostMax = 0.7F;     // of 1 - IoU
constexpr float kTentativeCostMax = 0.8F;  // of 1 - IoU * score

class ByteTrack : public Tracker {
public:
    ByteTrack(const LifeOptions& life, float high, float low, float start)
        : roster_(life, MotionModel{}), high_(high), low_(low), start_(start) {}

    std::span<const Track> update(const Detections& detections, Nanoseconds t) override {
        roster_.advance(t);
        left_.collect(roster_, detections, high_, low_);

        const auto at = [&](int d) -> const Detection& { return detections.items[static_cast<std::size_t>(d)]; };
        const auto seen = [&](std::size_t i, int d) { roster_.seen(i, at(d), d); };
        const auto overlap = [&](std::size_t i, int d) { return 1 - iou(left_.predicted[i], at(d).box); };
        const auto scored_overlap = [&](std::size_t i, int d) {
            return 1 - iou(left_.predicted[i], at(d).box) * at(d).score;
        };
        const auto reach = [&](std::size_t i, int d) { return reach_cost(roster_[i], at(d), roster_.motion()); };

        pairing_.match(left_.believed, left_.sure, kSureCostMax, scored_overlap, seen);
        left_.set_lost_aside(roster_);
        pairing_.match(left_.believed, left_.unsure, kUnsureCostMax, overlap, seen);
        pairing_.match(left_.tentative, left_.sure, kTentativeCostMax, scored_overlap, seen);
        left_.gather_rest(detections, start_);
        pairing_.match(left_.waiting, left_.sure, kReachCostMax, reach, seen);
        for (const int d : left_.sure) roster_.start(at(d), d);
        return roster_.finish();
    }

    std::span<const Track> propagate(Nanoseconds t) override {
        roster_.advance(t);
        return roster_.carry();
    }

private:
    Roster roster_;
    float high_, low_, start_;
    Pairing pairing_;
    Candidates left_;
};

Result<std::unique_ptr<Tracker>> create(const config::Values& options) {
    return std::make_unique<ByteTrack>(read_life_options(options), static_cast<float>(options.number("high")),
                                       static_cast<float>(options.number("low")),
                                       static_cast<float>(options.number("start")));
}

}  // namespace

const TrackerInfo kByteTrack{
    .name = "bytetrack",
    .summary = "sure detections first, then unsure ones where a track is expected; the default",
    .options = kOptions,
    .create = create,
};

}  // namespace facet::scene
