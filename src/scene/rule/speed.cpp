#include "scene/rule/speed.h"

#include <cmath>
#include <deque>

#include "scene/rule/homography.h"
#include "scene/rule/path_side.h"
#include "scene/rule/stay.h"

namespace facet::scene {

namespace {

constexpr config::OptionRow kOptions[] = {
    {.key = "points",
     .type = config::OptionType::points,
     .help = "the four corners of the measured section, in 0..1 of the picture"},
    {.key = "metres", .type = config::OptionType::points, .unit = "m", .help = "where these corners lie on the ground"},
    {.key = "lines",
     .type = config::OptionType::polygons,
     .help = "instead of `points`: two lines of two points each, in 0..1 of the picture"},
    {.key = "distance",
     .type = config::OptionType::number,
     .minimum = 0.01,
     .maximum = 100000,
     .unit = "m",
     .help = "how far the two lines are apart on the ground"},
    {.key = "limit",
     .type = config::OptionType::number,
     .minimum = 0.1,
     .maximum = 10000,
     .unit = "km/h",
     .help = "tell only of objects that are faster; none: of all"},
    {.key = "window",
     .type = config::OptionType::duration,
     .fallback = "1s",
     .minimum = 0.01,
     .maximum = 60,
     .unit = "s",
     .help = "the time over which the speed of the moment is taken"},
};

constexpr double kKmhPerMetrePerSecond = 3.6;

/// What both ways of measuring have in common.
class SpeedTeller {
public:
    SpeedTeller(RuleCommon common, std::optional<double> limit_kmh) : common_(std::move(common)), limit_kmh_(limit_kmh) {}

    bool is_wanted_label(const SceneView& scene, int label) const { return is_wanted(common_.labels, scene, label); }
    void tell(const SceneView& scene, std::int64_t id, const Sighting& sighting, int label,
              std::map<std::string, double> values, std::vector<Event>& events) {
        ++measured_;
        Event event = event_of(common_, kSpeedRule.type, scene, id, sighting, label);
        event.values = std::move(values);
        if (limit_kmh_) event.values["limit_kmh"] = *limit_kmh_;
        event.values["measured"] = static_cast<double>(measured_);
        emit(events, std::move(event));
    }

    bool anchor_bottom() const { return common_.anchor_bottom; }
    std::optional<double> limit_kmh() const { return limit_kmh_; }
    std::map<std::string, double> counters() const { return {{"measured", static_cast<double>(measured_)}}; }

private:
    RuleCommon common_;
    std::optional<double> limit_kmh_;
    std::int64_t measured_ = 0;
};

/// Speed inside a section whose ground is known.
class SectionSpeedRule final : public Rule {
public:
    SectionSpeedRule(SpeedTeller teller, Area area, Homography ground, Nanoseconds window)
        : teller_(std::move(teller)), area_(std::move(area)), ground_(ground), window_(window) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        area_.fit(scene.picture);
        passages_.advance(
            scene, teller_.anchor_bottom(),
            [&](std::int64_t id, Passage& passage, const Sighting& sighting) {
                const Stay::Change change = passage.stay.seen(sighting, area_, kLimits);
                if (change == Stay::Change::ended) end(scene, id, passage, sighting.label, events);
                if (!area_.contains(sighting.anchor)) return;
                if (change == Stay::Change::began) passage = {.stay = passage.stay};
                measure(scene, id, passage, sighting, events);
            },
            [&](std::int64_t id, Passage& passage, const Sighting& latest, Missing missing) {
                if (passage.stay.missed(scene.t, latest, missing, kLimits) == Stay::Change::ended)
                    end(scene, id, passage, latest.label, events);
            });
    }

    RuleShape shape() const override { return {.points = area_.points(), .closed = true, .counters = teller_.counters()}; }

private:
    struct Position {
        Nanoseconds t{};
        std::array<double, 2> metres{};
    };
    struct Passage {
        Stay stay{};
        Position first{};
        std::deque<Position> latest{};  // no older than the window
        double fastest_kmh = 0;
        bool told = false;
    };
    static constexpr StayLimits kLimits{};
    static constexpr std::size_t kPositionsMax = 512;  // on overflow the oldest goes: the window is shorter then

    static double speed_kmh(const Position& from, const Position& to) {
        const double metres = std::hypot(to.metres[0] - from.metres[0], to.metres[1] - from.metres[1]);
        return metres / seconds(to.t - from.t) * kKmhPerMetrePerSecond;
    }

    void measure(const SceneView& scene, std::int64_t id, Passage& passage, const Sighting& sighting,
                 std::vector<Event>& events) {
        const double aspect = static_cast<double>(scene.picture.width) / scene.picture.height;
        const Position now{sighting.t, ground_.map(sighting.anchor.x / aspect, sighting.anchor.y)};
        if (passage.latest.empty()) passage.first = now;
        passage.latest.push_back(now);
        while (passage.latest.front().t < now.t - window_ || passage.latest.size() > kPositionsMax)
            passage.latest.pop_front();
        if (now.t - passage.latest.front().t < window_ / 2) return;
        const double kmh = speed_kmh(passage.latest.front(), now);
        passage.fastest_kmh = std::max(passage.fastest_kmh, kmh);
        const auto limit_kmh = teller_.limit_kmh();
        if (!limit_kmh || passage.told || kmh <= *limit_kmh || !teller_.is_wanted_label(scene, sighting.label)) return;
        passage.told = true;
        teller_.tell(scene, id, sighting, sighting.label, {{"speed_kmh", kmh}}, events);
    }

    void end(const SceneView& scene, std::int64_t id, Passage& passage, int label, std::vector<Event>& events) {
        if (teller_.limit_kmh() || passage.stay.length() < window_ / 2 || !teller_.is_wanted_label(scene, label)) return;
        const double kmh = speed_kmh(passage.first, passage.latest.back());
        teller_.tell(scene, id, passage.stay.last_inside(), label,
                     {{"speed_kmh", kmh}, {"speed_max_kmh", std::max(kmh, passage.fastest_kmh)}}, events);
    }

    SpeedTeller teller_;
    Area area_;
    Homography ground_;  // from 0..1 of the picture to metres
    Nanoseconds window_;
    TrackMemory<Passage> passages_;
};

/// Mean speed between two lines.
class GateSpeedRule final : public Rule {
public:
    GateSpeedRule(SpeedTeller teller, std::array<Segment, 2> lines, double distance_m)
        : teller_(std::move(teller)), lines_(lines), distance_m_(distance_m) {}

    void observe(const SceneView& scene, std::vector<Event>& events) override {
        passages_.advance(
            scene, teller_.anchor_bottom(),
            [&](std::int64_t id, Passage& passage, const Sighting& sighting) {
                advance(scene, id, passage, sighting, events);
            },
            [](std::int64_t, Passage&, const Sighting&, Missing) {});
    }

    RuleShape shape() const override {
        // The far line the other way round, so that the outline does not cross itself for lines drawn in one sense.
        return {.points = {lines_[0][0], lines_[0][1], lines_[1][1], lines_[1][0]},
                .closed = true,
                .counters = teller_.counters()};
    }

private:
    struct Passage {
        std::array<PathSide, 2> paths;
        std::optional<std::size_t> line;  // passed last
        double line_t_s = 0;
        Nanoseconds latest_t{};
    };

    void advance(const SceneView& scene, std::int64_t id, Passage& passage, const Sighting& sighting,
                 std::vector<Event>& events) {
        std::array<std::optional<double>, 2> part;  // where on this piece of the path the line was passed
        for (std::size_t i = 0; i < 2; ++i) {
            const Point p = to_heights(lines_[i][0], scene.picture);
            const Point q = to_heights(lines_[i][1], scene.picture);
            if (passage.paths[i].advance(sighting.anchor, p, q) == PathSide::Flip::through)
                part[i] = passage.paths[i].flip_part();
        }
        const Nanoseconds before = std::exchange(passage.latest_t, sighting.t);
        const bool second_first = part[0] && part[1] && *part[1] < *part[0];
        for (const std::size_t i : {std::size_t{second_first}, std::size_t{!second_first}}) {
            if (!part[i]) continue;
            const double t_s = seconds(before) + *part[i] * seconds(sighting.t - before);
            const bool from_other = passage.line && *passage.line != i;
            const double taken_s = t_s - std::exchange(passage.line_t_s, t_s);
            passage.line = i;
            if (from_other && taken_s > 0) judge(scene, id, sighting, distance_m_ / taken_s * kKmhPerMetrePerSecond, events);
        }
    }

    void judge(const SceneView& scene, std::int64_t id, const Sighting& sighting, double kmh, std::vector<Event>& events) {
        const auto limit_kmh = teller_.limit_kmh();
        if ((limit_kmh && kmh <= *limit_kmh) || !teller_.is_wanted_label(scene, sighting.label)) return;
        teller_.tell(scene, id, sighting, sighting.label, {{"speed_kmh", kmh}}, events);
    }

    SpeedTeller teller_;
    std::array<Segment, 2> lines_;
    double distance_m_;
    TrackMemory<Passage> passages_;
};

Result<Homography> read_ground(const config::Values& options, std::string_view owner) {
    const auto picture = options.points("points");
    const auto metres = options.points("metres");
    if (picture.size() != 4 || metres.size() != 4)
        return fail(ErrorCode::invalid_argument, "{}: {}: {} points and {} metres, expected 4 of each",
                    options.place("points"), owner, picture.size(), metres.size());
    Homography::Corners from;
    Homography::Corners to;
    for (std::size_t i = 0; i < 4; ++i) {
        from[i] = {picture[i][0], picture[i][1]};
        to[i] = {metres[i][0], metres[i][1]};
    }
    const auto ground = Homography::between(from, to);
    if (!ground)
        return fail(ErrorCode::invalid_argument,
                    "{}: {}: points and metres must each be a convex quadrilateral without three corners on a line",
                    options.place("metres"), owner);
    return *ground;
}

Result<std::array<Segment, 2>> read_lines(const config::Values& options, std::string_view owner) {
    const auto lines = options.polygons("lines");
    const std::string place = options.place("lines");
    if (lines.size() != 2)
        return fail(ErrorCode::invalid_argument, "{}: {}: {} lines, expected 2", place, owner, lines.size());
    FACET_TRY(const Segment first, to_segment(lines[0], place, owner));
    FACET_TRY(const Segment second, to_segment(lines[1], place, owner));
    if (segments_cross(first[0], first[1], second[0], second[1]))
        return fail(ErrorCode::invalid_argument, "{}: {}: the two lines touch each other", place, owner);
    return std::array{first, second};
}

Result<std::unique_ptr<Rule>> create(const RuleCommon& common, const config::Values& options) {
    const std::string owner = fmt::format("rule '{}'", common.name);
    const bool by_section = options.has("points") && options.has("metres");
    const bool by_lines = options.has("lines") && options.has("distance");
    const int given = options.has("points") + options.has("metres") + options.has("lines") + options.has("distance");
    if (by_section == by_lines || given != 2)
        return fail(ErrorCode::invalid_argument, "{}: {}: expected either points and metres, or lines and distance",
                    options.place("name"), owner);

    const auto limit_kmh = options.has("limit") ? std::optional(options.number("limit")) : std::nullopt;
    SpeedTeller teller(common, limit_kmh);
    if (by_lines) {
        FACET_TRY(const auto lines, read_lines(options, owner));
        return std::make_unique<GateSpeedRule>(std::move(teller), lines, options.number("distance"));
    }
    FACET_TRY(Area area, Area::read(options, "points", owner));
    FACET_TRY(const Homography ground, read_ground(options, owner));
    return std::make_unique<SectionSpeedRule>(std::move(teller), std::move(area), ground, options.duration("window"));
}

}  // namespace

constinit const RuleInfo kSpeedRule{
    .type = "speed", .summary = "how fast an object moves on the ground", .options = kOptions, .create = create};

}  // namespace facet::scene
