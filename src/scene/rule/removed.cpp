#include "scene/rule/removed.h"

#include <algorithm>
#include <cmath>

#include "scene/rule/presence.h"
#include "scene/rule/standing.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

namespace {

constexpr float kSamePlaceIou = 0.5F;
constexpr std::size_t kPlacesMax = 256;
constexpr Nanoseconds kStepMax = std::chrono::seconds(1);

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "present",
     .type = config::OptionType::duration,
     .fallback = "10s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long an object must have stood to be watched"},
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "5s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long its place must have been empty"},
    {.key = "hidden",
     .type = config::OptionType::number,
     .fallback = "0.2",
     .minimum = 0,
     .maximum = 1,
     .unit = "of the place",
     .help = "how much of its place another object may cover before it counts as hidden"},
    kStillRow,
};

struct RemovedOptions {
    Nanoseconds present{};
    Nanoseconds after{};
    float hidden = 0;
    double still = 0;
};

/// Where an object stands that would be missed.
struct Place {
    Box box;
    std::int64_t track = 0;
    Sighting stood;   // where its first track stood, and since when
    Sighting latest;  // of what fills it
    Nanoseconds empty{};
    bool was_empty = false;  // on the frame before
};

class RemovedRule final : public Rule {
public:
    RemovedRule(RuleCommon common, Area area, const RemovedOptions& options)
        : common_(std::move(common)), area_(std::move(area)), options_(options) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        things_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Standing& standing, const Sighting& sighting) {
                standing.seen(sighting, options_.still);
                if (standing.length() >= options_.present && area_.contains(sighting.anchor) &&
                    is_wanted(common_.labels, scene, sighting.label))
                    watch(id, standing, sighting);
            },
            [](std::int64_t, Standing&, const Sighting&, Missing) {});
        if (!scene.detections) return;
        const Nanoseconds step = std::min(scene.t - latest_t_.value_or(scene.t), kStepMax);
        latest_t_ = scene.t;
        for (Place& place : places_) look(scene, place, step);
        std::vector<Place> emptied;
        std::erase_if(places_, [&](const Place& place) {
            if (place.empty < options_.after) return false;
            emptied.push_back(place);
            return true;
        });
        std::stable_sort(emptied.begin(), emptied.end(), [](const Place& a, const Place& b) { return a.track < b.track; });
        for (const Place& place : emptied) tell(scene, place, events);
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {{"watched", static_cast<double>(places_.size())}, {"removed", static_cast<double>(count_)}}};
    }

private:
    void watch(std::int64_t id, const Standing& standing, const Sighting& sighting) {
        for (const Place& place : places_)
            if (place.track == id || iou(place.box, sighting.box) >= kSamePlaceIou) return;
        if (places_.size() == kPlacesMax)
            places_.erase(std::min_element(places_.begin(), places_.end(),
                                           [](const Place& a, const Place& b) { return a.latest.t < b.latest.t; }));
        places_.push_back({.box = sighting.box, .track = id, .stood = standing.place(), .latest = sighting});
    }

    bool fills(const Place& place, std::int64_t track, const Sighting& sighting) const {
        const Point was = place.stood.anchor;
        const double moved = std::hypot(sighting.anchor.x - was.x, sighting.anchor.y - was.y);
        return iou(place.box, sighting.box) >= kSamePlaceIou ||
               (place.track == track && moved <= options_.still * place.stood.side);
    }

    void look(const SceneView& scene, Place& place, Nanoseconds step) const {
        bool is_hidden = false;
        for (const Track& track : scene.tracks) {
            if (track.state != TrackState::confirmed || track.detection < 0) continue;
            const Sighting sighting = sighting_of(scene, track, common_.anchor_bottom);
            if (fills(place, track.id, sighting) && is_wanted(common_.labels, scene, track.label)) {
                place.latest = sighting;
                place.track = track.id;
                place.empty = {};
                place.was_empty = false;
                return;
            }
            is_hidden = is_hidden || intersection(place.box, track.box).area() > options_.hidden * place.box.area();
        }
        if (!is_hidden && place.was_empty) place.empty += step;
        place.was_empty = !is_hidden;
    }

    void tell(const SceneView& scene, const Place& place, std::vector<Event>& events) {
        ++count_;
        Event event = event_of(common_, kRemovedRule.type, scene, place.track, place.latest, place.latest.label);
        event.values = {{"present_s", seconds(place.latest.t - place.stood.t)}, {"removed", static_cast<double>(count_)}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Area area_;
    RemovedOptions options_;
    TrackMemory<Standing> things_;
    std::vector<Place> places_;  // in the order in which they came to be watched
    std::optional<Nanoseconds> latest_t_;
    std::int64_t count_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<RemovedRule>(common, std::move(area),
                                         RemovedOptions{.present = options.duration("present"),
                                                        .after = options.duration("after"),
                                                        .hidden = static_cast<float>(options.number("hidden")),
                                                        .still = options.number("still")});
}

}  // namespace

constinit const RuleInfo kRemovedRule{
    .type = "removed", .summary = "an object that had been there for long is gone", .options = kOptions, .create = create};

}  // namespace facet::scene
