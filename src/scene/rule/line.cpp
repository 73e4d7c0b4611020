#include "scene/rule/line.h"

#include <cmath>

#include "scene/rule/path_side.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    {.key = "points",
     .type = config::OptionType::points,
     .required = true,
     .help = "two points P and Q in 0..1 of the picture; from the left to the right of the way from P to Q is forward"},
    {.key = "direction",
     .type = config::OptionType::choice,
     .fallback = "both",
     .choices = "both|forward|backward",
     .help = "the crossings that count"},
    {.key = "hysteresis",
     .type = config::OptionType::number,
     .fallback = "0.01",
     .minimum = 0,
     .maximum = 0.5,
     .unit = "of the picture's height",
     .help = "how far beyond the line an object must be seen to have crossed it"},
};

/// The way of one object relative to the line.
struct Crossing {
    PathSide path;
    int settled = 0;          // the side, as PathSide::side()
    bool is_through = false;  // an odd number of flips through the line since it was last settled
    Sighting flip;            // the first sighting after the latest flip through the line
};

class LineRule final : public Rule {
public:
    LineRule(RuleCommon common, Segment segment, const std::string& direction, double hysteresis)
        : common_(std::move(common)),
          segment_(segment),
          wants_forward_(direction != "backward"),
          wants_backward_(direction != "forward"),
          hysteresis_(hysteresis) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        const Point p = to_heights(segment_[0], scene.picture);
        const Point q = to_heights(segment_[1], scene.picture);
        crossings_.advance(
            scene, common_.anchor_bottom,
            [&](std::int64_t id, Crossing& crossing, const Sighting& sighting) {
                if (!advance(crossing, sighting, p, q)) return;
                const bool forward = crossing.settled > 0;
                if (forward ? wants_forward_ : wants_backward_) count(scene, id, crossing, forward, sighting.label, events);
            },
            [](std::int64_t, Crossing&, const Sighting&, Missing) {});
    }

    RuleShape shape() const override {
        return {.points = {segment_[0], segment_[1]},
                .closed = false,
                .counters = {{"forward", static_cast<double>(forward_)}, {"backward", static_cast<double>(backward_)}}};
    }

private:
    /// Whether the sighting completes a crossing to the side that is now `settled`.
    bool advance(Crossing& crossing, const Sighting& sighting, Point p, Point q) const {
        const bool was_known = crossing.path.side() != 0;
        if (crossing.path.advance(sighting.anchor, p, q) == PathSide::Flip::through) {
            crossing.is_through = !crossing.is_through;
            crossing.flip = sighting;
        }
        if (!was_known) crossing.settled = crossing.path.side();
        if (std::abs(crossing.path.distance()) < hysteresis_) return false;
        const bool through = std::exchange(crossing.is_through, false);
        return std::exchange(crossing.settled, crossing.path.side()) != crossing.path.side() && through;
    }

    void count(const SceneView& scene, std::int64_t id, const Crossing& crossing, bool forward, int label,
               std::vector<Event>& events) {
        if (!is_wanted(common_.labels, scene, label)) return;
        ++(forward ? forward_ : backward_);
        Event event = event_of(common_, kLineRule.type, scene, id, crossing.flip, label);
        event.direction = forward ? "forward" : "backward";
        const std::string of_label = event.direction + "." + event.label;
        event.values = {{"forward", static_cast<double>(forward_)},
                        {"backward", static_cast<double>(backward_)},
                        {of_label, static_cast<double>(++by_label_[of_label])}};
        emit(events, std::move(event));
    }

    RuleCommon common_;
    Segment segment_;
    bool wants_forward_;
    bool wants_backward_;
    double hysteresis_;
    TrackMemory<Crossing> crossings_;
    std::int64_t forward_ = 0;
    std::int64_t backward_ = 0;
    std::map<std::string, std::int64_t> by_label_;
};

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    FACET_TRY(const Segment segment, read_segment(options, "points", fmt::format("rule '{}'", common.name)));
    return std::make_unique<LineRule>(common, segment, options.text("direction"), options.number("hysteresis"));
}

}  // namespace

constinit const RuleInfo kLineRule{
    .type = "line", .summary = "an object crosses a line", .options = kOptions, .create = create};

}  // namespace facet::scene
