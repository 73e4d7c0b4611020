#include "scene/rule/dwell.h"

#include "scene/rule/presence.h"
#include "scene/rule/stay.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "dwell",
     .type = config::OptionType::duration,
     .required = true,
     .minimum = 0.001,
     .unit = "s",
     .help = "how long an object must stay"},
    {.key = "visits",
     .type = config::OptionType::choice,
     .fallback = "each",
     .choices = "each|all",
     .help = "whether each stay counts for itself, or all stays of one object together (loitering)"},
    kHysteresisRow,
    kGraceRow,
};

struct Dweller {
    Stay stay;
    Nanoseconds earlier{};  // the stays before this one
    int visits = 0;
    bool told = false;
};

class DwellRule final : public Rule {
public:
    DwellRule(RuleCommon common, Area area, Nanoseconds dwell, bool all_visits, StayLimits limits)
        : common_(std::move(common)),
          area_(std::move(area)),
          dwell_(dwell),
          all_visits_(all_visits),
          limits_(limits),
          dwellers_(limits.grace + kTrackMemory) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        dwellers_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Dweller& dweller, const Sighting& sighting) {
                const Stay::Change change = dweller.stay.seen(sighting, area_, limits_);
                if (change == Stay::Change::began) ++dweller.visits;
                if (change == Stay::Change::ended) end(dweller);
                if (area_.contains(sighting.anchor)) judge(scene, id, dweller, sighting, events);
            },
            [&](std::int64_t, Dweller& dweller, const Sighting& latest, Missing missing) {
                if (dweller.stay.missed(scene.t, latest, missing, limits_) == Stay::Change::ended) end(dweller);
            });
    }

    RuleShape shape() const override {
        return {.points = area_.points(), .closed = true, .counters = {{"dwellers", static_cast<double>(count_)}}};
    }

private:
    void end(Dweller& dweller) const {
        dweller.earlier += dweller.stay.length();
        if (!all_visits_) dweller.told = false;
    }

    void judge(const SceneView& scene, std::int64_t id, Dweller& dweller, const Sighting& sighting,
               std::vector<Event>& events) {
        const Nanoseconds length = dweller.stay.length() + (all_visits_ ? dweller.earlier : Nanoseconds{});
        if (dweller.told || length < dwell_ || !is_wanted(common_.labels, scene, sighting.label)) return;
        dweller.told = true;
        ++count_;
        Event event = event_of(common_, kDwellRule.type, scene, id, sighting, sighting.label);
        event.values = {{"dwell_s", seconds(length)},
                        {"stay_s", seconds(dweller.stay.length())},
                        {"visits", dweller.visits},
                        {"dwellers", static_cast<double>(count_)}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Area area_;
    Nanoseconds dwell_;
    bool all_visits_;
    StayLimits limits_;
    TrackMemory<Dweller> dwellers_;
    std::int64_t count_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<DwellRule>(common, std::move(area), options.duration("dwell"), options.text("visits") == "all",
                                       read_stay_limits(options));
}

}  // namespace

constinit const RuleInfo kDwellRule{
    .type = "dwell", .summary = "an object stays in an area for long, or loiters", .options = kOptions, .create = create};

}  // namespace facet::scene
