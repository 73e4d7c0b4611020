// Hall: a lobby with doors. People come in, walk, stop and talk, go out; some in groups; some leave a suitcase behind.
#include "source/synthetic/scene.h"

namespace facet::source::synthetic {

namespace {

constexpr Kind kKinds[] = {Kind::person, Kind::suitcase, Kind::backpack};
constexpr double kWall = 24, kSide = 12.5;
constexpr Vec2 kDoors[] = {{-kSide - 1, 9},    {kSide + 1, 13}, {-7, kWall - 0.3}, {0.5, kWall - 0.3},
                           {7.5, kWall - 0.3}, {-3, 1.5},       {3, 1.5},          {-kSide - 1, 17}};

/// One visit: in through a door, to a place, a stay, out through another door.
struct Visit {
    Vec2 from, place, to;
    double speed, stay, first_leg, length;
    bool leaves_bag;
};

class Hall final : public Scene {
public:
    Hall(const Dials& dials, std::uint64_t seed) : dials_(dials), seed_(seed) {
        const auto has = [&](Kind kind) {
            return dials.kinds.empty() || std::find(dials.kinds.begin(), dials.kinds.end(), kind) != dials.kinds.end();
        };
        people_ = has(Kind::person);
        suitcases_ = has(Kind::suitcase);
        backpacks_ = has(Kind::backpack);
    }

    void paint(Backdrop& backdrop) const override {
        const std::uint64_t seed = backdrop.seed();
        backdrop.ground(
            [seed](Vec2 p) -> Backdrop::Ground {
                const double gx = p.x / 1.2, gy = p.y / 1.2;
                const auto key = static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(gx)) * 4099 +
                                                            static_cast<std::int64_t>(std::floor(gy)));
                const int tone = static_cast<int>(unit_hash(combine(seed, key)) * 14) - 7;
                const bool dark =
                    (static_cast<std::int64_t>(std::floor(gx)) + static_cast<std::int64_t>(std::floor(gy))) % 2 == 0;
                // Daylight from the windows on the left lies on the floor.
                const double shine = 10 * smooth_step(6, -9, p.x) + 8 * smooth_step(0.7, 1, sine(p.y * 0.17 + 0.1));
                return {scaled(dark ? Rgb{148, 138, 126} : Rgb{164, 156, 146}, 100 + tone + round_to_int(shine)), 9};
            },
            14, {120, 118, 116}, {140, 136, 130});
        walls(backdrop);
        backdrop.lamps([this](Vec2 p) { return lamp(p); });
    }

    void actors(double t, const Density& density, double sway, std::vector<Actor>& out) const override {
        visits(t, density, out);
        const int count = round_to_int(dials_.occlusion * 8);
        constexpr std::array<Vec2, 8> kPlaces{
            {{-5, 11}, {5.5, 14}, {-4, 18}, {0, 8.5}, {7.5, 10}, {-8, 14}, {3, 19}, {-7, 8}}};
        for (int i = 0; i < count; ++i) {
            Actor actor;
            actor.kind = i % 3 == 0 ? Kind::pillar : i % 3 == 1 ? Kind::board : Kind::bush;
            actor.position = {kPlaces[static_cast<std::size_t>(i)].x, kPlaces[static_cast<std::size_t>(i)].y, 0};
            actor.heading = 0.25;
            actor.seed = combine(seed_ + 500, static_cast<std::uint64_t>(i));
            actor.size = actor.kind == Kind::bush ? 1.1 : 1;
            actor.stride = t;
            actor.speed = sway * 0.15;
            out.push_back(actor);
        }
    }

    double lamp(Vec2 p) const override {
        double light = 0.06;
        for (const double x : {-6.0, 0.0, 6.0})
            for (const double y : {8.0, 14.0, 20.0}) {
                const double dx = p.x - x, dy = p.y - y;
                light += 0.34 / (1 + (dx * dx + dy * dy) / 5);
            }
        return std::min(1.0, light);
    }

private:
    void walls(Backdrop& backdrop) const {
        for (double x = -12; x < kSide; x += 1.2)
            backdrop.panel({x, 1, 0}, {0.03, 0, 0}, {0, kWall - 1, 0}, {{104, 98, 92}});
        for (double y = 1.2; y < kWall; y += 1.2)
            backdrop.panel({-kSide, y, 0}, {2 * kSide, 0, 0}, {0, 0.03, 0}, {{104, 98, 92}});
        const Surface wall{{172, 164, 150}, Pattern::grain, 8};
        backdrop.panel({-kSide, kWall, 0}, {2 * kSide, 0, 0}, {0, 0, 6}, wall);
        backdrop.panel({-kSide, 0.5, 0}, {0, kWall - 0.5, 0}, {0, 0, 6}, {{152, 146, 136}, Pattern::grain, 8});
        backdrop.panel({kSide, 0.5, 0}, {0, kWall - 0.5, 0}, {0, 0, 6}, {{140, 134, 126}, Pattern::grain, 8});
        backdrop.panel({-kSide, kWall - 0.01, 0}, {2 * kSide, 0, 0}, {0, 0, 0.18}, {{84, 76, 68}});
        for (double y = 2; y < kWall - 2; y += 3.2) {
            backdrop.panel({-kSide + 0.01, y, 1.0}, {0, 2.4, 0}, {0, 0, 3.2}, {{206, 216, 222}, Pattern::smooth, 10});
            backdrop.panel({-kSide + 0.02, y + 1.15, 1.0}, {0, 0.1, 0}, {0, 0, 3.2}, {{120, 116, 110}});
        }
        for (const double x : {-7.0, 0.5, 7.5}) {
            backdrop.panel({x - 1.0, kWall - 0.02, 0}, {2.0, 0, 0}, {0, 0, 2.4}, {{96, 88, 80}});
            backdrop.panel({x - 0.85, kWall - 0.03, 0}, {1.7, 0, 0}, {0, 0, 2.25}, {{58, 60, 64}, Pattern::grain, 14});
        }
        for (const double y : {9.0, 17.0})
            backdrop.panel({-kSide + 0.03, y - 1, 0}, {0, 2, 0}, {0, 0, 2.4}, {{60, 60, 64}, Pattern::grain, 12});
        backdrop.panel({kSide - 0.03, 12, 0}, {0, 2, 0}, {0, 0, 2.4}, {{56, 56, 60}, Pattern::grain, 12});
        backdrop.panel({-4.6, kWall - 0.02, 1.6}, {3.0, 0, 0}, {0, 0, 1.4}, {{96, 116, 128}, Pattern::checks, 30});
        backdrop.panel({3.0, kWall - 0.02, 1.4}, {2.2, 0, 0}, {0, 0, 1.8}, {{150, 96, 70}, Pattern::strokes, 30});
        backdrop.block({0, 0, 0}, 0, {8.2, 12.2, 18.5, 20.0, 0, 1.1}, {{116, 88, 66}, Pattern::stripes, 10});
        for (const double x : {-11.2, -9.4})
            for (const double y : {19.5, 21.5}) {
                backdrop.block({x, y, 0}, 0, {-0.7, 0.7, -0.35, 0.35, 0.15, 0.45}, {{86, 92, 104}, Pattern::fabric, 16});
                backdrop.block({x, y, 0}, 0, {-0.7, 0.7, 0.3, 0.4, 0.4, 0.95}, {{78, 84, 96}, Pattern::fabric, 16});
            }
    }

    Visit visit_of(std::uint64_t seed) const {
        Random random(seed);
        Visit visit{};
        const auto door = random.below(std::size(kDoors));
        visit.from = kDoors[door];
        visit.to = kDoors[(door + 1 + random.below(std::size(kDoors) - 1)) % std::size(kDoors)];
        visit.place = {random.uniform(-7, 7), random.uniform(8.5, 19)};
        visit.speed = random.uniform(0.95, 1.5);
        visit.stay = random.chance(0.4) ? 0 : random.uniform(2, 11);
        visit.leaves_bag = visit.stay > 3 && random.chance(0.3);
        const auto distance = [](Vec2 a, Vec2 b) {
            return std::sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y));
        };
        visit.first_leg = distance(visit.from, visit.place) / visit.speed;
        visit.length = visit.first_leg + visit.stay + distance(visit.place, visit.to) / visit.speed;
        return visit;
    }

    /// Slot k holds one visit after the other; in a few slots a companion walks beside the slot before.
    void visits(double t, const Density& density, std::vector<Actor>& out) const {
        constexpr double kPeriod = 34;  // a visit and a pause
        constexpr double kMeanVisit = 25;
        constexpr int kSlots = 360;
        const double now = t * dials_.speed;
        for (int slot = 0; slot < kSlots; ++slot) {
            // The slots that can matter, without looking at all 360 when few people are wanted.
            const double shift = kPeriod * unit_hash(combine(seed_ + 40, static_cast<std::uint64_t>(slot)));
            const auto round = static_cast<std::int64_t>(std::floor((now - shift) / kPeriod));
            for (std::int64_t r = round - 1; r <= round; ++r) {
                const double start = shift + static_cast<double>(r) * kPeriod;
                if (slot >= density(start / dials_.speed) * kPeriod / kMeanVisit) continue;
                one_visit(slot, r, now - start, out);
            }
        }
    }

    void one_visit(int slot, std::int64_t r, double age, std::vector<Actor>& out) const {
        constexpr double kBagStays = 14;
        const auto key = combine(seed_, static_cast<std::uint64_t>(slot) * 1000003 + static_cast<std::uint64_t>(r + 100000));
        const Visit visit = visit_of(key);
        const auto number = r * 360 + slot;
        if (visit.leaves_bag && (suitcases_ || backpacks_)) {
            const double left_at = visit.first_leg + visit.stay * 0.8;
            if (age >= left_at && age < left_at + kBagStays) {
                Actor bag;
                bag.id = thing_id(40, number);
                bag.seed = combine(key, 3);
                bag.kind = suitcases_ && (!backpacks_ || unit_hash(bag.seed) < 0.6) ? Kind::suitcase : Kind::backpack;
                bag.position = {visit.place.x + 0.55, visit.place.y - 0.2, 0};
                bag.heading = unit_hash(bag.seed + 1);
                bag.stationary = true;
                finish(bag, out);
            }
        }
        if (!people_) return;
        const int companions = unit_hash(key + 11) < 0.22 ? 1 : 0;
        for (int i = 0; i <= companions; ++i) {
            const double own = age - 0.35 * i;
            if (own < 0 || own >= visit.length) continue;
            Actor actor;
            actor.id = thing_id(30 + i, number);
            actor.seed = combine(key, static_cast<std::uint64_t>(50 + i));
            actor.kind = Kind::person;
            const bool stays = own >= visit.first_leg && own < visit.first_leg + visit.stay;
            const bool leaving = own >= visit.first_leg + visit.stay;
            const Vec2 a = leaving ? visit.place : visit.from, b = leaving ? visit.to : visit.place;
            const double leg = leaving ? visit.length - visit.first_leg - visit.stay : visit.first_leg;
            const double along = stays ? 1 : (leaving ? own - visit.first_leg - visit.stay : own) / leg;
            const double dx = b.x - a.x, dy = b.y - a.y, distance = std::sqrt(dx * dx + dy * dy);
            // People do not walk as straight as a line: a bow that is flat at both ends, so that nobody jumps.
            const double bow =
                stays ? 0 : 0.9 * (unit_hash(actor.seed + (leaving ? 3 : 2)) - 0.5) * (along * (1 - along) * 4);
            const double beside = 0.55 * i * smooth_step(0, 0.1, leaving ? 1.0 - along * 0.2 : along);
            actor.position = {a.x + dx * along - dy / distance * bow + beside,
                              a.y + dy * along + dx / distance * bow - 0.2 * i, 0};
            actor.heading = stays ? unit_hash(actor.seed + 4) + 0.03 * time_noise(actor.seed, own) : turn_of(dx, dy);
            actor.speed = stays ? 0 : visit.speed;
            actor.stride = (stays ? visit.first_leg : own) * visit.speed / 1.35;
            actor.carried = visit.leaves_bag && i == 0 && suitcases_ && own < visit.first_leg ? 1 : 0;
            finish(actor, out);
        }
    }

    /// The direction of a vector in turns, near enough for a body: the octant's tangent as a polynomial.
    static double turn_of(double dx, double dy) {
        const double ax = std::abs(dx), ay = std::abs(dy);
        const double ratio = std::min(ax, ay) / std::max(1e-9, std::max(ax, ay));
        double turn = ratio * (0.1593 - 0.0343 * ratio * ratio);  // atan(r) / 2 pi, error below 0.002
        if (ay > ax) turn = 0.25 - turn;
        if (dx < 0) turn = 0.5 - turn;
        return dy < 0 ? -turn : turn;
    }

    void finish(Actor& actor, std::vector<Actor>& out) const {
        actor.size = dials_.object_size;
        if (unit_hash(actor.seed + 8) < dials_.camouflage)
            actor.camouflage = scaled({156, 147, 136}, static_cast<int>(86 + 22 * unit_hash(actor.seed + 9)));
        out.push_back(actor);
    }

    Dials dials_;
    std::uint64_t seed_;
    bool people_, suitcases_, backpacks_;
};

}  // namespace

const SceneInfo kHallScene{
    .name = "hall",
    .summary = "a lobby: people come, stay, talk in pairs and go; suitcases are left behind",
    .camera = [](Size picture) { return Camera(picture, 4.4, 0.062, 0.82); },
    .sun = {-0.7, -0.15, 0.9},
    .texels = 60,
    .outdoors = false,
    .kinds = kKinds,
    .line =
        [] {
            return std::vector<Point>{{0.02F, 0.60F}, {0.98F, 0.60F}};
        },
    .zone =
        [] {
            return std::vector<Point>{{0.30F, 0.30F}, {0.70F, 0.30F}, {0.80F, 0.75F}, {0.20F, 0.75F}};
        },
    .create = [](const Dials& dials, std::uint64_t seed) -> std::unique_ptr<Scene> {
        return std::make_unique<Hall>(dials, seed);
    },
};

}  // namespace facet::source::synthetic
