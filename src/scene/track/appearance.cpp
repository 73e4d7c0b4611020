#include "scene/track/appearance.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "scene/track/association.h"
#include "scene/track/option_rows.h"

namespace facet::scene {

namespace {

constexpr auto kOptions = with_life_options<5>({{
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
    {.key = "likeness",
     .type = config::OptionType::number,
     .fallback = "0.75",
     .minimum = -1,
     .maximum = 1,
     .help = "least cosine of two embeddings of one object"},
    {.key = "look_time",
     .type = config::OptionType::duration,
     .fallback = "5s",
     .minimum = 0,
     .maximum = 60,
     .help = "a lost object is found again by its looks within this time; by motion alone within lost_time"},
}});

constexpr float kSureCostMax = 0.8F;       // of 1 - IoU * score, or of the distance in looks
constexpr float kUnsureCostMax = 0.7F;     // of 1 - IoU
constexpr float kTentativeCostMax = 0.8F;  // as the first
/// Share of the old look that a sure detection leaves (BoT-SORT); an unsure one leaves more.
constexpr float kKeep = 0.9F;

class Appearance : public Tracker {
public:
    Appearance(const LifeOptions& life, float high, float low, float start, float likeness)
        : roster_(life, MotionModel{}), high_(high), low_(low), start_(start), likeness_(likeness) {}

    std::span<const Track> update(const Detections& detections, Nanoseconds t) override {
        roster_.advance(t);
        left_.collect(roster_, detections, high_, low_);

        const auto at = [&](int d) -> const Detection& { return detections.items[static_cast<std::size_t>(d)]; };
        const auto seen = [&](std::size_t i, int d) {
            roster_.seen(i, at(d), d);
            look_at(roster_[i], at(d));
        };
        const auto overlap = [&](std::size_t i, int d) { return 1 - iou(left_.predicted[i], at(d).box); };
        const auto overlap_or_looks = [&](std::size_t i, int d) {
            const float scored =
                roster_.within_motion(roster_[i]) ? 1 - iou(left_.predicted[i], at(d).box) * at(d).score : kNever;
            const auto cosine = likeness(roster_[i], at(d));
            if (!cosine || *cosine < likeness_ || reach_cost(roster_[i], at(d), roster_.motion()) == kNever) return scored;
            return std::min(scored, (1 - *cosine) / 2);
        };
        const auto reach = [&](std::size_t i, int d) {
            const auto cosine = likeness(roster_[i], at(d));
            const bool unlike = cosine ? *cosine < likeness_ : !roster_.within_motion(roster_[i]);
            return unlike ? kNever : reach_cost(roster_[i], at(d), roster_.motion());
        };

        pairing_.match(left_.believed, left_.sure, kSureCostMax, overlap_or_looks, seen);
        left_.set_lost_aside(roster_);
        pairing_.match(left_.believed, left_.unsure, kUnsureCostMax, overlap, seen);
        pairing_.match(left_.tentative, left_.sure, kTentativeCostMax, overlap_or_looks, seen);
        left_.gather_rest(detections, start_);
        pairing_.match(left_.waiting, left_.sure, kReachCostMax, reach, seen);
        for (const int d : left_.sure)
            if (roster_.start(at(d), d)) look_at(roster_[roster_.size() - 1], at(d));
        return roster_.finish();
    }

    std::span<const Track> propagate(Nanoseconds t) override {
        roster_.advance(t);
        return roster_.carry();
    }

private:
    /// Cosine of the two looks, where both are known.
    static std::optional<float> likeness(const Tracklet& tracklet, const Detection& detection) {
        const auto& a = tracklet.embedding;
        const auto& b = detection.embedding;
        if (a.empty() || a.size() != b.size()) return std::nullopt;
        return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
    }

    /// Mixes the detection's look into the track's. A look that is not finite or of another length is not taken.
    void look_at(Tracklet& tracklet, const Detection& detection) const {
        auto& mean = tracklet.embedding;
        const auto& look = detection.embedding;
        if (look.empty() || (!mean.empty() && mean.size() != look.size())) return;
        if (!std::all_of(look.begin(), look.end(), [](float value) { return std::isfinite(value); })) return;
        const bool first = mean.empty();
        if (first) mean.assign(look.size(), 0);
        const float trust = std::clamp((detection.score - low_) / std::max(1 - low_, 1e-3F), 0.0F, 1.0F);
        const float taken = first ? 1 : (1 - kKeep) * trust;
        float squares = 0;
        for (std::size_t i = 0; i < mean.size(); ++i) {
            mean[i] += taken * (look[i] - mean[i]);
            squares += mean[i] * mean[i];
        }
        const float scale = squares > 0 ? 1 / std::sqrt(squares) : 0;
        for (auto& value : mean) value *= scale;
    }

    Roster roster_;
    float high_, low_, start_, likeness_;
    Pairing pairing_;
    Candidates left_;
};

Result<std::unique_ptr<Tracker>> create(const config::Values& options) {
    auto life = read_life_options(options);
    life.look_time = options.duration("look_time");
    return std::make_unique<Appearance>(
        life, static_cast<float>(options.number("high")), static_cast<float>(options.number("low")),
        static_cast<float>(options.number("start")), static_cast<float>(options.number("likeness")));
}

}  // namespace

const TrackerInfo kAppearance{
    .name = "appearance",
    .summary = "ByteTrack with a memory for looks; needs an embedding cascade to be better than it",
    .options = kOptions,
    .create = create,
};

}  // namespace facet::scene
