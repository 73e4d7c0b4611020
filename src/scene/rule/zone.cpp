#include "scene/rule/zone.h"

#include "scene/rule/stay.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    {.key = "points",
     .type = config::OptionType::points,
     .required = true,
     .help = "the corners of the area, in 0..1 of the picture"},
    {.key = "dwell",
     .type = config::OptionType::duration,
     .minimum = 0.001,
     .unit = "s",
     .help = "also give a `dwell` event when a stay has lasted this long"},
    kHysteresisRow,
    kGraceRow,
};

struct Visitor {
    Stay stay;
    bool has_entered = false;  // the enter event of the stay under way was given
    bool has_dwelt = false;
};

class ZoneRule final : public Rule {
public:
    ZoneRule(RuleCommon common, Area area, std::optional<Nanoseconds> dwell, StayLimits limits)
        : common_(std::move(common)),
          area_(std::move(area)),
          dwell_(dwell),
          limits_(limits),
          visitors_(limits.grace + kTrackMemory) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        visitors_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Visitor& visitor, const Sighting& sighting) {
                if (visitor.stay.seen(sighting, area_, limits_) == Stay::Change::ended)
                    leave(scene, id, visitor, sighting.label, events);
                else if (visitor.stay.is_under_way())
                    stay(scene, id, visitor, sighting, events);
            },
            [&](std::int64_t id, Visitor& visitor, const Sighting& latest, Missing missing) {
                if (visitor.stay.missed(scene.t, latest, missing, limits_) == Stay::Change::ended)
                    leave(scene, id, visitor, latest.label, events);
            });
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {{"inside", static_cast<double>(entered_ - left_)},
                             {"entered", static_cast<double>(entered_)},
                             {"left", static_cast<double>(left_)}}};
    }

private:
    void stay(const SceneView& scene, std::int64_t id, Visitor& visitor, const Sighting& sighting,
              std::vector<Event>& events) {
        if (!visitor.has_entered && is_wanted(common_.labels, scene, sighting.label)) {
            visitor.has_entered = true;
            ++entered_;
            Event event = event_of(common_, kZoneRule.type, scene, id, visitor.stay.first(), sighting.label);
            event.direction = "enter";
            event.values = totals();
            emit(events, std::move(event));
        }
        const bool is_inside = visitor.stay.last_inside().t == sighting.t;
        if (dwell_ && visitor.has_entered && !visitor.has_dwelt && is_inside && visitor.stay.length() >= *dwell_) {
            visitor.has_dwelt = true;
            Event event = event_of(common_, "dwell", scene, id, sighting, sighting.label);
            event.values = totals();
            event.values["dwell_s"] = seconds(visitor.stay.length());
            emit(events, std::move(event));
        }
    }

    void leave(const SceneView& scene, std::int64_t id, Visitor& visitor, int label, std::vector<Event>& events) {
        visitor.has_dwelt = false;
        if (!std::exchange(visitor.has_entered, false)) return;
        ++left_;
        Event event = event_of(common_, kZoneRule.type, scene, id, visitor.stay.last_inside(), label);
        event.direction = "leave";
        event.values = totals();
        event.values["dwell_s"] = seconds(visitor.stay.length());
        emit(events, std::move(event));
    }

    std::map<std::string, double> totals() const {
        return {{"occupancy", static_cast<double>(entered_ - left_)},
                {"entered", static_cast<double>(entered_)},
                {"left", static_cast<double>(left_)}};
    }

    RuleCommon common_;
    Area area_;
    std::optional<Nanoseconds> dwell_;
    StayLimits limits_;
    TrackMemory<Visitor> visitors_;
    std::int64_t entered_ = 0;
    std::int64_t left_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    const auto dwell = options.has("dwell") ? std::optional(options.duration("dwell")) : std::nullopt;
    return std::make_unique<ZoneRule>(common, std::move(area), dwell, read_stay_limits(options));
}

}  // namespace

constinit const RuleInfo kZoneRule{
    .type = "zone", .summary = "an object enters, leaves or stays in an area", .options = kOptions, .create = create};

}  // namespace facet::scene
