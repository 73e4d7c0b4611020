#include "scene/rule/count.h"

#include "scene/rule/presence.h"
#include "scene/rule/running_median.h"
#include "scene/rule/sighting.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    kAreaRow,
    {.key = "window",
     .type = config::OptionType::duration,
     .fallback = "1s",
     .minimum = 0.001,
     .maximum = 60,
     .unit = "s",
     .help = "the time over which the median is taken"},
};

class CountRule final : public Rule {
public:
    CountRule(RuleCommon common, Area area, Nanoseconds window)
        : common_(std::move(common)), area_(std::move(area)), window_(window), median_(window) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        if (!scene.detections) return;
        area_.fit(scene.picture);
        int boxes = 0;
        for (const Detection& detection : scene.detections->items)
            boxes += is_wanted(common_.labels, scene, detection.label) &&
                     area_.contains(anchor_of(detection.box, common_.anchor_bottom, scene.picture));
        if (!first_t_) first_t_ = scene.t;
        const int median = median_.add(scene.t, scene.time, boxes);
        if (scene.t - *first_t_ < window_ / 2 || median == count_) return;
        Event event = event_of(common_, kCountRule.type, scene);
        const auto& since = median_.since(median, told_t_);
        event.t = told_t_ = since.t;
        event.time = since.time;
        event.values = {{"count", median}, {"previous", count_}};
        count_ = median;
        emit(events, std::move(event));
    }

    RuleShape shape() const override { return {.points = area_.points(), .closed = true, .counters = {{"count", count_}}}; }

private:
    RuleCommon common_;
    Area area_;
    Nanoseconds window_;
    RunningMedian median_;
    std::optional<Nanoseconds> first_t_;
    int count_ = 0;
    Nanoseconds told_t_ = Nanoseconds::min();  // of the latest event: changes are told in their order
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<CountRule>(common, std::move(area), options.duration("window"));
}

}  // namespace

constinit const RuleInfo kCountRule{
    .type = "count", .summary = "how many objects there are, whenever that changes", .options = kOptions, .create = create};

}  // namespace facet::scene
