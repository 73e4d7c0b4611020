// People on foot and on two wheels: limbs that walk, clothes, bags, hats.
#include "source/synthetic/figure.h"

namespace facet::source::synthetic {

namespace {

constexpr std::array<Rgb, 5> kSkins{{{236, 196, 168}, {214, 168, 134}, {176, 124, 90}, {128, 84, 58}, {88, 58, 42}}};
constexpr std::array<Rgb, 5> kHairs{{{34, 26, 22}, {70, 48, 32}, {120, 86, 52}, {180, 150, 100}, {150, 150, 150}}};
constexpr std::array<Rgb, 14> kClothes{{{30, 32, 40},
                                        {60, 62, 66},
                                        {100, 102, 104},
                                        {150, 148, 142},
                                        {214, 212, 206},
                                        {36, 52, 92},
                                        {70, 98, 140},
                                        {140, 40, 44},
                                        {190, 96, 60},
                                        {204, 176, 110},
                                        {58, 86, 62},
                                        {104, 92, 70},
                                        {122, 76, 110},
                                        {128, 128, 122}}};

struct Looks {
    double height, build;
    Surface skin, hair, top, sleeves, legs, shoes, bag;
    bool skirt, backpack, hat, long_hair;
};

Looks looks_of(const Actor& actor) {
    Random random(actor.seed);
    const auto cloth = [&](Rgb colour) {
        constexpr std::array<Pattern, 5> kPatterns{Pattern::fabric, Pattern::fabric, Pattern::stripes, Pattern::checks,
                                                   Pattern::smooth};
        return Surface{colour, kPatterns[static_cast<std::size_t>(random.below(5))],
                       static_cast<int>(random.between(6, 26))};
    };
    Looks looks{};
    looks.height = random.uniform(1.52, 1.92);
    looks.build = random.uniform(0.88, 1.16);
    looks.skin = {pick(kSkins, 82, 116, random), Pattern::smooth, 5};
    looks.hair = {pick(kHairs, 82, 116, random), Pattern::grain, 14};
    Rgb top = pick(kClothes, 82, 116, random), legs = pick(kClothes, 82, 116, random);
    if (actor.camouflage.r >= 0) {
        top = mixed(top, actor.camouflage, 80);
        legs = mixed(legs, scaled(actor.camouflage, 90), 70);
    }
    looks.top = cloth(top);
    looks.sleeves = random.chance(0.35) ? looks.skin : looks.top;
    looks.legs = {legs, Pattern::fabric, 10};
    looks.shoes = {pick(kClothes, 82, 116, random), Pattern::smooth, 0};
    looks.bag = {pick(kClothes, 82, 116, random), Pattern::fabric, 16};
    looks.skirt = random.chance(0.2);
    looks.backpack = random.chance(0.25);
    looks.hat = random.chance(0.18);
    looks.long_hair = random.chance(0.4);
    return looks;
}

void head(Modeller& modeller, const Looks& looks, Vec3 neck, double h) {
    const Vec3 skull = neck + Vec3{0.02 * h, 0, 0.085 * h};
    modeller.part(1, {-0.03, 0, h});
    modeller.limb(neck, skull, 0.035 * h, 0.05 * h, looks.skin);
    modeller.limb(skull + Vec3{0.012, 0, -0.025 * h}, skull + Vec3{0, 0, 0.02 * h}, 0.045 * h, 0.055 * h, looks.skin);
    modeller.part(1, {0.0, 0, h});
    if (looks.long_hair)
        modeller.limb(skull + Vec3{-0.06, 0, -0.06 * h}, skull + Vec3{-0.03, 0, 0.03 * h}, 0.045 * h, 0.055 * h, looks.hair);
    modeller.limb(skull + Vec3{-0.035, 0, 0.015 * h}, skull + Vec3{0.01, 0, 0.043 * h}, 0.05 * h, 0.047 * h,
                  looks.hat ? looks.bag : looks.hair);
    if (looks.hat)
        modeller.limb(skull + Vec3{0, 0, 0.04 * h}, skull + Vec3{0.08, 0, 0.03 * h}, 0.05 * h, 0.035 * h, looks.bag);
}

/// Upper limb from `root` by two angles (turns, forward positive) to its end; returns the end.
Vec3 jointed(Modeller& modeller, Vec3 root, double upper_turn, double lower_turn, double upper, double lower, double r0,
             double r1, double r2, const Surface& first, const Surface& second) {
    const Vec3 middle = root + Vec3{sine(upper_turn) * upper, 0, -cosine(upper_turn) * upper};
    const Vec3 end = middle + Vec3{sine(lower_turn) * lower, 0, -cosine(lower_turn) * lower};
    modeller.limb(middle, end, r1, r2, second);
    modeller.limb(root, middle, r0, r1, first);
    return end;
}

}  // namespace

void model_person(Modeller& modeller, const Actor& actor) {
    const Looks looks = looks_of(actor);
    const double h = looks.height, b = looks.build;
    const double swing = actor.speed > 0.05 ? std::min(1.0, 0.45 + actor.speed * 0.4) : 0.0;
    const double phase = actor.stride;
    const double bob = swing * 0.02 * cosine(2 * phase);
    const double hip_z = 0.50 * h + bob, shoulder_z = 0.815 * h + bob;
    // Legs: thigh swings with the stride, the knee bends while the leg comes forward.
    for (const double side : {1.0, -1.0}) {
        const double turn = phase + (side > 0 ? 0.0 : 0.5);
        const double thigh = 0.075 * swing * sine(turn);
        const double knee = thigh - 0.11 * swing * std::max(0.0, cosine(turn + 0.04));
        modeller.part(1, {0.5 * thigh, 0.09 * side * b, 0});
        const Vec3 ankle = jointed(modeller, {0, 0.085 * side * b, hip_z}, thigh, knee, 0.245 * h, 0.225 * h,
                                   0.078 * b * h / 1.7, 0.058 * b * h / 1.7, 0.042 * h / 1.7, looks.legs, looks.legs);
        modeller.limb(ankle + Vec3{-0.02, 0, -0.015}, {ankle.x + 0.13, ankle.y, std::max(0.035, ankle.z - 0.03)}, 0.045,
                      0.035, looks.shoes);
    }
    modeller.part(1, {});
    const double wide = 0.17 * b * h / 1.7;
    const double chest = wide * (0.72 + 0.28 * modeller.facing());
    const double lean = 0.015 * swing;
    if (looks.skirt) {
        const double flare = 0.21 * b;
        modeller.limb({0, 0, 0.34 * h}, {0, 0, 0.52 * h}, flare, 0.14 * b, looks.top);
    }
    modeller.limb({0, 0, hip_z + 0.01 * h}, {lean * h, 0, shoulder_z - 0.055 * h}, chest * 0.86, chest, looks.top);
    modeller.limb({lean * h, -0.115 * b, shoulder_z - 0.02}, {lean * h, 0.115 * b, shoulder_z - 0.02}, 0.06 * b, 0.06 * b,
                  looks.top);
    if (looks.backpack) {
        modeller.part(1, {-0.22, 0, 0.7 * h});
        modeller.limb({-0.17, 0, 0.6 * h}, {-0.17, 0, 0.75 * h}, 0.13, 0.12, looks.bag);
    }
    for (const double side : {1.0, -1.0}) {
        const double turn = phase + (side > 0 ? 0.5 : 0.0);
        const double arm = 0.07 * swing * sine(turn);
        modeller.part(1, {2 * arm, 0.24 * side * b, 0.7 * h});
        const Vec3 hand = jointed(modeller, {lean * h, 0.19 * side * b, shoulder_z - 0.02}, arm, arm + 0.03 + 0.05 * swing,
                                  0.165 * h, 0.16 * h, 0.05 * b, 0.042 * b, 0.034,
                                  looks.sleeves.colour.r == looks.skin.colour.r ? looks.top : looks.sleeves, looks.sleeves);
        modeller.ball(hand, 0.042, looks.skin);
    }
    head(modeller, looks, {lean * h, 0, shoulder_z}, h);
    if (actor.carried > 0) {
        modeller.part(1, {-0.1, -0.4, 0.3});
        modeller.block({-0.13, 0.11, -0.56, -0.2, 0.04, 0.6}, {looks.bag.colour, Pattern::stripes, 10});
    }
}

void model_cycle(Modeller& modeller, const Actor& actor) {
    const bool motor = actor.kind == Kind::motorcycle;
    Random random(actor.seed + 5);
    Rgb paint = scaled(kClothes[static_cast<std::size_t>(random.below(kClothes.size()))], 110);
    if (actor.camouflage.r >= 0) paint = mixed(paint, actor.camouflage, 80);
    const Surface frame{paint, Pattern::smooth, 6};
    const Surface tyre{{28, 28, 30}, Pattern::smooth, 0};
    const double radius = motor ? 0.31 : 0.34, thick = motor ? 0.06 : 0.024, base = motor ? 0.68 : 0.54;
    modeller.part(0, {});
    for (const double x : {base, -base}) {
        if (motor) modeller.disc({x, 0, radius}, {1, 0, 0}, {0, 0, 1}, radius * 0.7, {{110, 112, 116}, Pattern::grain, 20});
        for (int i = 0; i < 12; ++i) {
            const auto rim = [&](int k) { return Vec3{x + radius * cosine(k / 12.0), 0, radius + radius * sine(k / 12.0)}; };
            modeller.limb(rim(i), rim(i + 1), thick, thick, tyre);
        }
        for (int spoke = 0; spoke < 3 && !motor; ++spoke) {
            const double c = cosine(actor.stride + spoke / 6.0) * radius, s = sine(actor.stride + spoke / 6.0) * radius;
            modeller.limb({x - c, 0, radius - s}, {x + c, 0, radius + s}, 0.006, 0.006, {{120, 120, 122}});
        }
    }
    modeller.part(1, {});
    const double seat = motor ? 0.78 : 0.92, bar = motor ? 1.0 : 1.02;
    modeller.limb({-base, 0, radius}, {-0.05, 0, radius + 0.02}, thick, thick * 1.4, frame);
    modeller.limb({-0.05, 0, radius + 0.02}, {base - 0.16, 0, bar - 0.12}, thick * 1.3, thick * 1.3, frame);
    modeller.limb({base, 0, radius}, {base - 0.18, 0, bar}, thick, thick, frame);
    modeller.limb({base - 0.18, -0.26, bar}, {base - 0.18, 0.26, bar}, 0.025, 0.025, {{40, 40, 42}});
    if (motor) {
        modeller.limb({-0.55, 0, 0.66}, {0.34, 0, 0.76}, 0.13, 0.17, frame);
        modeller.limb({-0.1, 0, 0.38}, {0.25, 0, 0.42}, 0.17, 0.15, {{64, 64, 68}, Pattern::grain, 20});
        modeller.ball({base - 0.08, 0, bar - 0.12}, 0.09,
                      {{236, 236, 220}, Pattern::smooth, 0, 255, modeller.light().lamps > 60 && !actor.stationary});
        if (modeller.light().lamps > 60 && !actor.stationary) modeller.glow({base, 0, bar - 0.12}, 1.0, 120, -4, 2);
    } else {
        modeller.limb({-0.18, 0, radius + 0.08}, {-0.24, 0, seat - 0.05}, 0.02, 0.02, frame);
        modeller.limb({-0.34, 0, seat - 0.04}, {-0.12, 0, seat - 0.03}, 0.06, 0.035, {{30, 30, 32}});
    }
    const Looks looks = looks_of(actor);
    const double h = looks.height * 0.97, b = looks.build;
    const Vec3 hip{-0.2, 0, seat + 0.06}, shoulder{0.14, 0, seat + 0.54};
    for (const double side : {1.0, -1.0}) {
        const double turn = actor.stride * (motor ? 0 : 1) + (side > 0 ? 0.0 : 0.5);
        const Vec3 pedal = motor ? Vec3{0.02, 0.18 * side, 0.36}
                                 : Vec3{-0.05 + 0.16 * cosine(turn), 0.1 * side, radius + 0.03 + 0.16 * sine(turn)};
        const Vec3 knee{pedal.x + 0.24, 0.12 * side, (pedal.z + hip.z) / 2 + 0.08};
        modeller.part(2, {0, 0.2 * side, 0.5});
        modeller.limb(knee, pedal, 0.06 * b, 0.045, looks.legs);
        modeller.limb({hip.x, 0.09 * side, hip.z}, knee, 0.085 * b, 0.065 * b, looks.legs);
        modeller.limb(pedal, pedal + Vec3{0.13, 0, -0.01}, 0.04, 0.035, looks.shoes);
        modeller.part(2, {0.2, 0.3 * side, 1.0});
        modeller.limb({shoulder.x, 0.19 * side, shoulder.z}, {0.22, 0.25 * side, bar + 0.14}, 0.055, 0.045, looks.top);
        modeller.limb({0.22, 0.25 * side, bar + 0.14}, {base - 0.2, 0.25 * side, bar + 0.02}, 0.045, 0.038, looks.sleeves);
    }
    modeller.part(2, {0, 0, 1});
    modeller.limb(hip, shoulder, 0.15 * b, 0.165 * b, looks.top);
    Looks covered = looks;
    covered.hat = true;
    if (motor) covered.skin = covered.bag;
    head(modeller, covered, shoulder + Vec3{0.04, 0, 0.08}, h);
}

}  // namespace facet::source::synthetic
