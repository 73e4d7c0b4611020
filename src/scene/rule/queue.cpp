#include "scene/rule/queue.h"

#include "scene/rule/lasting.h"
#include "scene/rule/standing.h"
#include "scene/rule/stay.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    {.key = "points",
     .type = config::OptionType::points,
     .required = true,
     .help = "the corners of the area, in 0..1 of the picture"},
    {.key = "length",
     .type = config::OptionType::integer,
     .fallback = "3",
     .minimum = 1,
     .maximum = 1000,
     .unit = "objects",
     .help = "how many must wait for a queue"},
    {.key = "waiting",
     .type = config::OptionType::duration,
     .fallback = "2s",
     .minimum = 0.001,
     .unit = "s",
     .help = "how long an object must stand to wait"},
    {.key = "after",
     .type = config::OptionType::duration,
     .fallback = "5s",
     .minimum = 0,
     .unit = "s",
     .help = "how long a queue must hold to begin, and be too short to end"},
    {.key = "jam",
     .type = config::OptionType::duration,
     .minimum = 0.001,
     .unit = "s",
     .help = "also tell of a jam when a queue has lasted this long"},
    kStillRow,
    kHysteresisRow,
    kGraceRow,
};

struct QueueOptions {
    int length = 0;
    Nanoseconds waiting{};
    Nanoseconds after{};
    std::optional<Nanoseconds> jam;
    double still = 0;
    StayLimits stay;
};

struct Waiter {
    Stay stay;
    Standing standing;
    bool waits = false;
};

class QueueRule final : public Rule {
public:
    QueueRule(RuleCommon common, Area area, const QueueOptions& options)
        : common_(std::move(common)),
          area_(std::move(area)),
          options_(options),
          waiters_(options.stay.grace + kTrackMemory) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        waiters_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t, Waiter& waiter, const Sighting& sighting) {
                waiter.stay.seen(sighting, area_, options_.stay);
                waiter.standing.seen(sighting, options_.still);
                const bool begins =
                    waiter.standing.length() >= options_.waiting && is_wanted(common_.labels, scene, sighting.label);
                waiter.waits = waiter.stay.is_under_way() && (waiter.waits || begins);
            },
            [&](std::int64_t, Waiter& waiter, const Sighting& latest, Missing missing) {
                if (waiter.stay.missed(scene.t, latest, missing, options_.stay) == Stay::Change::ended) waiter.waits = false;
            });
        if (scene.detections) judge(scene, events);
    }

    RuleShape shape() const override {
        return {.points = area_.points(),
                .closed = true,
                .counters = {
                    {"length", length_}, {"queues", static_cast<double>(queues_)}, {"jams", static_cast<double>(jams_)}}};
    }

private:
    void judge(const SceneView& scene, std::vector<Event>& events) {
        length_ = 0;
        Nanoseconds longest{};
        waiters_.for_each([&](std::int64_t, const Waiter& waiter, const Sighting&) {
            if (!waiter.waits) return;
            ++length_;
            longest = std::max(longest, scene.t - waiter.stay.first().t);
        });
        if (queue_.update(length_ >= options_.length, scene.t, options_.after)) {
            if (queue_.state()) ++queues_;
            began_ = scene.t;
            has_jammed_ = false;
            tell(scene, longest, {{"active", queue_.state() ? 1 : 0}}, events);
        }
        if (options_.jam && queue_.state() && !has_jammed_ && scene.t - began_ >= *options_.jam) {
            has_jammed_ = true;
            ++jams_;
            tell(scene, longest, {{"active", 1}, {"jam", 1}}, events);
        }
    }

    void tell(const SceneView& scene, Nanoseconds longest, std::map<std::string, double> values,
              std::vector<Event>& events) const {
        Event event = event_of(common_, kQueueRule.type, scene);
        event.values = std::move(values);
        event.values["length"] = length_;
        event.values["wait_s"] = seconds(longest);
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Area area_;
    QueueOptions options_;
    TrackMemory<Waiter> waiters_;
    Lasting queue_;
    Nanoseconds began_{};
    bool has_jammed_ = false;
    double length_ = 0;
    std::int64_t queues_ = 0;
    std::int64_t jams_ = 0;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(Area area, Area::read(options, "points", fmt::format("rule '{}'", common.name)));
    const QueueOptions queue{.length = static_cast<int>(options.integer("length")),
                             .waiting = options.duration("waiting"),
                             .after = options.duration("after"),
                             .jam = options.has("jam") ? std::optional(options.duration("jam")) : std::nullopt,
                             .still = options.number("still"),
                             .stay = read_stay_limits(options)};
    return std::make_unique<QueueRule>(common, std::move(area), queue);
}

}  // namespace

constinit const RuleInfo kQueueRule{
    .type = "queue", .summary = "objects wait in an area, or jam it", .options = kOptions, .create = create};

}  // namespace facet::scene
