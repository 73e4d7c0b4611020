#include "scene/rule/left.h"

#include <algorithm>

#include "scene/rule/presence.h"
#include "scene/rule/standing.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

namespace {

constexpr float kSamePlaceIou = 0.5F;
constexpr std::size_t kPlacesMax = 256;
constexpr Nanoseconds kPlaceMemory = std::chrono::minutes(1);

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "30s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long an object must stand unattended"},
    {.key = "owners",
     .type = config::OptionType::texts,
     .fallback = "[person]",
     .help = "the labels of those who may attend an object"},
    {.key = "distance",
     .type = config::OptionType::number,
     .fallback = "1",
     .minimum = 0,
     .maximum = 100,
     .unit = "heights of the owner's box",
     .help = "how near an owner must be to attend"},
    {.key = "learn",
     .type = config::OptionType::duration,
     .fallback = "5s",
     .minimum = 0,
     .unit = "s",
     .help = "objects seen so soon after the start of the stream belong there"},
    kStillRow,
};

struct LeftOptions {
    Nanoseconds after{};
    std::vector<std::string> owners;
    float distance = 0;
    Nanoseconds learn{};
    double still = 0;
};

/// Places at which an object is no news.
class KnownPlaces {
public:
    bool use(const Box& box, Nanoseconds t) {
        for (auto& place : places_)
            if (iou(place.box, box) >= kSamePlaceIou) {
                place.used = t;
                return true;
            }
        return false;
    }
    void add(const Box& box, Nanoseconds t) {
        if (use(box, t)) return;
        if (places_.size() == kPlacesMax)
            places_.erase(std::min_element(places_.begin(), places_.end(),
                                           [](const Place& a, const Place& b) { return a.used < b.used; }));
        places_.push_back({box, t});
    }
    void forget(Nanoseconds t) {
        std::erase_if(places_, [&](const Place& place) { return t - place.used > kPlaceMemory; });
    }

private:
    struct Place {
        Box box;
        Nanoseconds used{};
    };
    std::vector<Place> places_;
};

struct Thing {
    Standing standing;
    bool known = false;  // its times are set
    bool told = false;
    Nanoseconds attended{};  // when it was last attended, or first seen
};

class LeftRule final : public Rule {
public:
    LeftRule(RuleCommon common, Area area, LeftOptions options)
        : common_(std::move(common)), area_(std::move(area)), options_(std::move(options)) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        if (!first_t_) first_t_ = scene.t;
        things_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t, Thing& thing, const Sighting& sighting) {
                thing.standing.seen(sighting, options_.still);
                if (!std::exchange(thing.known, true)) thing.attended = sighting.t;
            },
            [](std::int64_t, Thing&, const Sighting&, Missing) {});
        if (!scene.detections) return;

        std::vector<const Track*> owners;
        for (const Track& track : scene.tracks)
            if (track.state == TrackState::confirmed && track.detection >= 0 && is_owner(scene, track.label))
                owners.push_back(&track);
        things_.for_each([&](std::int64_t id, Thing& thing, const Sighting& latest) {
            const bool is_attended = std::any_of(owners.begin(), owners.end(), [&](const Track* owner) {
                return owner->id != id && gap(owner->box, latest.box) <= options_.distance * owner->box.height;
            });
            if (is_attended) thing.attended = scene.t;
            if (latest.t == scene.t && is_object(scene, latest.label)) judge(scene, id, thing, latest, events);
        });
        places_.forget(scene.t);
    }

    RuleShape shape() const override {
        return {.points = area_.points(), .closed = true, .counters = {{"left", static_cast<double>(count_)}}};
    }

private:
    bool is_owner(const SceneView& scene, int label) const {
        return std::find(options_.owners.begin(), options_.owners.end(), label_name(scene, label)) != options_.owners.end();
    }
    bool is_object(const SceneView& scene, int label) const {
        return common_.labels.empty() ? !is_owner(scene, label) : is_wanted(common_.labels, scene, label);
    }

    void judge(const SceneView& scene, std::int64_t id, Thing& thing, const Sighting& sighting, std::vector<Event>& events) {
        if (scene.t - *first_t_ < options_.learn) {
            places_.add(sighting.box, scene.t);
            return;
        }
        if (places_.use(sighting.box, scene.t) || thing.told || !area_.contains(sighting.anchor)) return;
        const Nanoseconds unattended = scene.t - thing.attended;
        if (thing.standing.length() < options_.after || unattended < options_.after) return;
        thing.told = true;
        places_.add(sighting.box, scene.t);
        ++count_;
        Event event = event_of(common_, kLeftRule.type, scene, id, sighting, sighting.label);
        event.values = {{"standing_s", seconds(thing.standing.length())},
                        {"unattended_s", seconds(unattended)},
                        {"left", static_cast<double>(count_)}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Area area_;
    LeftOptions options_;
    TrackMemory<Thing> things_;
    KnownPlaces places_;
    std::optional<Nanoseconds> first_t_;
    std::int64_t count_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<LeftRule>(common, std::move(area),
                                      LeftOptions{.after = options.duration("after"),
                                                  .owners = options.texts("owners"),
                                                  .distance = static_cast<float>(options.number("distance")),
                                                  .learn = options.duration("learn"),
                                                  .still = options.number("still")});
}

}  // namespace

constinit const RuleInfo kLeftRule{
    .type = "left", .summary = "an object was left behind", .options = kOptions, .create = create};

}  // namespace facet::scene
