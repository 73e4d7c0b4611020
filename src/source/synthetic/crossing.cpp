// Crossing: two roads with signals. Vehicles queue at red and start one after the other, some turn right; people wait at
// the kerb and cross at zebras.
#include "source/synthetic/scene.h"

namespace facet::source::synthetic {

namespace {

constexpr Kind kKinds[] = {Kind::person, Kind::bicycle, Kind::car, Kind::motorcycle, Kind::bus, Kind::truck};
constexpr double kCycle = 24;                               // seconds of the signals: one road, all red, the other, all red
constexpr double kCentre = 24;                              // y of the middle of the crossing
constexpr double kSpeed = 8.5, kStart = 2.2, kBrake = 2.2;  // m/s, m/s^2
constexpr double kReach = 46;                               // how far ways go beyond the stop line

double weight(Kind kind) {
    switch (kind) {
        case Kind::car: return 5;
        case Kind::person: return 4;
        case Kind::truck: return 0.6;
        case Kind::bicycle: return 0.9;
        case Kind::motorcycle: return 0.7;
        case Kind::bus: return 0.5;
        default: return 0.5;
    }
}

/// A lane up to the crossing: where it stops, where it leads, when its green begins.
struct Approach {
    Vec2 stop;
    double heading;
    double green;
};
constexpr Approach kApproaches[] = {{{2.1, kCentre - 9.2}, 0.25, 0},
                                    {{-2.1, kCentre + 9.2}, 0.75, 0},
                                    {{-9.2, kCentre - 2.1}, 0.0, 12},
                                    {{9.2, kCentre + 2.1}, 0.5, 12}};
constexpr double kTurnBegins = 5.2, kTurnRadius = 3.9;  // right turns, from the stop line on

struct Place {
    Vec2 position;
    double heading;
};

/// The place at `way` metres beyond the stop line (negative: before it).
Place place_on(const Approach& approach, double way, bool turns) {
    const Vec2 forward{cosine(approach.heading), sine(approach.heading)};
    const Vec2 right{forward.y, -forward.x};
    const auto at = [&](double ahead, double aside) {
        return Vec2{approach.stop.x + forward.x * ahead + right.x * aside,
                    approach.stop.y + forward.y * ahead + right.y * aside};
    };
    const double arc = kTurnRadius * 1.5707963267948966;
    if (!turns || way < kTurnBegins) return {at(way, 0), approach.heading};
    if (way < kTurnBegins + arc) {
        const double turn = (way - kTurnBegins) / arc / 4;
        return {at(kTurnBegins + kTurnRadius * sine(turn), kTurnRadius * (1 - cosine(turn))), approach.heading - turn};
    }
    return {at(kTurnBegins + kTurnRadius, kTurnRadius + way - kTurnBegins - arc), approach.heading - 0.25};
}

class Crossing final : public Scene {
public:
    Crossing(const Dials& dials, std::uint64_t seed) : dials_(dials), seed_(seed) {
        for (const Kind kind : dials.kinds.empty() ? std::vector<Kind>(std::begin(kKinds), std::end(kKinds)) : dials.kinds) {
            all_weight_ += weight(kind);
            auto& list = is_vehicle(kind) ? vehicles_ : walkers_;
            list.push_back(kind);
            (is_vehicle(kind) ? vehicle_weight_ : walker_weight_) += weight(kind);
        }
    }

    void paint(Backdrop& backdrop) const override {
        const std::uint64_t seed = backdrop.seed();
        backdrop.ground(
            [seed](Vec2 p) -> Backdrop::Ground {
                const double ax = std::abs(p.x), ay = std::abs(p.y - kCentre);
                const auto cell = [&](double side, std::uint64_t key) {
                    const auto i = static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(p.x / side)) * 7919 +
                                                              static_cast<std::int64_t>(std::floor(p.y / side)));
                    return static_cast<int>(unit_hash(combine(seed + key, i)) * 12) - 6;
                };
                const double corner = std::sqrt((ax - 6.6) * (ax - 6.6) + (ay - 6.6) * (ay - 6.6));
                const bool road = ax < 4.3 || ay < 4.3 || (ax < 6.6 && ay < 6.6 && corner > 2.3);
                if (road) return {scaled({98, 98, 98}, 100 + cell(5.2, 1)), 15};
                if (ax < 9.2 || ay < 9.2) {
                    const bool joint =
                        p.x * 1.25 - std::floor(p.x * 1.25) < 0.05 || p.y * 1.25 - std::floor(p.y * 1.25) < 0.05;
                    return {scaled({146, 136, 124}, joint ? 86 : 100 + cell(0.8, 2)), 12};
                }
                return {scaled({92, 110, 70}, 100 + cell(3, 3)), 28};
            },
            9, {150, 170, 190}, {190, 196, 200});
        markings(backdrop);
        for (const double side : {-1.0, 1.0})
            backdrop.block({side * 17, kCentre + 18, 0}, 0, {-6.5, 6.5, -4, 4, 0, 7},
                           {{142, 124, 108}, Pattern::checks, 10});
        backdrop.block({-14.5, kCentre - 13, 0}, 0, {-2.5, 2.5, -2, 2, 0, 3}, {{132, 130, 124}, Pattern::stripes, 10});
        backdrop.lamps([this](Vec2 p) { return lamp(p); });
    }

    void actors(double t, const Density& density, double sway, std::vector<Actor>& out) const override {
        vehicles(t * dials_.speed, density, out);
        walkers(t * dials_.speed, density, out);
        scenery(t, sway, out);
    }

    double lamp(Vec2 p) const override {
        double light = 0.05;
        for (const double x : {-7.0, 7.0})
            for (const double y : {kCentre - 7, kCentre + 7}) {
                const double dx = p.x - x, dy = p.y - y;
                light += 0.6 / (1 + (dx * dx + dy * dy) / 22);
            }
        return std::min(1.0, light);
    }

private:
    void markings(Backdrop& backdrop) const {
        const Surface white{{208, 206, 198}, Pattern::grain, 26, 225};
        const Surface kerb{{150, 148, 142}, Pattern::grain, 12};
        constexpr double kWide = 0.25, kHalf = 4.3, kRound = 2.3;
        for (const double sx : {-1.0, 1.0})
            for (const double sy : {-1.0, 1.0}) {
                const double end = kHalf + kRound;
                backdrop.panel({sx * kHalf, kCentre + sy * end, 0}, {sx * kWide, 0, 0}, {0, sy * 60, 0}, kerb);
                backdrop.panel({sx * end, kCentre + sy * kHalf, 0}, {sx * 60, 0, 0}, {0, sy * kWide, 0}, kerb);
                for (int i = 0; i < 8; ++i) {
                    const auto at = [&](int k, double radius) {
                        return Vec3{sx * (end - radius * cosine(k / 32.0)), kCentre + sy * (end - radius * sine(k / 32.0)),
                                    0};
                    };
                    const std::array<Vec3, 4> piece{at(i, kRound), at(i + 1, kRound), at(i + 1, kRound - kWide),
                                                    at(i, kRound - kWide)};
                    backdrop.polygon(piece, kerb);
                }
            }
        for (const double side : {-1.0, 1.0}) {
            for (double x = -4.0; x < 4.0; x += 1.0)
                backdrop.panel({x, kCentre + side * 6.3 - 1.1, 0}, {0.55, 0, 0}, {0, 2.2, 0}, white);
            for (double y = -4.0; y < 4.0; y += 1.0)
                backdrop.panel({side * 6.3 - 1.1, kCentre + y, 0}, {2.2, 0, 0}, {0, 0.55, 0}, white);
            for (double d = 9; d < 60; d += 4) {
                backdrop.panel({-0.06, kCentre + side * d - 1, 0}, {0.12, 0, 0}, {0, 2, 0}, white);
                backdrop.panel({side * d - 1, kCentre - 0.06, 0}, {2, 0, 0}, {0, 0.12, 0}, white);
            }
        }
        backdrop.panel({0.15, kCentre - 8.4, 0}, {4.0, 0, 0}, {0, 0.35, 0}, white);
        backdrop.panel({-4.15, kCentre + 8.05, 0}, {4.0, 0, 0}, {0, 0.35, 0}, white);
        backdrop.panel({-8.4, kCentre - 4.15, 0}, {0.35, 0, 0}, {0, 4.0, 0}, white);
        backdrop.panel({8.05, kCentre + 0.15, 0}, {0.35, 0, 0}, {0, 4.0, 0}, white);
        Random random(seed_ + 31);
        for (int i = 0; i < 22; ++i) {
            const double x = random.uniform(-14, 13), y = random.uniform(kCentre - 4, kCentre + 3);
            const int tone = static_cast<int>(random.between(60, 84));
            const double wide = random.uniform(0.3, 2), deep = random.uniform(0.3, 1.6);
            const auto opacity = static_cast<int>(random.between(50, 170));
            backdrop.panel({x, y, 0}, {wide, 0, 0}, {0, deep, 0}, {{tone, tone, tone}, Pattern::grain, 24, opacity});
        }
    }

    /// Metres beyond the stop line of the vehicle that is `position` in the queue, at `t` seconds after its green began.
    /// Position -1 comes last and finds the way free.
    static double way_of(int position, double t, bool& brakes, double& speed) {
        brakes = false;
        speed = kSpeed;
        if (position < 0) return (t - 8.6) * kSpeed;
        const double stands = -2.6 - 8.2 * position;
        const double starts = 0.7 + 1.25 * position;
        const double stopped = -9.5 + 2.4 * position;
        const double brake_time = kSpeed / kBrake, start_time = kSpeed / kStart;
        if (t < stopped - brake_time) return stands - kSpeed * kSpeed / (2 * kBrake) - kSpeed * (stopped - brake_time - t);
        if (t < starts) {
            const double rest = std::max(0.0, stopped - t);
            brakes = true;
            speed = kBrake * rest;
            return stands - kBrake * rest * rest / 2;
        }
        const double since = t - starts;
        if (since < start_time) {
            speed = kStart * since;
            return stands + kStart * since * since / 2;
        }
        return stands + kSpeed * kSpeed / (2 * kStart) + kSpeed * (since - start_time);
    }

    void vehicles(double t, const Density& density, std::vector<Actor>& out) const {
        if (vehicles_.empty()) return;
        constexpr int kPlaces = 4;
        constexpr double kLifetime = 12.6;  // seconds in view, on average
        for (int lane = 0; lane < 4; ++lane) {
            const Approach& approach = kApproaches[lane];
            const auto cycle = static_cast<std::int64_t>(std::floor((t - approach.green) / kCycle));
            for (std::int64_t c = cycle - 1; c <= cycle + 1; ++c) {
                const double since_green = t - approach.green - static_cast<double>(c) * kCycle;
                const double wanted = density((t - since_green) / dials_.speed) * vehicle_weight_ / all_weight_ / 4 *
                                      kCycle / (kLifetime * kPlaces);
                // The last place is not queued for: its vehicle finds green.
                std::array<std::int64_t, kPlaces> queue{};
                int queued = 0;
                bool follows = false;
                for (int place = 0; place < kPlaces; ++place) {
                    const std::int64_t number = c * kPlaces + place;
                    const double spread = unit_hash(seed_ + static_cast<std::uint64_t>(lane)) +
                                          static_cast<double>(number) * 0.6180339887498949;
                    if (spread - std::floor(spread) >= wanted) continue;
                    if (place + 1 < kPlaces)
                        queue[static_cast<std::size_t>(queued++)] = number;
                    else
                        follows = true;
                }
                // Long vehicles need the room of two: only the last of a queue may be one.
                for (int i = 0; i < queued; ++i)
                    one_vehicle(lane, queue[static_cast<std::size_t>(i)], i, i + 1 == queued && !follows, since_green, out);
                if (follows) one_vehicle(lane, c * kPlaces + kPlaces - 1, -1, false, since_green, out);
            }
        }
    }

    void one_vehicle(int lane, std::int64_t number, int position, bool may_be_long, double since_green,
                     std::vector<Actor>& out) const {
        Actor actor;
        actor.id = thing_id(lane, number);
        actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
        const auto short_weight = [](Kind kind) { return kind == Kind::bus || kind == Kind::truck ? 1e-6 : weight(kind); };
        actor.kind = choose_kind(vehicles_, actor.seed + 1, may_be_long ? weight : short_weight);
        double speed = 0;
        const double way = way_of(position, since_green, actor.brakes, speed);
        if (way < -kReach || way > kReach) return;
        const bool turns = unit_hash(actor.seed + 4) < 0.3 && actor.kind != Kind::bus && actor.kind != Kind::truck;
        const Footprint size = footprint(actor.kind, actor.seed);
        const Place place = place_on(kApproaches[lane], way - size.length / 2 * dials_.object_size, turns);
        actor.position = {place.position.x, place.position.y, 0};
        actor.heading = place.heading;
        actor.stride = way / 2;
        actor.speed = speed;
        finish(actor, {98, 98, 98}, out);
    }

    void walkers(double t, const Density& density, std::vector<Actor>& out) const {
        if (walkers_.empty()) return;
        constexpr int kPlaces = 24;
        constexpr double kLifetime = 22;
        const auto cycle = static_cast<std::int64_t>(std::floor(t / kCycle));
        for (std::int64_t c = cycle - 2; c <= cycle + 2; ++c) {
            const double since = t - static_cast<double>(c) * kCycle;
            const double wanted =
                density((t - since) / dials_.speed) * walker_weight_ / all_weight_ * kCycle / (kLifetime * kPlaces);
            for (int place = 0; place < kPlaces; ++place) {
                const std::int64_t number = c * kPlaces + place;
                const double spread = unit_hash(seed_ + 70) + static_cast<double>(number) * 0.6180339887498949;
                if (spread - std::floor(spread) < wanted) one_walker(number, since, out);
            }
        }
    }

    /// One of 8 ways: over one of four zebras, in one of two directions; before and after along the pavement.
    void one_walker(std::int64_t number, double since, std::vector<Actor>& out) const {
        Actor actor;
        actor.id = thing_id(8, number);
        actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
        actor.kind = choose_kind(walkers_, actor.seed + 1, weight);
        const auto pick = [&](std::uint64_t key) { return unit_hash(actor.seed + key); };
        const bool over_y_road = pick(2) < 0.5;  // crosses the road that runs along y, so walks along x
        const double side = pick(3) < 0.5 ? -1 : 1, direction = pick(4) < 0.5 ? -1 : 1;
        const double speed = 1.25 + 0.3 * pick(5);
        // Zebras over a road are free while the other road has green; people start with a little delay.
        const double green = (over_y_road ? 12 : 0) + 0.6 + 1.6 * pick(6);
        const double waits = 0.5 + 7 * pick(7);
        // Ways begin and end beyond the picture, which reaches far along y and less far along x.
        const auto reach = [](bool along_y, double towards) { return !along_y ? 13.5 : towards > 0 ? 24.0 : 13.0; };
        const double before = reach(over_y_road, side), after = reach(!over_y_road, direction);
        const double zebra = 2 * 5.1;
        const double age = since - green;
        double along = 0;  // metres from the kerb where the zebra begins; negative: on the way to it
        bool stands = false;
        if (age < -waits)
            along = (age + waits) * speed;
        else if (age < 0)
            stands = true;
        else
            along = age * speed;
        if (along < -before || along > zebra + after) return;
        // The way to the kerb comes along the pavement, around the corner: first along the other axis.
        const double aside = side * (6.3 + 1.5 * (pick(12) - 0.5));
        double across = -5.1 + std::max(0.0, along);
        double lateral = aside;
        double heading_along = direction > 0 ? 0.0 : 0.5;
        double heading = heading_along;
        if (along < 0) {
            lateral = aside + side * -along;
            across = -5.1 - 0.3 * pick(13);
            heading = side > 0 ? 0.75 : 0.25;
        }
        across *= direction;
        if (over_y_road) {
            actor.position = {across, kCentre + lateral, 0};
        } else {
            actor.position = {lateral, kCentre + across, 0};
            heading = along < 0 ? (side > 0 ? 0.5 : 0.0) : (direction > 0 ? 0.25 : 0.75);
        }
        actor.heading = stands ? heading + 0.04 * time_noise(actor.seed, age) : heading;
        if (stands) actor.heading = over_y_road ? heading_along : (direction > 0 ? 0.25 : 0.75);
        actor.speed = stands ? 0 : speed;
        actor.stride = along / 1.35;
        finish(actor, {146, 136, 124}, out);
    }

    void scenery(double t, double sway, std::vector<Actor>& out) const {
        const auto add = [&](Kind kind, Vec2 place, double heading, int index, double size) {
            Actor actor;
            actor.kind = kind;
            actor.position = {place.x, place.y, 0};
            actor.heading = heading;
            actor.seed = combine(seed_ + 500, static_cast<std::uint64_t>(index));
            actor.stride = t;
            actor.speed = sway;
            actor.size = size;
            out.push_back(actor);
        };
        for (const double x : {-7.4, 7.4})
            for (const double y : {kCentre - 7.4, kCentre + 7.4}) add(Kind::pole, {x, y}, x < 0 ? 0.0 : 0.5, 0, 1);
        const int count = round_to_int(dials_.occlusion * 12);
        constexpr std::array<Vec2, 12> kPlaces{{{-9.5, -6.0},
                                                {8.8, -7.8},
                                                {-6.0, -9.0},
                                                {11, 6},
                                                {-9, 7.8},
                                                {5.8, -9.6},
                                                {5.7, 8.9},
                                                {-13, -5.6},
                                                {13, -5.8},
                                                {-5.8, 9.6},
                                                {-14, 6},
                                                {10, 9}}};
        for (int i = 0; i < count; ++i) {
            const Vec2 at{kPlaces[static_cast<std::size_t>(i)].x, kCentre + kPlaces[static_cast<std::size_t>(i)].y};
            add(i % 3 == 0 ? Kind::tree : i % 3 == 1 ? Kind::board : Kind::bush, at, 0.25, i + 1, i % 3 == 0 ? 0.8 : 1.2);
        }
    }

    void finish(Actor& actor, Rgb behind, std::vector<Actor>& out) const {
        actor.size = dials_.object_size;
        if (unit_hash(actor.seed + 8) < dials_.camouflage)
            actor.camouflage = scaled(behind, static_cast<int>(88 + 24 * unit_hash(actor.seed + 9)));
        out.push_back(actor);
    }

    Dials dials_;
    std::uint64_t seed_;
    double all_weight_ = 0, vehicle_weight_ = 0, walker_weight_ = 0;
    std::vector<Kind> vehicles_, walkers_;
};

}  // namespace

const SceneInfo kCrossingScene{
    .name = "crossing",
    .summary = "two roads with signals: queues, right turns, people on zebras",
    .camera = [](Size picture) { return Camera(picture, 11.5, 0.0833, 0.95); },
    .sun = {-0.5, -0.45, 0.74},
    .texels = 40,
    .outdoors = true,
    .kinds = kKinds,
    .line =
        [] {
            return std::vector<Point>{{0.18F, 0.62F}, {0.82F, 0.62F}};
        },
    .zone =
        [] {
            return std::vector<Point>{{0.34F, 0.36F}, {0.66F, 0.36F}, {0.74F, 0.62F}, {0.26F, 0.62F}};
        },
    .create = [](const Dials& dials, std::uint64_t seed) -> std::unique_ptr<Scene> {
        return std::make_unique<Crossing>(dials, seed);
    },
};

}  // namespace facet::source::synthetic
