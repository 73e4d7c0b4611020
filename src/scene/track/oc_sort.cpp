#include "scene/track/oc_sort.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "scene/track/association.h"
#include "scene/track/option_rows.h"

namespace facet::scene {

namespace {

constexpr auto kOptions = with_life_options<3>({{
    {.key = "start",
     .type = config::OptionType::number,
     .fallback = "0.4",
     .minimum = 0,
     .maximum = 1,
     .help = "detections below this score are not looked at"},
    {.key = "direction_weight",
     .type = config::OptionType::number,
     .fallback = "0.2",
     .minimum = 0,
     .maximum = 1,
     .help = "how much keeping the observed direction counts beside the overlap"},
    {.key = "direction_time",
     .type = config::OptionType::duration,
     .fallback = "100ms",
     .minimum = 0,
     .maximum = 10,
     .help = "the direction is observed over this time, or over two observations where they are farther apart"},
}});

constexpr float kIouMin = 0.2F;  // the paper's 0.3 is for 30 frames a second; see tests/interop/track_peers.py
constexpr float kOverlapCostMax = 1;
constexpr int kVirtualStepsMax = 30;

class OcSort : public Tracker {
public:
    OcSort(const LifeOptions& life, float start, float direction_weight, Nanoseconds direction_time)
        : roster_(life, MotionModel{}),
          start_(start),
          direction_weight_(direction_weight),
          direction_time_(direction_time) {}

    std::span<const Track> update(const Detections& detections, Nanoseconds t) override {
        roster_.advance(t);
        left_.collect(roster_, detections, start_, start_);
        left_.gather_rest(detections, start_);  // one list: tentative tracks are matched like all others

        const auto at = [&](int d) -> const Detection& { return detections.items[static_cast<std::size_t>(d)]; };
        const auto seen = [&](std::size_t i, int d) {
            if (roster_[i].misses > 0) update_again(roster_[i], at(d).box);
            roster_.seen(i, at(d), d);
            roster_[i].remember(direction_time_);
        };
        const auto momentum = [&](std::size_t i, int d) {
            const float overlap = iou(left_.predicted[i], at(d).box);
            return overlap < kIouMin ? kNever
                                     : 1 - overlap - direction_weight_ * at(d).score * agreement(roster_[i], at(d).box);
        };
        const auto recovery = [&](std::size_t i, int d) {
            const float overlap = iou(roster_[i].measured, at(d).box);
            return overlap < kIouMin ? kNever : 1 - overlap;
        };
        const auto reach = [&](std::size_t i, int d) { return reach_cost(roster_[i], at(d), roster_.motion()); };

        pairing_.match(left_.waiting, left_.sure, kOverlapCostMax, momentum, seen);
        pairing_.match(left_.waiting, left_.sure, kOverlapCostMax, recovery, seen);
        pairing_.match(left_.waiting, left_.sure, kReachCostMax, reach, seen);
        for (const int d : left_.sure) roster_.start(at(d), d);
        return roster_.finish();
    }

    std::span<const Track> propagate(Nanoseconds t) override {
        roster_.advance(t);
        return roster_.carry();
    }

private:
    /// How well going to `box` keeps the observed direction: 0.5 the same, 0 across or not known, -0.5 the reverse.
    static float agreement(const Tracklet& tracklet, const Box& box) {
        if (tracklet.trail.size() < 2) return 0;
        const Point from = tracklet.trail.front().centre;
        const Point to = tracklet.trail.back().centre;
        const Point here = box.centre();
        const float length = std::hypot(to.x - from.x, to.y - from.y) * std::hypot(here.x - from.x, here.y - from.y);
        if (!(length > 0)) return 0;
        const float dot = (to.x - from.x) * (here.x - from.x) + (to.y - from.y) * (here.y - from.y);
        return 0.5F - std::acos(std::clamp(dot / length, -1.0F, 1.0F)) / std::numbers::pi_v<float>;
    }

    /// Runs the filter anew from the last observation over a straight path of virtual ones, up to before `box` is taken in.
    void update_again(Tracklet& tracklet, const Box& box) const {
        const int steps = std::min(tracklet.misses + 1, kVirtualStepsMax);
        const MotionStep step(roster_.motion(), seconds(roster_.now() - tracklet.track.last_seen) / steps);
        auto filter = tracklet.filter_at_measured;
        const Box& start = tracklet.measured;
        for (int i = 1; i < steps; ++i) {
            const float share = static_cast<float>(i) / static_cast<float>(steps);
            filter.predict(step);
            filter.correct({std::lerp(start.x, box.x, share), std::lerp(start.y, box.y, share),
                            std::lerp(start.width, box.width, share), std::lerp(start.height, box.height, share)},
                           roster_.motion());
        }
        filter.predict(step);
        tracklet.filter = filter;
    }

    Roster roster_;
    float start_, direction_weight_;
    Nanoseconds direction_time_;
    Pairing pairing_;
    Candidates left_;
};

Result<std::unique_ptr<Tracker>> create(const config::Values& options) {
    return std::make_unique<OcSort>(read_life_options(options), static_cast<float>(options.number("start")),
                                    static_cast<float>(options.number("direction_weight")),
                                    options.duration("direction_time"));
}

}  // namespace

const TrackerInfo kOcSort{
    .name = "oc-sort",
    .summary = "observed directions, and a second look where a track was last seen; for objects that turn",
    .options = kOptions,
    .create = create,
};

}  // namespace facet::scene
