// Street: a road that leads away from the camera, two lanes each way, cycles at its edges, parked cars, pavements with
// people, house fronts, trees.
#include "source/synthetic/scene.h"

namespace facet::source::synthetic {

namespace {

constexpr Kind kKinds[] = {Kind::person, Kind::bicycle, Kind::car, Kind::motorcycle, Kind::bus, Kind::truck};
constexpr double kKerb = 9.3, kFronts = 13.6;
constexpr double kWayBegin = 5.0, kWayEnd = 135.0;

double weight(Kind kind) {
    switch (kind) {
        case Kind::car: return 5;
        case Kind::person: return 4;
        case Kind::bicycle: return 1.4;
        case Kind::truck: return 0.8;
        case Kind::motorcycle: return 0.7;
        case Kind::bus: return 0.5;
        default: return 0.5;
    }
}

struct Lane {
    double x;
    bool away;
    double speed;
    bool slow;  ///< for bicycles
};
constexpr Lane kLanes[] = {{1.9, true, 11.0, false},  {5.2, true, 9.4, false}, {-1.9, false, 11.6, false},
                           {-5.2, false, 9.0, false}, {7.35, true, 4.6, true}, {-7.35, false, 4.9, true}};

class Street final : public Scene {
public:
    Street(const Dials& dials, std::uint64_t seed) : dials_(dials), seed_(seed) {
        for (const Kind kind : dials.kinds.empty() ? std::vector<Kind>(std::begin(kKinds), std::end(kKinds)) : dials.kinds) {
            all_weight_ += weight(kind);
            (kind == Kind::bicycle ? cycles_ : is_vehicle(kind) ? motors_ : walkers_).push_back(kind);
        }
    }

    void paint(Backdrop& backdrop) const override {
        const std::uint64_t seed = backdrop.seed();
        backdrop.ground(
            [seed](Vec2 p) -> Backdrop::Ground {
                const double side = std::abs(p.x);
                const auto patch = [&](double cell, std::uint64_t key) {
                    const auto i = static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(p.x / cell)) * 7919 +
                                                              static_cast<std::int64_t>(std::floor(p.y / (cell * 2.6))));
                    return static_cast<int>(unit_hash(combine(seed + key, i)) * 14) - 7;
                };
                if (side < 7.9) {
                    const bool worn = std::abs(std::abs(side - 3.55) - 2.4) < 0.35;
                    return {scaled({104, 104, 102}, 100 + patch(3.4, 1) + (worn ? -7 : 0)), 15};
                }
                if (side < kKerb) return {scaled({92, 92, 94}, 100 + patch(2.2, 2)), 17};
                if (side < kFronts) {
                    const bool joint = p.x * 1.6 - std::floor(p.x * 1.6) < 0.06 || p.y * 1.6 - std::floor(p.y * 1.6) < 0.06;
                    return {scaled({140, 132, 122}, joint ? 84 : 100 + patch(0.6, 3)), 13};
                }
                return {scaled({96, 112, 72}, 100 + patch(4, 4)), 26};
            },
            9, {150, 176, 206}, {206, 212, 216});
        markings(backdrop);
        fronts(backdrop);
        backdrop.lamps([this](Vec2 p) { return lamp(p); });
    }

    void actors(double t, const Density& density, double sway, std::vector<Actor>& out) const override {
        vehicles(t * dials_.speed, density, out);
        walkers(t * dials_.speed, density, out);
        parked(out);
        scenery(t, sway, out);
    }

    double lamp(Vec2 p) const override {
        double light = 0.04;
        for (const double side : {-1.0, 1.0})
            for (int i = 0; i < 5; ++i) {
                const double dx = p.x - side * 8.2, dy = p.y - (16 + 18 * i + (side > 0 ? 0 : 9));
                light += 0.62 / (1 + (dx * dx * 1.3 + dy * dy) / 16);
            }
        return std::min(1.0, light);
    }

private:
    void markings(Backdrop& backdrop) const {
        const Surface white{{206, 204, 196}, Pattern::grain, 26, 220};
        for (const double x : {-kKerb - 0.25, kKerb})
            backdrop.panel({x, 3, 0}, {0.25, 0, 0}, {0, 260, 0}, {{150, 148, 142}, Pattern::grain, 12});
        for (const double x : {-kFronts - 0.06, kFronts})
            backdrop.panel({x, 3, 0}, {0.06, 0, 0}, {0, 260, 0}, {{92, 90, 86}});
        for (const double x : {-0.12, 0.06})
            backdrop.panel({x, 3, 0}, {0.08, 0, 0}, {0, 220, 0}, {{196, 176, 96}, Pattern::grain, 20, 220});
        for (const double x : {-3.6, 3.55})
            for (double y = 4; y < 160; y += 6) backdrop.panel({x, y, 0}, {0.12, 0, 0}, {0, 2.6, 0}, white);
        for (const double x : {-6.95, 6.85}) backdrop.panel({x, 3, 0}, {0.1, 0, 0}, {0, 200, 0}, white);
        for (double x = -7.6; x < 7.4; x += 1.1) backdrop.panel({x, 44, 0}, {0.55, 0, 0}, {0, 3.2, 0}, white);
        for (const double y : {21.0, 66.0})
            for (const double x : {1.9, 5.2}) {
                const std::array<Vec3, 3> head{{{x - 0.45, y + 1.4, 0}, {x + 0.45, y + 1.4, 0}, {x, y + 3.2, 0}}};
                backdrop.polygon(head, white);
                backdrop.panel({x - 0.1, y, 0}, {0.2, 0, 0}, {0, 1.5, 0}, white);
            }
        Random random(seed_ + 31);
        for (int i = 0; i < 26; ++i) {  // repaired asphalt, covers, stains
            const double x = random.uniform(-7.5, 7), y = random.uniform(12, 70);
            const int tone = static_cast<int>(random.between(62, 84));
            const double wide = random.uniform(0.3, 1.3), deep = random.uniform(0.5, 4);
            const auto opacity = static_cast<int>(random.between(60, 190));
            backdrop.panel({x, y, 0}, {wide, 0, 0}, {0, deep, 0}, {{tone, tone, tone}, Pattern::grain, 24, opacity});
        }
    }

    void fronts(Backdrop& backdrop) const {
        constexpr std::array<Rgb, 6> kWalls{
            {{156, 134, 112}, {132, 122, 116}, {166, 156, 138}, {120, 92, 78}, {142, 148, 150}, {110, 106, 98}}};
        Random random(seed_ + 77);
        // From far to near, so that near houses cover far ones.
        std::vector<std::array<double, 4>> houses;  // side, begin, width, height
        for (const double side : {-1.0, 1.0})
            for (double y = 8; y < 150;) {
                const double width = random.uniform(9, 16);
                houses.push_back({side, y, width, random.uniform(6, 14)});
                y += width + (random.chance(0.15) ? 4 : 0);
            }
        std::stable_sort(houses.begin(), houses.end(), [](const auto& a, const auto& b) { return a[1] > b[1]; });
        for (const auto& [side, y, width, height] : houses) {
            const Rgb wall = pick(kWalls, 84, 108, random);
            const double x = side * kFronts;
            backdrop.block({0, 0, 0}, 0, {side > 0 ? x : x - 9, side > 0 ? x + 9 : x, y, y + width, 0, height},
                           {wall, Pattern::grain, 18});
            const double in = x - side * 0.02;
            const int floors = static_cast<int>(height / 3), columns = static_cast<int>(width / 2.6);
            for (int f = 0; f < floors; ++f)
                for (int c = 0; c < columns; ++c) {
                    const double at = y + 0.9 + c * (width - 1.2) / columns;
                    const bool shop = f == 0 && random.chance(0.5);
                    const Rgb pane = scaled({70, 84, 98}, static_cast<int>(random.between(60, 130)));
                    const double wide = shop ? 2.0 : 1.15, low = f * 3.0 + (shop ? 0.4 : 1.0), tall = shop ? 2.1 : 1.4;
                    backdrop.panel({in, at - 0.1, low - 0.1}, {0, wide + 0.2, 0}, {0, 0, tall + 0.2}, {scaled(wall, 122)});
                    backdrop.panel({in - side * 0.01, at, low}, {0, wide, 0}, {0, 0, tall}, {pane, Pattern::grain, 22});
                    backdrop.panel({in - side * 0.02, at, low + tall * 0.5}, {0, wide, 0}, {0, 0, 0.06},
                                   {scaled(wall, 112)});
                }
        }
        backdrop.block({0, 150, 0}, 0, {-14, 14, 0, 10, 0, 12}, {{128, 124, 120}, Pattern::grain, 20});
    }

    void vehicles(double t, const Density& density, std::vector<Actor>& out) const {
        constexpr double kInterval = 2.4;
        for (int index = 0; index < 6; ++index) {
            const Lane& lane = kLanes[index];
            const auto& kinds = lane.slow ? cycles_ : motors_;
            if (kinds.empty()) continue;
            double share = 0;
            for (const Kind kind : kinds) share += weight(kind) / all_weight_;
            const double lifetime = (kWayEnd - kWayBegin) / lane.speed;
            const double interval = lane.slow ? 3.0 : kInterval;
            const double lanes = lane.slow ? 2 : 4;
            const Sequence sequence{interval, lifetime, unit_hash(seed_ + static_cast<std::uint64_t>(index))};
            const auto wanted = [&](double start) {
                return density(start / dials_.speed) * share / lanes * interval / lifetime;
            };
            sequence.for_each(t, wanted, [&](std::int64_t n, double age) {
                Actor actor;
                actor.id = thing_id(index, n);
                actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
                actor.kind = choose_kind(kinds, actor.seed + 1, weight);
                const double way = lane.speed * age + 0.8 * sine(age * 0.11 + unit_hash(actor.seed));
                actor.position = {lane.x + (unit_hash(actor.seed + 2) - 0.5) * 0.5,
                                  lane.away ? kWayBegin + way : kWayEnd - way, 0};
                actor.heading = lane.away ? 0.25 : 0.75;
                actor.stride = way / 2.0;
                actor.speed = lane.speed;
                actor.brakes = unit_hash(combine(actor.seed, static_cast<std::uint64_t>(age))) < 0.12;
                finish(actor, {104, 104, 102}, out);
            });
        }
    }

    void walkers(double t, const Density& density, std::vector<Actor>& out) const {
        if (walkers_.empty()) return;
        double share = 0;
        for (const Kind kind : walkers_) share += weight(kind) / all_weight_;
        for (int side = 0; side < 4; ++side) {
            const double speed = 1.15 + 0.12 * side;
            const double length = 56, lifetime = length / speed, interval = 1.7;
            const Sequence sequence{interval, lifetime, unit_hash(seed_ + 60 + static_cast<std::uint64_t>(side))};
            const auto wanted = [&](double start) {
                return density(start / dials_.speed) * share / 4 * interval / lifetime;
            };
            sequence.for_each(t, wanted, [&](std::int64_t n, double age) {
                Actor actor;
                actor.id = thing_id(10 + side, n);
                actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
                actor.kind = choose_kind(walkers_, actor.seed + 1, weight);
                const bool away = side % 2 == 0;
                const double way = speed * age + 0.3 * sine(age * 0.05 + unit_hash(actor.seed + 5));
                const double across =
                    kKerb + 0.9 + unit_hash(actor.seed + 3) * 2.6 + 0.25 * sine(age * 0.04 + unit_hash(actor.seed + 4));
                actor.position = {side < 2 ? across : -across, away ? 14 + way : 14 + length - way, 0.12};
                actor.heading = away ? 0.25 : 0.75;
                actor.speed = speed;
                actor.stride = way / 1.35;
                finish(actor, {140, 132, 122}, out);
            });
        }
    }

    void parked(std::vector<Actor>& out) const {
        if (motors_.empty()) return;
        for (int i = 0; i < static_cast<int>(dials_.parked); ++i) {
            Actor actor;
            actor.id = thing_id(20, i);
            actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
            const bool right = i % 2 == 1;
            actor.kind = choose_kind(motors_, actor.seed + 1, [](Kind kind) {
                return kind == Kind::car ? 8.0 : kind == Kind::motorcycle ? 0.6 : 0.2;
            });
            actor.position = {(right ? 8.35 : -8.35) + (unit_hash(actor.seed + 2) - 0.5) * 0.3,
                              24 + 13.5 * (i / 2) + unit_hash(actor.seed + 3) * 1.5, 0};
            actor.heading = right ? 0.25 : 0.75;
            actor.stationary = true;
            finish(actor, {104, 104, 102}, out);
        }
    }

    void scenery(double t, double sway, std::vector<Actor>& out) const {
        const auto add = [&](Kind kind, Vec3 position, double heading, int index, double size) {
            Actor actor;
            actor.kind = kind;
            actor.position = position;
            actor.heading = heading;
            actor.seed = combine(seed_ + 500, static_cast<std::uint64_t>(index));
            actor.stride = t;
            actor.speed = sway;
            actor.size = size;
            out.push_back(actor);
        };
        for (int i = 0; i < 5; ++i)
            for (const double side : {-1.0, 1.0})
                add(Kind::pole, {side * 9.7, 16.0 + 18 * i + (side > 0 ? 0 : 9), 0}, side > 0 ? 0.5 : 0.0, 0, 1);
        const int count = round_to_int(dials_.occlusion * 16);
        for (int i = 0; i < count; ++i) {
            const double side = i % 2 ? 1.0 : -1.0;
            const double y = 21 + 9.0 * (i / 2 % 6) + 3.0 * unit_hash(seed_ + 900 + static_cast<std::uint64_t>(i));
            if (i % 4 < 2)
                add(Kind::tree, {side * 9.9, y, 0}, 0, i + 1, 0.9);
            else if (i % 3 == 0)
                add(Kind::board, {side * 10.1, y + 4, 0}, 0.25, i + 1, 1.2);
            else
                add(Kind::bush, {side * 9.9, y + 2, 0}, 0, i + 1, 1.3);
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
    double all_weight_ = 0;
    std::vector<Kind> motors_, cycles_, walkers_;
};

}  // namespace

const SceneInfo kStreetScene{
    .name = "street",
    .summary = "a road with two lanes each way, parked cars, cyclists, people on the pavements, trees",
    .camera = [](Size picture) { return Camera(picture, 6.6, 0.034, 1.05); },
    .sun = {-0.55, -0.35, 0.76},
    .texels = 40,
    .outdoors = true,
    .kinds = kKinds,
    .line =
        [] {
            return std::vector<Point>{{0.02F, 0.55F}, {0.98F, 0.55F}};
        },
    .zone =
        [] {
            return std::vector<Point>{{0.30F, 0.45F}, {0.70F, 0.45F}, {0.85F, 0.90F}, {0.15F, 0.90F}};
        },
    .create = [](const Dials& dials, std::uint64_t seed) -> std::unique_ptr<Scene> {
        return std::make_unique<Street>(dials, seed);
    },
};

}  // namespace facet::source::synthetic
