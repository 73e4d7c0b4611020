#include "scene/rule/motion.h"

#include <algorithm>

#include "scene/rule/presence.h"
#include "scene/rule/sighting.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "500ms",
     .minimum = 0,
     .unit = "s",
     .help = "how long something must move"},
    {.key = "grace",
     .type = config::OptionType::duration,
     .fallback = "2s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long nothing must move for the movement to have ended"},
};

class MotionRule final : public Rule {
public:
    MotionRule(RuleCommon common, Area area, Nanoseconds after, Nanoseconds grace)
        : common_(std::move(common)), area_(std::move(area)), after_(after), grace_(grace) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        if (!scene.detections) return;
        area_.fit(scene.picture);
        if (under_way_ && scene.t - last_.t >= grace_) {
            under_way_ = false;
            if (std::exchange(told_, false)) tell(scene, last_, 0, events);
        }
        const auto movers = present(scene, common_, area_);
        if (movers.empty()) return;
        const auto largest = *std::max_element(movers.begin(), movers.end(),
                                               [](const Track* a, const Track* b) { return a->box.area() < b->box.area(); });
        last_ = sighting_of(scene, *largest, common_.anchor_bottom);
        if (!under_way_) first_ = last_;
        under_way_ = true;
        if (told_ || last_.t - first_.t < after_) return;
        told_ = true;
        ++movements_;
        tell(scene, first_, 1, events);
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {{"moving", told_ ? 1 : 0}, {"movements", static_cast<double>(movements_)}}};
    }

private:
    void tell(const SceneView& scene, const Sighting& at, double active, std::vector<Event>& events) const {
        Event event = event_of(common_, kMotionRule.type, scene);
        event.t = at.t;
        event.time = at.time;
        event.box = at.box;
        event.score = at.score;
        event.label = label_name(scene, at.label);
        event.values = {{"active", active}, {"motion_s", seconds(last_.t - first_.t)}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Area area_;
    Nanoseconds after_;
    Nanoseconds grace_;
    bool under_way_ = false;
    bool told_ = false;
    Sighting first_;  // of the largest object on the first moving frame
    Sighting last_;
    std::int64_t movements_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<MotionRule>(common, std::move(area), options.duration("after"), options.duration("grace"));
}

}  // namespace

constinit const RuleInfo kMotionRule{
    .type = "motion", .summary = "something moves, or no longer does", .options = kOptions, .create = create};

}  // namespace facet::scene
