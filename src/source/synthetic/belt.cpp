// Belt: goods on a conveyor, most of them good, some with a defect.
#include "source/synthetic/scene.h"

namespace facet::source::synthetic {

namespace {

constexpr Kind kKinds[] = {Kind::bottle, Kind::box, Kind::can, Kind::cap};
constexpr double kNear = 1.22, kFar = 1.78, kWay = 1.15, kSpeed = 0.24;

double weight(Kind kind) { return kind == Kind::bottle ? 3 : kind == Kind::box ? 2 : 1.5; }

class Belt final : public Scene {
public:
    Belt(const Dials& dials, std::uint64_t seed)
        : dials_(dials),
          seed_(seed),
          kinds_(dials.kinds.empty() ? std::vector<Kind>(std::begin(kKinds), std::end(kKinds)) : dials.kinds) {}

    void paint(Backdrop& backdrop) const override {
        backdrop.ground(
            [](Vec2 p) -> Backdrop::Ground {
                if (p.y > kNear && p.y < kFar) return {{84, 92, 92}, 12};
                if (p.y > kNear - 0.09 && p.y < kFar + 0.09) return {{148, 150, 152}, 6};
                return {p.y > kFar ? Rgb{112, 110, 104} : Rgb{98, 96, 94}, 14};
            },
            260, {120, 118, 112}, {132, 130, 124});
        backdrop.panel({-3, kFar + 0.12, 0}, {6, 0, 0}, {0, 0, 0.06}, {{168, 170, 172}, Pattern::stripes, 8});
        backdrop.panel({-4, kFar + 0.9, -0.3}, {8, 0, 0}, {0, 0, 2}, {{124, 126, 122}, Pattern::grain, 16});
        Random random(seed_ + 3);
        for (int i = 0; i < 9; ++i) {
            const double x = -1.7 + i * 0.4 + random.uniform(-0.05, 0.05);
            const Rgb tone = scaled({96, 108, 112}, static_cast<int>(random.between(70, 125)));
            const Vec3 corner{x, kFar + 0.89, random.uniform(0.0, 0.15)};
            const double wide = random.uniform(0.12, 0.3), tall = random.uniform(0.15, 0.5);
            const Pattern pattern = random.chance(0.5) ? Pattern::stripes : Pattern::checks;
            backdrop.panel(corner, {wide, 0, 0}, {0, 0, tall}, {tone, pattern, 16});
        }
        for (double x = -1.6; x < 1.7; x += 0.4) {
            backdrop.panel({x, kNear - 0.07, 0.001}, {0.03, 0, 0}, {0, 0.03, 0}, {{70, 72, 74}});
            backdrop.panel({x, kFar + 0.04, 0.001}, {0.03, 0, 0}, {0, 0.03, 0}, {{70, 72, 74}});
        }
        backdrop.lamps([this](Vec2 p) { return lamp(p); });
    }

    void actors(double t, const Density& density, double, std::vector<Actor>& out) const override {
        const double now = t * dials_.speed;
        goods(now, density, out);
        seams(now, out);
        const int posts = round_to_int(dials_.occlusion * 6);
        for (int i = 0; i < posts; ++i) {
            Actor actor;
            actor.kind = Kind::pillar;
            actor.size = 0.075;
            actor.position = {-0.62 + 1.24 * (i * 0.381966 - std::floor(i * 0.381966)), kNear - 0.06, 0};
            actor.seed = seed_;
            out.push_back(actor);
        }
    }

    double lamp(Vec2 p) const override {
        const double dx = p.x * 0.9, dy = p.y - 1.5;
        return std::clamp(0.1 + 0.5 / (1 + (dx * dx + dy * dy) / 0.25), 0.0, 1.0);
    }

private:
    void goods(double t, const Density& density, std::vector<Actor>& out) const {
        // Two rows; places are as close as boxes may stand.
        constexpr double kPitch = 0.215;
        const double lifetime = 2 * kWay / kSpeed;
        for (int row = 0; row < 2; ++row) {
            const Sequence sequence{kPitch / kSpeed, lifetime, unit_hash(seed_ + 20 + static_cast<std::uint64_t>(row))};
            const auto wanted = [&](double start) {
                return density(start / dials_.speed) / 2 * (kPitch / kSpeed) / (lifetime * 0.78);
            };
            sequence.for_each(t, wanted, [&](std::int64_t n, double age) {
                Actor actor;
                actor.id = thing_id(50 + row, n);
                actor.seed = combine(seed_, static_cast<std::uint64_t>(actor.id));
                actor.kind = choose_kind(kinds_, actor.seed + 1, weight);
                actor.position = {-kWay + kSpeed * age + 0.02 * (unit_hash(actor.seed + 2) - 0.5),
                                  (row == 0 ? 1.36 : 1.62) + 0.05 * (unit_hash(actor.seed + 3) - 0.5), 0};
                actor.heading = actor.kind == Kind::box ? 0.04 * (unit_hash(actor.seed + 4) - 0.5) : 0;
                actor.size = dials_.object_size;
                actor.speed = kSpeed;
                if (const auto defects = defects_of(actor.kind);
                    !defects.empty() && unit_hash(actor.seed + 5) < dials_.defects)
                    actor.defect = defects[static_cast<std::size_t>(mix(actor.seed + 6) % defects.size())];
                if (unit_hash(actor.seed + 8) < dials_.camouflage) actor.camouflage = {92, 98, 97};
                out.push_back(actor);
            });
        }
    }

    /// Joints of the belt, which move with it: the background of a conveyor is never still.
    void seams(double t, std::vector<Actor>& out) const {
        constexpr double kSpacing = 0.31;
        const double shift = t * kSpeed - std::floor(t * kSpeed / kSpacing) * kSpacing;
        for (double x = -kWay - kSpacing; x < kWay + kSpacing; x += kSpacing) {
            Actor actor;
            actor.kind = Kind::seam;
            actor.position = {x + shift, (kNear + kFar) / 2, 0};
            actor.seed = combine(seed_, static_cast<std::uint64_t>(std::floor((x + kWay + kSpacing) / kSpacing + 0.5) -
                                                                   std::floor(t * kSpeed / kSpacing) + 1e6));
            out.push_back(actor);
        }
    }

    Dials dials_;
    std::uint64_t seed_;
    std::vector<Kind> kinds_;
};

}  // namespace

const SceneInfo kBeltScene{
    .name = "belt",
    .summary = "goods on a conveyor: bottles, boxes, cans, caps, some with a defect",
    .camera = [](Size picture) { return Camera(picture, 1.15, 0.098, 1.12); },
    .sun = {-0.4, -0.3, 0.85},
    .texels = 700,
    .outdoors = false,
    .kinds = kKinds,
    .line =
        [] {
            return std::vector<Point>{{0.5F, 0.95F}, {0.5F, 0.05F}};
        },
    .zone =
        [] {
            return std::vector<Point>{{0.35F, 0.05F}, {0.65F, 0.05F}, {0.65F, 0.95F}, {0.35F, 0.95F}};
        },
    .create = [](const Dials& dials, std::uint64_t seed) -> std::unique_ptr<Scene> {
        return std::make_unique<Belt>(dials, seed);
    },
};

}  // namespace facet::source::synthetic
