#include "scene/rule/absence.h"

#include "scene/rule/presence.h"
#include "scene/rule/sighting.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "30s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long nothing must have been there"},
};

class AbsenceRule final : public Rule {
public:
    AbsenceRule(RuleCommon common, Area area, Nanoseconds after)
        : common_(std::move(common)), area_(std::move(area)), after_(after) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        if (!scene.detections) return;
        area_.fit(scene.picture);
        const bool is_there = !present(scene, common_, area_).empty();
        if (!last_there_) last_there_ = scene.t;
        const Nanoseconds absent = scene.t - *last_there_;
        if (is_there) last_there_ = scene.t;
        if (active_ ? !is_there : is_there || absent < after_) return;
        active_ = !active_;
        if (active_) ++absences_;
        Event event = event_of(common_, kAbsenceRule.type, scene);
        event.values = {{"active", active_ ? 1 : 0}, {"absent_s", seconds(absent)}};
        emit(events, std::move(event));
    }

    RuleShape shape() const override {
        return {.points = area_.points(), .closed = true, .counters = {{"absences", static_cast<double>(absences_)}}};
    }

private:
    RuleCommon common_;
    Area area_;
    Nanoseconds after_;
    std::optional<Nanoseconds> last_there_;
    bool active_ = false;
    std::int64_t absences_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<AbsenceRule>(common, std::move(area), options.duration("after"));
}

}  // namespace

constinit const RuleInfo kAbsenceRule{
    .type = "absence", .summary = "what should be there has not been seen for long", .options = kOptions, .create = create};

}  // namespace facet::scene
