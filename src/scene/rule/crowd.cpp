#include "scene/rule/crowd.h"

#include "scene/rule/presence.h"
#include "scene/rule/running_median.h"
#include "scene/rule/sighting.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "count",
     .type = config::OptionType::integer,
     .fallback = "10",
     .minimum = 1,
     .maximum = 10000,
     .unit = "objects",
     .help = "how many are a crowd"},
    {.key = "slack",
     .type = config::OptionType::integer,
     .fallback = "1",
     .minimum = 0,
     .maximum = 10000,
     .unit = "objects",
     .help = "how many fewer are still the same crowd"},
    {.key = "window",
     .type = config::OptionType::duration,
     .fallback = "2s",
     .minimum = 0.001,
     .maximum = 60,
     .unit = "s",
     .help = "the time over which the median is taken"},
};

class CrowdRule final : public Rule {
public:
    CrowdRule(RuleCommon common, Area area, int count, int slack, Nanoseconds window)
        : common_(std::move(common)), area_(std::move(area)), count_(count), slack_(slack), median_(window) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        if (!scene.detections) return;
        area_.fit(scene.picture);
        size_ = median_.add(scene.t, scene.time, static_cast<int>(present(scene, common_, area_).size()));
        peak_ = active_ ? std::max(peak_, size_) : size_;
        if (active_ ? size_ >= count_ - slack_ : size_ < count_) return;
        active_ = !active_;
        if (active_) ++crowds_;
        Event event = event_of(common_, kCrowdRule.type, scene);
        event.values = {{"active", active_ ? 1 : 0}, {"count", size_}, {"peak", peak_}};
        emit(events, std::move(event));
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {{"count", size_}, {"crowds", static_cast<double>(crowds_)}}};
    }

private:
    RuleCommon common_;
    Area area_;
    int count_;
    int slack_;
    RunningMedian median_;
    bool active_ = false;
    int size_ = 0;
    int peak_ = 0;
    std::int64_t crowds_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    const auto count = static_cast<int>(options.integer("count"));
    const auto slack = static_cast<int>(options.integer("slack"));
    if (slack >= count)
        return fail(ErrorCode::invalid_argument, "{}: rule '{}': slack is {}, expected less than count, {}",
                    options.place("slack"), common.name, slack, count);
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<CrowdRule>(common, std::move(area), count, slack, options.duration("window"));
}

}  // namespace

constinit const RuleInfo kCrowdRule{
    .type = "crowd", .summary = "many objects are in an area at once", .options = kOptions, .create = create};

}  // namespace facet::scene
