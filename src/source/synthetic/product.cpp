// Things that are made, carried and left: goods on a belt with their defects, bags, suitcases.
#include "source/synthetic/figure.h"

namespace facet::source::synthetic {

namespace {

using Ring = Modeller::Ring;

/// Goods of one make differ little: the make follows from the high bits of the seed (a few makes), the piece from all of it.
struct Make {
    Rgb main, label, ink;
    double height;
};
Make make_of(const Actor& actor, Random& piece) {
    constexpr std::array<Make, 4> kMakes{{{{70, 120, 90}, {226, 222, 206}, {40, 70, 120}, 1.0},
                                          {{120, 84, 50}, {206, 180, 110}, {110, 40, 30}, 0.93},
                                          {{128, 150, 158}, {190, 200, 204}, {60, 90, 60}, 1.06},
                                          {{108, 112, 116}, {170, 166, 150}, {90, 60, 90}, 1.0}}};
    Make make = kMakes[static_cast<std::size_t>(mix(actor.seed) % kMakes.size())];
    const int tone = static_cast<int>(piece.between(90, 110));
    make.main = scaled(make.main, tone);
    make.label = scaled(make.label, static_cast<int>(piece.between(93, 106)));
    if (actor.camouflage.r >= 0) make.main = mixed(make.main, actor.camouflage, 80);
    return make;
}

void bottle(Modeller& modeller, const Actor& actor, Random& piece) {
    const Make make = make_of(actor, piece);
    const double h = 0.23 * make.height, r = 0.036;
    const double fill = actor.defect == Defect::low_fill ? piece.uniform(0.36, 0.46) : piece.uniform(0.60, 0.66);
    const Surface glass{mixed(make.main, {190, 196, 196}, 45), Pattern::smooth, 6};
    const Surface liquid{scaled(make.main, 80), Pattern::smooth, 8};
    modeller.part(0, {});
    const std::array<Ring, 6> outline{
        {{r, 0.006}, {r, 0.62 * h}, {r * 0.85, 0.70 * h}, {r * 0.42, 0.82 * h}, {r * 0.36, 0.9 * h}, {r * 0.38, 0.95 * h}}};
    modeller.lathe({}, outline, glass);
    const double top = fill * h;
    const std::array<Ring, 3> content{
        {{r * 0.93, 0.012}, {r * 0.93, std::min(top, 0.6 * h)}, {r * (top > 0.62 * h ? 0.82 : 0.93), top}}};
    modeller.lathe({}, content, liquid);
    const double low = 0.18 * h + piece.uniform(-0.004, 0.004);
    const std::array<Ring, 2> band{{{r * 1.01, low}, {r * 1.01, low + 0.28 * h}}};
    modeller.lathe({}, band, {make.label, Pattern::smooth, 4});
    const std::array<Ring, 2> print{{{r * 1.01, low + 0.08 * h}, {r * 1.01, low + 0.18 * h}}};
    modeller.lathe({}, print, {make.ink, Pattern::strokes, 50});
    if (actor.defect == Defect::torn_label) {
        const double x = piece.uniform(-0.02, 0.0);
        const std::array<Vec3, 4> hole{{{x, -r, low + 0.14 * h},
                                        {x + 0.028, -r, low + 0.16 * h},
                                        {x + 0.034, -r, low + 0.285 * h},
                                        {x + 0.004, -r, low + 0.285 * h}}};
        modeller.polygon(hole, liquid);
    }
    modeller.limb({-0.02, -r, 0.1 * h}, {-0.02, -r, 0.6 * h}, 0.0035, 0.0035, {{236, 240, 240}, Pattern::smooth, 0, 120});
    if (actor.defect == Defect::missing_cap) return;
    const double slant = actor.defect == Defect::tilted_cap ? 0.012 : piece.uniform(-0.001, 0.001);
    const std::array<Ring, 2> cap{{{0.0165, 0.93 * h}, {0.016, h}}};
    modeller.lathe({}, cap, {make.ink, Pattern::stripes, 10}, slant);
}

void can(Modeller& modeller, const Actor& actor, Random& piece) {
    const Make make = make_of(actor, piece);
    const double h = 0.12, r = 0.033;
    modeller.part(0, {});
    const std::array<Ring, 4> outline{{{r * 0.86, 0.0}, {r, 0.008}, {r, h - 0.01}, {r * 0.84, h}}};
    modeller.lathe({}, outline, {{176, 178, 182}, Pattern::smooth, 6});
    const std::array<Ring, 2> band{{{r * 1.005, 0.014}, {r * 1.005, h - 0.016}}};
    modeller.lathe({}, band, {make.main, Pattern::checks, 8});
    const std::array<Ring, 2> print{{{r * 1.005, 0.04}, {r * 1.005, 0.07}}};
    modeller.lathe({}, print, {make.label, Pattern::strokes, 40});
    modeller.disc({0, 0, h}, {1, 0, 0}, {0, 1, 0}, r * 0.72, {{140, 142, 146}, Pattern::grain, 12});
    const double x = piece.uniform(-0.016, 0.012);
    if (actor.defect == Defect::dent) {
        modeller.limb({x, -r, 0.05}, {x + 0.006, -r, 0.075}, 0.010, 0.008, {scaled(make.main, 50), Pattern::smooth, 6, 210});
        modeller.limb({x - 0.006, -r, 0.055}, {x - 0.003, -r, 0.075}, 0.003, 0.003,
                      {scaled(make.main, 150), Pattern::smooth, 0, 150});
    } else if (actor.defect == Defect::torn_label) {
        const std::array<Vec3, 3> hole{{{x, -r, 0.06}, {x + 0.03, -r, 0.085}, {x + 0.004, -r, 0.104}}};
        modeller.polygon(hole, {{176, 178, 182}, Pattern::smooth, 8});
    }
}

void carton(Modeller& modeller, const Actor& actor, Random& piece) {
    const Footprint size = footprint(actor.kind, actor.seed);
    Rgb board = scaled({172, 136, 96}, static_cast<int>(piece.between(86, 108)));
    if (actor.camouflage.r >= 0) board = mixed(board, actor.camouflage, 80);
    const bool crushed = actor.defect == Defect::crushed;
    const double h = piece.uniform(0.09, 0.15) * (crushed ? 0.86 : 1.0);
    const double l = size.length / 2, w = size.width / 2;
    modeller.part(0, {});
    const auto faces =
        modeller.block({-l, l, -w, w, 0, h, crushed ? 0.028 : 0.0, crushed ? -0.008 : 0.0, crushed ? 0.012 : 0.0},
                       {board, Pattern::cardboard, 22});
    modeller.decal(faces[Modeller::kTop], 0.44, 0, 0.56, 1, {mixed(board, {220, 210, 180}, 55), Pattern::smooth, 6});
    const double slip = piece.uniform(-0.03, 0.03);
    for (const auto side : {Modeller::kLeft, Modeller::kRight}) {
        modeller.decal(faces[side], 0.52 + slip, 0.3 + slip, 0.9 + slip, 0.8 + slip, {{214, 210, 200}, Pattern::smooth, 4});
        modeller.decal(faces[side], 0.56 + slip, 0.36 + slip, 0.86 + slip, 0.54 + slip,
                       {{60, 58, 56}, Pattern::strokes, 60});
        modeller.decal(faces[side], 0.08, 0.12, 0.26, 0.42, {scaled(board, 60), Pattern::checks, 20});
        if (crushed) modeller.decal(faces[side], 0.1, 0.55, 0.95, 0.60, {scaled(board, 55)});
        if (actor.defect == Defect::torn_label)
            modeller.decal(faces[side], 0.68 + slip, 0.3 + slip, 0.92 + slip, 0.82 + slip,
                           {scaled(board, 112), Pattern::grain, 30});
    }
    if (actor.defect == Defect::stain) {
        const double x = piece.uniform(-l * 0.4, l * 0.4);
        modeller.disc({x, -w - 0.001, h * 0.45}, {1, 0, 0}, {0, 0, 1}, h * 0.28,
                      {scaled(board, 52), Pattern::grain, 20, 210});
        modeller.disc({x + 0.02, 0.01, h + 0.001}, {1, 0, 0}, {0, 1, 0}, w * 0.4,
                      {scaled(board, 58), Pattern::grain, 20, 210});
    }
}

void cap(Modeller& modeller, const Actor& actor, Random& piece) {
    const Make make = make_of(actor, piece);
    const Rgb colour = mixed(make.ink, {128, 128, 128}, 30);
    const double r = 0.034, h = 0.022;
    modeller.part(0, {});
    const std::array<Ring, 2> outline{{{r, 0}, {r * 0.97, h}}};
    modeller.lathe({}, outline, {colour, Pattern::stripes, 22});
    const Vec3 across{1, 0, 0}, along{0, 1, 0};
    modeller.disc({0, 0, h}, across, along, r * 0.94, {scaled(colour, 118), Pattern::smooth, 6});
    modeller.disc({0, 0, h}, across, along, r * 0.6, {scaled(colour, 106), Pattern::grain, 14});
    const double turn = piece.uniform();
    const double c = cosine(turn), s = sine(turn);
    if (actor.defect == Defect::scratch)
        modeller.limb({c * 0.026, s * 0.026, h}, {-c * 0.01, s * 0.02 - 0.01, h}, 0.0018, 0.0010, {scaled(colour, 190)});
    if (actor.defect == Defect::stain)
        modeller.disc({c * 0.014, s * 0.014, h}, across, along, 0.010, {scaled(colour, 40), Pattern::grain, 10, 220});
}

void bag(Modeller& modeller, const Actor& actor, Random& piece) {
    constexpr std::array<Rgb, 5> kColours{{{40, 42, 48}, {90, 40, 44}, {60, 76, 100}, {110, 104, 92}, {70, 84, 66}}};
    Rgb colour = pick(kColours, 85, 120, piece);
    if (actor.camouflage.r >= 0) colour = mixed(colour, actor.camouflage, 80);
    modeller.part(0, {});
    if (actor.kind == Kind::suitcase) {
        const auto faces =
            modeller.block({-0.13, 0.13, -0.21, 0.21, 0.05, 0.66, 0.02, 0.02, 0.02}, {colour, Pattern::stripes, 12});
        modeller.decal(faces[Modeller::kFront], 0.1, 0.46, 0.9, 0.5, {scaled(colour, 60)});
        for (const double y : {-0.16, 0.16}) modeller.ball({0.1, y, 0.04}, 0.04, {{24, 24, 26}});
        modeller.limb({-0.1, -0.1, 0.66}, {-0.1, -0.1, 0.95}, 0.012, 0.012, {{60, 60, 64}});
        modeller.limb({-0.1, 0.1, 0.66}, {-0.1, 0.1, 0.95}, 0.012, 0.012, {{60, 60, 64}});
        modeller.limb({-0.1, -0.1, 0.95}, {-0.1, 0.1, 0.95}, 0.018, 0.018, {{40, 40, 44}});
        return;
    }
    modeller.limb({0, 0, 0.14}, {0, 0, 0.32}, 0.18, 0.14, {colour, Pattern::fabric, 18});
    modeller.part(1, {0.2, 0, 0.1});
    modeller.limb({0.10, 0, 0.12}, {0.10, 0, 0.2}, 0.10, 0.09, {scaled(colour, 84), Pattern::fabric, 14});
    modeller.limb({0, -0.04, 0.46}, {0, 0.04, 0.46}, 0.02, 0.02, {scaled(colour, 60)});
}

}  // namespace

void model_product(Modeller& modeller, const Actor& actor) {
    Random piece(actor.seed + 3);
    switch (actor.kind) {
        case Kind::bottle: return bottle(modeller, actor, piece);
        case Kind::can: return can(modeller, actor, piece);
        case Kind::box: return carton(modeller, actor, piece);
        case Kind::cap: return cap(modeller, actor, piece);
        default: return bag(modeller, actor, piece);
    }
}

}  // namespace facet::source::synthetic
