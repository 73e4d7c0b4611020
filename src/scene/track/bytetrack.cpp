#include "scene/track/bytetrack.h"

#include <algorithm>

#include "scene/track/association.h"
#include "scene/track/option_rows.h"
#include "scene/track/screen.h"

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

constexpr float kSureCostMax = 0.9F;       // of 1 - IoU * score
constexpr float kUnsureCostMax = 0.5F;     // of 1 - IoU
constexpr float kTentativeCostMax = 0.8F;  // of 1 - IoU * score

class ByteTrack : public Tracker {
public:
    ByteTrack(const LifeOptions& life, float high, float low, float start)
        : roster_(life, MotionModel{}), high_(high), low_(low), start_(start) {}

    std::span<const Track> update(const Detections& detections, Nanoseconds t) override {
        const auto& items = detections.items;
        const auto at = [&](int index) -> const Detection& { return items[static_cast<std::size_t>(index)]; };
        roster_.advance(t);
        screen(detections, low_, sure_);
        split_by_score(items);
        list_tracklets();

        const auto seen = [&](std::size_t i, int d) { roster_.seen(i, at(d), d); };
        const auto overlap = [&](std::size_t i, int d) { return 1 - iou(predicted_[i], at(d).box); };
        const auto scored_overlap = [&](std::size_t i, int d) { return 1 - iou(predicted_[i], at(d).box) * at(d).score; };
        const auto reach = [&](std::size_t i, int d) { return reach_cost(roster_[i], at(d), roster_.motion()); };

        pairing_.match(believed_, sure_, kSureCostMax, scored_overlap, seen);
        keep_recent();
        pairing_.match(believed_, unsure_, kUnsureCostMax, overlap, seen);
        pairing_.match(tentative_, sure_, kTentativeCostMax, scored_overlap, seen);
        left_.insert(left_.end(), believed_.begin(), believed_.end());
        left_.insert(left_.end(), tentative_.begin(), tentative_.end());
        std::sort(left_.begin(), left_.end());
        sure_.insert(sure_.end(), unsure_.begin(), unsure_.end());
        std::erase_if(sure_, [&](int d) { return at(d).score < start_; });
        pairing_.match(left_, sure_, kReachCostMax, reach, seen);
        for (const int d : sure_) roster_.start(at(d), d);
        return roster_.finish();
    }

    std::span<const Track> propagate(Nanoseconds t) override {
        roster_.advance(t);
        return roster_.carry();
    }

private:
    /// Moves the unsure detections out of sure_, which is by falling score.
    void split_by_score(const std::vector<Detection>& items) {
        const auto first_unsure = std::find_if(sure_.begin(), sure_.end(),
                                               [&](int d) { return items[static_cast<std::size_t>(d)].score < high_; });
        unsure_.assign(first_unsure, sure_.end());
        sure_.erase(first_unsure, sure_.end());
    }

    void list_tracklets() {
        believed_.clear();
        tentative_.clear();
        left_.clear();
        predicted_.clear();
        for (std::size_t i = 0; i < roster_.size(); ++i) {
            predicted_.push_back(roster_[i].filter.box());
            (roster_[i].tentative() ? tentative_ : believed_).push_back(i);
        }
    }

    /// Only tracks that were there a moment ago may take an unsure detection; the lost ones wait in left_.
    void keep_recent() {
        std::erase_if(believed_, [this](std::size_t i) {
            if (roster_[i].track.state == TrackState::confirmed) return false;
            left_.push_back(i);
            return true;
        });
    }

    Roster roster_;
    float high_, low_, start_;
    Pairing pairing_;
    std::vector<Box> predicted_;
    std::vector<std::size_t> believed_, tentative_, left_;
    std::vector<int> sure_, unsure_;
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
