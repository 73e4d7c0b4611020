#include "scene/rule/wrong_way.h"

#include <cmath>
#include <numbers>

#include "scene/rule/area.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    {.key = "points",
     .type = config::OptionType::points,
     .required = true,
     .help = "an arrow of two points in the allowed direction, in 0..1 of the picture"},
    {.key = "area",
     .type = config::OptionType::points,
     .help = "the corners of the area where it is allowed, in 0..1 of the picture; none: the whole picture"},
    {.key = "distance",
     .type = config::OptionType::number,
     .fallback = "0.1",
     .minimum = 0.001,
     .maximum = 10,
     .unit = "of the picture's height",
     .help = "how far back an object must go"},
    {.key = "angle",
     .type = config::OptionType::number,
     .fallback = "60",
     .minimum = 1,
     .maximum = 89,
     .unit = "degrees",
     .help = "how far its way may differ from straight back"},
};

struct Driver {
    bool on_the_way = false;
    bool is_wrong = false;
    Point turn;           // the farthest point; once told, the one farthest back
    double progress = 0;  // of `turn`, along the allowed direction
};

class WrongWayRule final : public Rule {
public:
    WrongWayRule(RuleCommon common, Segment arrow, Area area, double distance, double angle_degrees)
        : common_(std::move(common)),
          arrow_(arrow),
          area_(std::move(area)),
          distance_(distance),
          straightness_min_(std::cos(angle_degrees * std::numbers::pi / 180)) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        const Point from = to_heights(arrow_[0], scene.picture);
        const Point to = to_heights(arrow_[1], scene.picture);
        const double length = std::hypot(to.x - from.x, to.y - from.y);
        const double along_x = (to.x - from.x) / length;
        const double along_y = (to.y - from.y) / length;
        drivers_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Driver& driver, const Sighting& sighting) {
                const double progress = sighting.anchor.x * along_x + sighting.anchor.y * along_y;
                advance(scene, id, driver, sighting, progress, events);
            },
            [](std::int64_t, Driver&, const Sighting&, Missing) {});
    }

    RuleShape shape() const override {
        return {.points = {arrow_[0], arrow_[1]}, .closed = false, .counters = {{"wrong_way", static_cast<double>(count_)}}};
    }

private:
    void advance(const SceneView& scene, std::int64_t id, Driver& driver, const Sighting& sighting, double progress,
                 std::vector<Event>& events) {
        if (!area_.contains(sighting.anchor)) {
            driver = Driver{};
            return;
        }
        const bool is_farther = driver.is_wrong ? progress <= driver.progress : progress >= driver.progress;
        const bool is_right_again = driver.is_wrong && progress - driver.progress >= distance_;
        if (!driver.on_the_way || is_farther || is_right_again) {
            driver = {true, driver.is_wrong && !is_right_again, sighting.anchor, progress};
            return;
        }
        const double back = driver.progress - progress;
        const double moved = std::hypot(sighting.anchor.x - driver.turn.x, sighting.anchor.y - driver.turn.y);
        if (driver.is_wrong || back < distance_ || back < straightness_min_ * moved ||
            !is_wanted(common_.labels, scene, sighting.label))
            return;
        driver = {true, true, sighting.anchor, progress};
        ++count_;
        Event event = event_of(common_, kWrongWayRule.type, scene, id, sighting, sighting.label);
        event.values = {{"distance", back}, {"wrong_way", static_cast<double>(count_)}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Segment arrow_;
    Area area_;
    double distance_;
    double straightness_min_;
    TrackMemory<Driver> drivers_;
    std::int64_t count_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    const std::string owner = fmt::format("rule '{}'", common.name);
    FACET_TRY(const Segment arrow, read_segment(options, "points", owner));
    FACET_TRY(Area area, Area::read(options, "area", owner));
    return std::make_unique<WrongWayRule>(common, arrow, std::move(area), options.number("distance"),
                                          options.number("angle"));
}

}  // namespace

constinit const RuleInfo kWrongWayRule{
    .type = "wrong_way", .summary = "an object moves against the allowed direction", .options = kOptions, .create = create};

}  // namespace facet::scene
