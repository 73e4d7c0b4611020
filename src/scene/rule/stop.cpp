#include "scene/rule/stop.h"

#include "scene/rule/presence.h"
#include "scene/rule/standing.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "5s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long an object must stand"},
    kStillRow,
};

struct Vehicle {
    Standing standing;
    bool has_stopped = false;  // the event was given
    bool is_counted = false;   // in `standing_`
};

class StopRule final : public Rule {
public:
    StopRule(RuleCommon common, Area area, Nanoseconds after, double still)
        : common_(std::move(common)), area_(std::move(area)), after_(after), still_(still) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        vehicles_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Vehicle& vehicle, const Sighting& sighting) {
                if (vehicle.standing.seen(sighting, vehicle.has_stopped ? 2 * still_ : still_)) vehicle.has_stopped = false;
                if (!vehicle.has_stopped && vehicle.standing.length() >= after_ && area_.contains(sighting.anchor) &&
                    is_wanted(common_.labels, scene, sighting.label))
                    stop(scene, id, vehicle, sighting, events);
                count(vehicle, vehicle.has_stopped);
            },
            [&](std::int64_t, Vehicle& vehicle, const Sighting&, Missing missing) {
                if (missing != Missing::lost) count(vehicle, false);
            });
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {{"stops", static_cast<double>(stops_)}, {"standing", static_cast<double>(standing_)}}};
    }

private:
    void stop(const SceneView& scene, std::int64_t id, Vehicle& vehicle, const Sighting& sighting,
              std::vector<Event>& events) {
        vehicle.has_stopped = true;
        ++stops_;
        Event event = event_of(common_, kStopRule.type, scene, id, sighting, sighting.label);
        event.values = {{"stopped_s", seconds(vehicle.standing.length())}, {"stops", static_cast<double>(stops_)}};
        emit(events, std::move(event));
    }

    void count(Vehicle& vehicle, bool is_counted) {
        standing_ += static_cast<int>(is_counted) - static_cast<int>(vehicle.is_counted);
        vehicle.is_counted = is_counted;
    }

    RuleCommon common_;
    Area area_;
    Nanoseconds after_;
    double still_;
    TrackMemory<Vehicle> vehicles_;
    std::int64_t stops_ = 0;
    std::int64_t standing_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<StopRule>(common, std::move(area), options.duration("after"), options.number("still"));
}

}  // namespace

constinit const RuleInfo kStopRule{
    .type = "stop", .summary = "an object has stopped", .options = kOptions, .create = create};

}  // namespace facet::scene
