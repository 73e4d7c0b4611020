// Cars, buses and lorries: blocks with windows, wheels, lamps and plates.
#include "source/synthetic/figure.h"

namespace facet::source::synthetic {

namespace {

constexpr Rgb kGlass{38, 46, 54};
constexpr Rgb kTyre{26, 26, 28};
constexpr std::array<Rgb, 14> kPaints{{{225, 226, 228},
                                       {190, 194, 198},
                                       {120, 124, 128},
                                       {66, 70, 76},
                                       {30, 32, 36},
                                       {150, 30, 34},
                                       {40, 70, 130},
                                       {90, 130, 170},
                                       {52, 88, 66},
                                       {200, 186, 150},
                                       {120, 88, 60},
                                       {212, 160, 40},
                                       {96, 100, 102},
                                       {134, 132, 126}}};

Rgb paint_of(const Actor& actor, Random& random) {
    const Rgb paint = pick(kPaints, 85, 112, random);
    return actor.camouflage.r >= 0 ? mixed(paint, actor.camouflage, 85) : paint;
}

void wheel(Modeller& modeller, double x, double y, double radius, double turn) {
    const double outside = y > 0 ? 0.01 : -0.01;
    const Vec3 across{1, 0, 0}, up{0, 0, 1};
    modeller.disc({x, y + outside, radius}, across, up, radius, {kTyre, Pattern::grain, 8});
    modeller.disc({x, y + 2 * outside, radius}, across, up, radius * 0.58, {{150, 152, 156}, Pattern::grain, 14});
    for (int spoke = 0; spoke < 3; ++spoke) {
        const double c = cosine(turn + spoke / 6.0) * radius * 0.5, s = sine(turn + spoke / 6.0) * radius * 0.5;
        const double w = radius * 0.09;
        const std::array<Vec3, 4> corners{{{x - c - s * w, y + 3 * outside, radius - s},
                                           {x + c - s * w, y + 3 * outside, radius + s},
                                           {x + c + s * w, y + 3 * outside, radius + s + w},
                                           {x - c + s * w, y + 3 * outside, radius - s + w}}};
        modeller.polygon(corners, {{92, 94, 98}});
    }
}

void wheels(Modeller& modeller, const Modeller::Faces& faces, double length, double width, double radius, double turn,
            int axles) {
    for (const auto& [face, y] : {std::pair{Modeller::kLeft, width / 2}, std::pair{Modeller::kRight, -width / 2}}) {
        if (!faces[face].visible) continue;
        for (int axle = 0; axle < axles; ++axle) {
            const double x = axle == 0 ? length * 0.31 : -length * (0.31 - (axles == 3 && axle == 1 ? 0.13 : 0.0));
            const double inner = y > 0 ? y - 0.22 : y, outer = y > 0 ? y : y + 0.22;
            modeller.disc({x, y, radius * 1.2}, {1, 0, 0}, {0, 0, 1}, radius * 1.15, {{18, 18, 20}});
            modeller.block({x - 0.5 * radius, x + 0.5 * radius, inner, outer, 0.0, radius}, {kTyre});
            wheel(modeller, x, y, radius, turn);
        }
    }
}

void ends(Modeller& modeller, const Modeller::Faces& faces, const Actor& actor, double length, double height,
          Random& random) {
    const bool dark = modeller.light().lamps > 60 && !actor.stationary;
    const auto& front = faces[Modeller::kFront];
    const auto& rear = faces[Modeller::kRear];
    const Surface lamp{{235, 235, 220}, Pattern::smooth, 0, 255, dark};
    const Surface tail{actor.brakes ? Rgb{250, 50, 40} : Rgb{150, 22, 24}, Pattern::smooth, 0, 255, dark || actor.brakes};
    const double lamp_low = random.uniform(0.5, 0.62);
    modeller.decal(front, 0.04, lamp_low, 0.24, lamp_low + 0.24, lamp);
    modeller.decal(front, 0.76, lamp_low, 0.96, lamp_low + 0.24, lamp);
    modeller.decal(front, 0.27, 0.30, 0.73, 0.72, {{34, 34, 36}, Pattern::stripes, 10});
    modeller.decal(front, 0.03, 0.02, 0.97, 0.16, {{44, 44, 46}});
    modeller.decal(rear, 0.03, lamp_low, 0.2, lamp_low + 0.3, tail);
    modeller.decal(rear, 0.8, lamp_low, 0.97, lamp_low + 0.3, tail);
    modeller.decal(rear, 0.03, 0.02, 0.97, 0.18, {{44, 44, 46}});
    modeller.decal(front, 0.36, 0.10, 0.64, 0.27, {{232, 232, 224}, Pattern::strokes, 90});
    modeller.decal(rear, 0.36, 0.24, 0.64, 0.43, {{232, 222, 180}, Pattern::strokes, 90});
    if (!dark) return;
    const double z = height * 0.6;
    if (front.visible) {
        modeller.glow({length / 2, 0.6, z}, 1.1, 150, -4, 2);
        modeller.glow({length / 2, -0.6, z}, 1.1, 150, -4, 2);
    }
    modeller.glow({length / 2 + 4.5, 0, 0}, 3.2, 46, -6, 3);
    if (rear.visible)
        for (const double y : {0.65, -0.65}) modeller.glow({-length / 2, y, z}, 0.6, actor.brakes ? 120 : 50, -20, 70);
}

void windows(Modeller& modeller, const Modeller::Faces& cabin, bool two_rows) {
    const Surface glass{kGlass, Pattern::grain, 10};
    const Surface sheen{{120, 132, 142}, Pattern::smooth, 0, 110};
    modeller.decal(cabin[Modeller::kFront], 0.06, 0.08, 0.94, 0.92, glass);
    modeller.decal(cabin[Modeller::kFront], 0.12, 0.45, 0.5, 0.86, sheen);
    modeller.decal(cabin[Modeller::kRear], 0.1, 0.14, 0.9, 0.88, glass);
    for (const auto side : {Modeller::kLeft, Modeller::kRight}) {
        modeller.decal(cabin[side], 0.08, 0.12, two_rows ? 0.47 : 0.92, 0.88, glass);
        if (two_rows) modeller.decal(cabin[side], 0.53, 0.12, 0.92, 0.88, glass);
        modeller.decal(cabin[side], 0.14, 0.55, 0.3, 0.84, sheen);
    }
}

void model_car(Modeller& modeller, const Actor& actor, Random& random, double length, double width) {
    const Rgb paint = paint_of(actor, random);
    const Surface body{paint, Pattern::smooth, 9};
    const int shape = static_cast<int>(random.below(4));  // hatchback, saloon, estate, van
    const double height = shape == 3 ? 1.85 : random.uniform(1.42, 1.6);
    const double waist = shape == 3 ? 1.05 : 0.86;
    const double w = width / 2;
    modeller.part(0, {});
    const auto lower = modeller.block({-length / 2, length / 2, -w, w, 0.22, waist, 0.16, 0.08, 0.06}, body);
    for (const auto side : {Modeller::kLeft, Modeller::kRight}) {
        modeller.decal(lower[side], 0.30, 0.10, 0.315, 0.96, {scaled(paint, 62)});
        modeller.decal(lower[side], 0.55, 0.10, 0.565, 0.96, {scaled(paint, 62)});
        modeller.decal(lower[side], 0.03, 0.02, 0.97, 0.12, {{40, 40, 42}});
        modeller.decal(lower[side], 0.0, 0.62, 1.0, 0.68, {scaled(paint, 116)});
    }
    wheels(modeller, lower, length, width, 0.32, actor.stride, 2);
    ends(modeller, lower, actor, length, waist, random);
    const double rear = shape == 1 ? -0.30 : -0.47;
    modeller.part(1, {0, 0, height});
    const auto cabin = modeller.block({length * rear, length * 0.22, -w + 0.06, w - 0.06, waist, height,
                                       shape == 3 ? 0.45 : 0.75, shape == 1 ? 0.6 : (shape == 2 ? 0.2 : 0.4), 0.17},
                                      body);
    windows(modeller, cabin, true);
    if (random.chance(0.3))
        modeller.decal(cabin[Modeller::kTop], 0.2, 0.2, 0.8, 0.6, {scaled(kGlass, 90), Pattern::smooth, 4});
    for (const double y : {w + 0.06, -w - 0.06}) modeller.ball({length * 0.16, y, waist + 0.08}, 0.10, {scaled(paint, 80)});
}

void model_bus(Modeller& modeller, const Actor& actor, Random& random, double length, double width) {
    const Rgb paint = paint_of(actor, random);
    const double w = width / 2;
    modeller.part(0, {});
    const auto body =
        modeller.block({-length / 2, length / 2, -w, w, 0.3, 3.1, 0.12, 0.05, 0.08}, {paint, Pattern::smooth, 8});
    for (const auto side : {Modeller::kLeft, Modeller::kRight}) {
        modeller.decal(body[side], 0.0, 0.04, 1.0, 0.16, {scaled(paint, 55)});
        modeller.decal(body[side], 0.0, 0.36, 1.0, 0.42, {mixed(paint, {240, 240, 240}, 60)});
        for (int i = 0; i < 7; ++i)
            modeller.decal(body[side], 0.03 + i * 0.136, 0.5, 0.145 + i * 0.136, 0.84, {kGlass, Pattern::grain, 14, 255});
    }
    modeller.decal(body[Modeller::kFront], 0.05, 0.36, 0.95, 0.82, {kGlass, Pattern::grain, 12});
    modeller.decal(body[Modeller::kFront], 0.2, 0.86, 0.8, 0.96, {{236, 180, 60}, Pattern::strokes, 60, 255, true});
    modeller.decal(body[Modeller::kRear], 0.12, 0.55, 0.88, 0.85, {kGlass, Pattern::grain, 12});
    modeller.decal(body[Modeller::kTop], 0.2, 0.2, 0.8, 0.4, {scaled(paint, 86)});
    modeller.decal(body[Modeller::kTop], 0.25, 0.6, 0.75, 0.75, {scaled(paint, 80)});
    wheels(modeller, body, length, width, 0.48, actor.stride, 2);
    ends(modeller, body, actor, length, 0.9, random);
}

void model_truck(Modeller& modeller, const Actor& actor, Random& random, double length, double width) {
    const Rgb paint = paint_of(actor, random);
    const Rgb cargo = random.chance(0.5) ? Rgb{206, 206, 200} : paint_of(actor, random);
    const double w = width / 2;
    const double joint = length * 0.5 - 2.0;
    modeller.part(0, {-1.2, 0, 0});
    const auto frame =
        modeller.block({-length / 2, length / 2 - 0.2, -w + 0.1, w - 0.1, 0.35, 0.85}, {{50, 50, 52}, Pattern::grain, 10});
    wheels(modeller, frame, length, width - 0.2, 0.48, actor.stride, 3);
    modeller.part(1, {(joint - length / 2) / 2, 0, 0});
    const auto hold = modeller.block({-length / 2, joint - 0.15, -w, w, 0.85, 3.3}, {cargo, Pattern::stripes, 5});
    const Rgb sign = kPaints[static_cast<std::size_t>(random.below(kPaints.size()))];
    for (const auto side : {Modeller::kLeft, Modeller::kRight}) {
        modeller.decal(hold[side], 0.2, 0.35, 0.8, 0.6, {sign, Pattern::checks, 8});
        modeller.decal(hold[side], 0.25, 0.66, 0.7, 0.72, {scaled(sign, 70), Pattern::strokes, 30});
    }
    modeller.decal(hold[Modeller::kRear], 0.495, 0.03, 0.505, 0.97, {scaled(cargo, 55)});
    modeller.decal(hold[Modeller::kRear], 0.05, 0.03, 0.95, 0.06, {{180, 30, 30}});
    modeller.part(1, {length / 2 - 1, 0, 0});
    const auto cab =
        modeller.block({joint, length / 2, -w + 0.05, w - 0.05, 0.5, 2.5, 0.25, 0.02, 0.1}, {paint, Pattern::smooth, 9});
    modeller.decal(cab[Modeller::kFront], 0.06, 0.5, 0.94, 0.9, {kGlass, Pattern::grain, 10});
    for (const auto side : {Modeller::kLeft, Modeller::kRight})
        modeller.decal(cab[side], 0.15, 0.5, 0.75, 0.88, {kGlass, Pattern::grain, 10});
    Random details(actor.seed + 1);
    ends(modeller, cab, actor, length, 0.9, details);
    for (const double side : {0.2, 0.8})
        modeller.decal(frame[Modeller::kRear], side - 0.12, 0.3, side + 0.12, 0.8,
                       {actor.brakes ? Rgb{250, 50, 40} : Rgb{150, 22, 24}, Pattern::smooth, 0, 255, actor.brakes});
}

}  // namespace

void model_vehicle(Modeller& modeller, const Actor& actor) {
    const Footprint size = footprint(actor.kind, actor.seed);
    Random random(actor.seed + 17);
    if (actor.kind == Kind::car) return model_car(modeller, actor, random, size.length, size.width);
    if (actor.kind == Kind::bus) return model_bus(modeller, actor, random, size.length, size.width);
    model_truck(modeller, actor, random, size.length, size.width);
}

}  // namespace facet::source::synthetic
