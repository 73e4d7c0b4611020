#include "world.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <numbers>

#include "all_rules.h"
#include "base/assert.h"
#include "stage.h"

namespace facet::scene {

namespace {

std::string describe(const Told& told) {
    std::string text =
        fmt::format("frame {} id {} {} {} t {}", told.frame, told.id, told.type, told.direction, seconds(told.t));
    for (const auto& [key, value] : told.values) text += fmt::format(" {} {}", key, value);
    return text;
}

Told told_of(const Event& event, std::size_t frame) {
    return {.frame = frame,
            .id = event.track.value_or(-1),
            .type = event.type,
            .direction = event.direction,
            .t = event.t,
            .label = -1,
            .values = event.values};
}

bool is_as_expected(const Told& expected, const Told& given, const std::string& given_label) {
    if (expected.frame != given.frame || expected.id != given.id || expected.type != given.type ||
        expected.direction != given.direction || expected.t != given.t)
        return false;
    if (expected.label >= 0 && kStageLabels[static_cast<std::size_t>(expected.label)] != given_label) return false;
    for (const auto& [key, value] : expected.values) {
        const auto found = given.values.find(key);
        if (found == given.values.end() || std::abs(found->second - value) > 1e-6 * (1 + std::abs(value))) return false;
    }
    return true;
}

/// How one person moves: a walk of its own kind, in pixels.
class Walk {
public:
    Walk(Random& random, Size picture) : random_(random), picture_(picture), kind_(random.below(7)) {
        x_ = hot(picture.width);
        y_ = hot(picture.height);
        if (kind_ == 0 || kind_ == 5) {
            x_ = random.uniform(0, picture.width);
            y_ = random.uniform(0, picture.height);
        }
        const double speed = std::pow(2, random.uniform(0, 6));
        const double angle = random.uniform(0, 2 * std::numbers::pi);
        step_x_ = speed * std::cos(angle);
        step_y_ = speed * std::sin(angle);
        tremble_ = random.uniform(0, 8);
        width_ = static_cast<double>(random.between(4, 40)) * 2;
        height_ = static_cast<double>(random.between(4, 40)) * 2;
    }

    Box next() {
        double x = x_;
        double y = y_;
        switch (kind_) {
            case 0: move(step_x_, step_y_); break;  // straight
            case 1:                                 // trembling in one place
                x += random_.uniform(-tremble_, tremble_);
                y += random_.uniform(-tremble_, tremble_);
                break;
            case 2: move(random_.uniform(-20, 20), random_.uniform(-20, 20)); break;  // walking about
            case 3:                                                                   // standing and going on
                if (random_.chance(0.08)) moving_ = !moving_;
                if (moving_) move(step_x_ / 2, step_y_ / 2);
                x = x_ + random_.uniform(-tremble_, tremble_) / 4;
                y = y_ + random_.uniform(-tremble_, tremble_) / 4;
                break;
            case 4:  // to and fro, with trembling
                if (random_.chance(0.15)) {
                    step_x_ = -step_x_;
                    step_y_ = -step_y_;
                }
                move(step_x_ / 4, step_y_ / 4);
                x = x_ + random_.uniform(-tremble_, tremble_);
                y = y_ + random_.uniform(-tremble_, tremble_);
                break;
            case 5:  // jumps
                if (random_.chance(0.5)) {
                    x_ = random_.uniform(0, picture_.width);
                    y_ = random_.uniform(0, picture_.height);
                }
                break;
            default:  // from one crossing of a coarse grid to another: exactly on lines and corners
                if (random_.chance(0.5)) x_ = hot(picture_.width);
                if (random_.chance(0.5)) y_ = hot(picture_.height);
                break;
        }
        const auto exact = [](double value) { return static_cast<float>(std::round(value * 64) / 64); };
        return {exact(x - width_ / 2), exact(y - height_ / 2), static_cast<float>(width_), static_cast<float>(height_)};
    }

private:
    double hot(int extent) { return static_cast<double>(random_.between(0, 8)) * extent / 8; }
    void move(double dx, double dy) {
        x_ = std::clamp(x_ + dx, 0.0, static_cast<double>(picture_.width));
        y_ = std::clamp(y_ + dy, 0.0, static_cast<double>(picture_.height));
    }

    Random& random_;
    Size picture_;
    std::uint64_t kind_;
    double x_ = 0;
    double y_ = 0;
    double step_x_ = 0;
    double step_y_ = 0;
    double tremble_ = 0;
    double width_ = 0;
    double height_ = 0;
    bool moving_ = true;
};

Person random_person(Random& random, std::int64_t id, const World& world) {
    Person person{.id = id, .looks = std::vector<Look>(world.frames.size())};
    Walk walk(random, world.picture);
    const std::size_t first = random.below(world.frames.size());
    const bool is_short = random.chance(0.3);
    const auto tentative_for = random.chance(0.5) ? random.below(4) : 0;
    std::uint64_t sightings = 0;
    int label = static_cast<int>(random.below(3));
    int lost_for = 0;
    bool is_kept = true;
    for (std::size_t f = first; f < world.frames.size(); ++f) {
        if (is_short && random.chance(0.1)) break;
        Look& look = person.looks[f];
        look.box = walk.next();
        if (lost_for == 0 && random.chance(0.06)) {
            lost_for = static_cast<int>(random.between(1, 15));
            is_kept = random.chance(0.5);
        }
        if (random.chance(0.03)) label = static_cast<int>(random.below(3));
        look.label = label;
        if (lost_for > 0) {
            --lost_for;
            look.listed = is_kept;
            continue;
        }
        look.listed = true;
        look.seen = world.frames[f].detected;
        look.state = sightings < tentative_for ? TrackState::tentative : TrackState::confirmed;
        if (look.seen) ++sightings;
    }
    return person;
}

std::vector<Event> play(Rule& rule, const World& world, std::size_t f) {
    Detections detections;
    std::vector<Track> tracks;
    for (const Person& person : world.people) {
        const Look& look = person.looks[f];
        if (!look.listed) continue;
        tracks.push_back({.id = person.id,
                          .box = look.box,
                          .state = look.state,
                          .label = look.label,
                          .score = 0.5F,
                          .first_seen = {},
                          .last_seen = {},
                          .detection = look.seen ? static_cast<int>(detections.items.size()) : -1,
                          .velocity = {}});
        if (!look.seen) continue;
        Detection& detection = detections.items.emplace_back();
        detection.box = look.box;
        detection.label = look.label;
        detection.score = 0.5F;
    }
    const SceneView scene{.t = world.frames[f].t,
                          .time = WallTime(world.frames[f].t),
                          .sequence = static_cast<std::int64_t>(f),
                          .picture = world.picture,
                          .tracks = tracks,
                          .detections = world.frames[f].detected ? &detections : nullptr,
                          .labels = kStageLabels};
    std::vector<Event> events;
    rule.observe(scene, events);
    return events;
}

int tracks_wanted() {
    if (const char* given = std::getenv("FACET_PROPERTY_TRACKS")) return std::atoi(given);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 20'000;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return 20'000;
#endif
#endif
    return 100'000;
}

/// A rule that can be made again and again from its checked options.
class RuleMaker {
public:
    explicit RuleMaker(const std::string& yaml) {
        auto node = config::parse_yaml(yaml, "site.yaml", [](const char*) -> const char* { return nullptr; });
        FACET_ASSERT(node.has_value());
        for (const RuleInfo* info : kAllRules)
            if (info->type == node->find("type")->scalar) info_ = info;
        rows_.assign(common_rule_options().begin(), common_rule_options().end());
        rows_.insert(rows_.end(), info_->options.begin(), info_->options.end());
        auto values = config::Values::read(rows_, *node, "rule");
        FACET_ASSERT(values.has_value());
        values_ = std::move(*values);
        common_ = {.camera = "north",
                   .name = values_.text("name"),
                   .labels = values_.texts("labels"),
                   .anchor_bottom = values_.text("anchor") == "bottom"};
    }
    std::unique_ptr<Rule> make() const {
        auto rule = info_->create(common_, values_);
        FACET_ASSERT(rule.has_value());
        return std::move(*rule);
    }

private:
    const RuleInfo* info_ = nullptr;
    std::vector<config::OptionRow> rows_;
    config::Values values_;
    RuleCommon common_;
};

}  // namespace

World random_world(std::uint64_t seed, int people) {
    Random random(seed);
    World world;
    constexpr Size kPictures[] = {{256, 256}, {512, 256}, {384, 512}};
    world.picture = kPictures[random.below(3)];
    constexpr int kStepsMs[] = {33, 100, 200, 500, 1000};
    const int step_ms = kStepsMs[random.below(5)];
    const bool skips = random.chance(0.3);
    const auto count = static_cast<int>(random.between(5, 50));
    Nanoseconds t{};
    for (int f = 0; f < count; ++f) {
        world.frames.push_back({t, !skips || random.chance(0.6)});
        t += std::chrono::milliseconds(random.chance(0.1) ? random.between(1, 2 * step_ms) : step_ms);
        if (random.chance(0.02)) t += std::chrono::seconds(random.between(1, 8));
        if (random.chance(0.004)) t += std::chrono::seconds(random.between(30, 100));
    }
    for (int id = 1; id <= people; ++id) world.people.push_back(random_person(random, id, world));
    return world;
}

std::vector<Life> lives(const World& world, const Person& person, Nanoseconds memory, bool anchor_bottom) {
    constexpr Nanoseconds kUnconfirmedMemory = std::chrono::seconds(5);
    std::vector<Life> all;
    Life life;
    std::size_t heard = 0;  // moments of `life` that were heard of
    bool confirmed = false;
    Nanoseconds listed{};
    const auto close = [&] {
        life.resize(heard);
        if (!life.empty()) all.push_back(life);
        life.clear();
        heard = 0;
        confirmed = false;
    };
    for (std::size_t f = 0; f < world.frames.size(); ++f) {
        const Look& look = person.looks[f];
        const Nanoseconds t = world.frames[f].t;
        if (!life.empty() && t - listed > (confirmed ? memory : kUnconfirmedMemory)) {
            Moment end = life.back();
            end.what = Moment::What::forgotten;
            end.frame = end.heard = f;
            end.t = t;
            if (confirmed) {
                life.push_back(end);
                ++heard;
            }
            close();
        }
        if (look.listed) listed = t;
        if (look.seen) {
            const double height = world.picture.height;
            life.push_back({.what = Moment::What::seen,
                            .frame = f,
                            .heard = f,
                            .t = t,
                            .x = (static_cast<double>(look.box.x) + look.box.width / 2.0) / height,
                            .y = (static_cast<double>(look.box.y) + look.box.height / (anchor_bottom ? 1.0 : 2.0)) / height,
                            .side = std::max(look.box.width, look.box.height) / height,
                            .box = look.box,
                            .label = look.label});
            confirmed = confirmed || look.state == TrackState::confirmed;
            if (!confirmed) continue;
            for (; heard < life.size(); ++heard) life[heard].heard = f;
        } else if (confirmed && world.frames[f].detected) {
            Moment missed = life.back();
            missed.what = look.listed ? Moment::What::lost : Moment::What::gone;
            missed.frame = missed.heard = f;
            missed.t = t;
            life.push_back(missed);
            ++heard;
        }
    }
    close();
    return all;
}

void expect_agreement(const std::vector<Case>& cases) {
    constexpr int kPeople = 6;
    std::vector<RuleMaker> makers;
    for (const Case& each : cases) makers.emplace_back(each.yaml);
    const int worlds = (tracks_wanted() + kPeople - 1) / kPeople;
    std::size_t events = 0;
    for (int w = 0; w < worlds; ++w) {
        const std::size_t c = static_cast<std::size_t>(w) % cases.size();
        const World world = random_world(static_cast<std::uint64_t>(w), kPeople);
        std::vector<Told> expected = cases[c].oracle(world);
        std::stable_sort(expected.begin(), expected.end(),
                         [](const Told& a, const Told& b) { return std::pair(a.frame, a.id) < std::pair(b.frame, b.id); });
        std::vector<Told> given;
        bool agrees = true;
        const auto rule = makers[c].make();
        for (std::size_t f = 0; f < world.frames.size(); ++f)
            for (const Event& event : play(*rule, world, f)) {
                given.push_back(told_of(event, f));
                const std::size_t i = given.size() - 1;
                agrees = agrees && i < expected.size() && is_as_expected(expected[i], given[i], event.label);
                agrees = agrees && event.id == event_id(event);
            }
        events += given.size();
        if (agrees && given.size() == expected.size()) continue;
        std::string text;
        for (const Told& told : expected) text += "  expected " + describe(told) + "\n";
        for (const Told& told : given) text += "  given    " + describe(told) + "\n";
        FAIL() << "world " << w << ", picture " << world.picture.width << "x" << world.picture.height << ", "
               << cases[c].yaml << "\n"
               << text;
    }
    // A property that never sees an event proves nothing.
    EXPECT_GT(events, static_cast<std::size_t>(worlds) / 20);
    testing::Test::RecordProperty("events", std::to_string(events));
}

double plain_distance(Spot point, Spot a, Spot b) {
    // The distance to the points of a segment has one minimum: narrow it down by thirds.
    const auto squared = [&](double part) {
        const double dx = a.x + part * (b.x - a.x) - point.x;
        const double dy = a.y + part * (b.y - a.y) - point.y;
        return dx * dx + dy * dy;
    };
    double low = 0;
    double high = 1;
    for (int i = 0; i < 50; ++i) {
        const double third = (high - low) / 3;
        if (squared(low + third) <= squared(high - third))
            high -= third;
        else
            low += third;
    }
    return std::sqrt(squared((low + high) / 2));
}

bool plain_inside(const std::vector<Spot>& polygon, Spot point, double edge) {
    double angle = 0;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Spot a = polygon[i];
        const Spot b = polygon[(i + 1) % polygon.size()];
        const double cross = (a.x - point.x) * (b.y - point.y) - (a.y - point.y) * (b.x - point.x);
        const double dot = (a.x - point.x) * (b.x - point.x) + (a.y - point.y) * (b.y - point.y);
        angle += std::atan2(cross, dot);
    }
    if (std::abs(angle) > std::numbers::pi * 1.5) return true;
    for (std::size_t i = 0; i < polygon.size(); ++i) {
        const Spot a = polygon[i];
        const Spot b = polygon[(i + 1) % polygon.size()];
        const double slack = edge + 1e-9;
        const bool is_near = point.x >= std::min(a.x, b.x) - slack && point.x <= std::max(a.x, b.x) + slack &&
                             point.y >= std::min(a.y, b.y) - slack && point.y <= std::max(a.y, b.y) + slack;
        if (is_near && plain_distance(point, a, b) <= edge) return true;
    }
    return false;
}

double plain_distance_outside(const std::vector<Spot>& polygon, Spot point) {
    if (plain_inside(polygon, point, 0)) return 0;
    double nearest = 1e9;
    for (std::size_t i = 0; i < polygon.size(); ++i)
        nearest = std::min(nearest, plain_distance(point, polygon[i], polygon[(i + 1) % polygon.size()]));
    return nearest;
}

std::vector<Spot> plain_heights(const std::vector<Spot>& points, Size picture) {
    std::vector<Spot> out;
    for (const Spot point : points) out.push_back({point.x * picture.width / picture.height, point.y});
    return out;
}

}  // namespace facet::scene
