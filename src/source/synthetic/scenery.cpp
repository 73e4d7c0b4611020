// What stands in the way: trees that sway, poles, bushes, pillars, boards. `stride` is the time of the wind, `speed` its
// strength.
#include "source/synthetic/figure.h"

namespace facet::source::synthetic {

namespace {

void foliage(Modeller& modeller, const Actor& actor, Random& random, Vec3 middle, Vec3 spread, int leaves, double radius,
             Rgb green) {
    for (int i = 0; i < leaves; ++i) {
        const Vec3 at{random.uniform(-1, 1) * spread.x, random.uniform(-1, 1) * spread.y, random.uniform(-1, 1) * spread.z};
        const double sway = 0.10 * actor.speed * (middle.z + at.z) / 4 * sine(actor.stride * 0.31 + 0.08 * i) +
                            0.05 * actor.speed * sine(actor.stride * 1.13 + 0.37 * i);
        const int tone = static_cast<int>(random.between(62, 128)) + round_to_int(at.z / std::max(0.1, spread.z) * 16);
        modeller.ball(middle + at + Vec3{sway, 0, sway * 0.3}, radius * random.uniform(0.6, 1.15),
                      {scaled(green, tone), Pattern::foliage, 40});
    }
}

}  // namespace

void model_scenery(Modeller& modeller, const Actor& actor) {
    Random random(actor.seed + 9);
    modeller.part(0, {});
    switch (actor.kind) {
        case Kind::tree: {
            const double h = random.uniform(2.6, 3.4);
            modeller.limb({0, 0, 0}, {0.1, 0, h}, 0.16, 0.10, {{84, 68, 52}, Pattern::grain, 36});
            const Rgb green = mixed({66, 92, 44}, {104, 104, 52}, static_cast<int>(random.between(0, 80)));
            foliage(modeller, actor, random, {0.1, 0, h + 1.0}, {1.25, 0.8, 1.1}, 34, 0.55, green);
            return;
        }
        case Kind::bush: return foliage(modeller, actor, random, {0, 0, 0.5}, {0.8, 0.4, 0.35}, 16, 0.32, {72, 88, 50});
        case Kind::pole: {
            modeller.limb({0, 0, 0}, {0, 0, 5.5}, 0.08, 0.055, {{108, 110, 112}, Pattern::grain, 10});
            modeller.limb({0, 0, 5.5}, {0.8, 0, 5.7}, 0.05, 0.04, {{108, 110, 112}});
            modeller.ball({0.8, 0, 5.66}, 0.14, {{236, 226, 190}, Pattern::smooth, 0, 255, modeller.light().lamps > 60});
            if (modeller.light().lamps > 60) modeller.glow({0.8, 0, 5.66}, 1.6, 130, -14, 6);
            return;
        }
        case Kind::pillar: {
            const auto faces = modeller.block({-0.3, 0.3, -0.3, 0.3, 0, 4.4}, {{158, 152, 142}, Pattern::grain, 14});
            for (const auto& face : faces) modeller.decal(face, 0, 0, 1, 0.04, {{96, 90, 84}});
            return;
        }
        case Kind::seam: {
            const int tone = static_cast<int>(random.between(60, 76));
            const std::array<Vec3, 4> strip{{{-0.004, -0.28, 0}, {0.004, -0.28, 0}, {0.004, 0.28, 0}, {-0.004, 0.28, 0}}};
            modeller.polygon(strip, {{tone, tone + 4, tone + 4}});
            const double x = random.uniform(0.03, 0.2), y = random.uniform(-0.22, 0.2), r = random.uniform(0.008, 0.03);
            modeller.disc({x, y, 0}, {1, 0, 0}, {0, 1, 0}, r, {{tone + 4, tone + 10, tone + 10}, Pattern::grain, 16, 150});
            return;
        }
        default: {
            modeller.limb({0, -0.5, 0}, {0, -0.5, 1.4}, 0.035, 0.035, {{90, 92, 94}});
            modeller.limb({0, 0.5, 0}, {0, 0.5, 1.4}, 0.035, 0.035, {{90, 92, 94}});
            const auto faces = modeller.block({-0.04, 0.04, -0.6, 0.6, 0.5, 1.7}, {{146, 128, 106}, Pattern::checks, 12});
            for (const auto side : {Modeller::kFront, Modeller::kRear}) {
                modeller.decal(faces[side], 0.06, 0.06, 0.94, 0.94,
                               {scaled({120, 134, 142}, static_cast<int>(random.between(70, 120))), Pattern::stripes, 14});
                modeller.decal(faces[side], 0.2, 0.55, 0.8, 0.8, {{206, 200, 186}, Pattern::strokes, 50});
            }
            return;
        }
    }
}

}  // namespace facet::source::synthetic
