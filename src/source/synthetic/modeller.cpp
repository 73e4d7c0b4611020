#include "source/synthetic/modeller.h"

#include <algorithm>

#include "base/assert.h"

namespace facet::source::synthetic {

namespace {

constexpr double kPixelsMax = 30'000;  // what corners are clamped to: far outside of any picture, safe in 1/256 pixel

Shape::Corner to_corner(Vec2 pixel) {
    const auto fixed = [](double value) {
        return static_cast<std::int32_t>(std::floor(std::clamp(value, -kPixelsMax, kPixelsMax) * 256 + 0.5));
    };
    return {fixed(pixel.x), fixed(pixel.y)};
}

/// Unit vectors around the circle, `Count` to a turn.
template <std::size_t Count>
const std::array<Vec2, Count>& directions() {
    static const auto kDirections = [] {
        std::array<Vec2, Count> all;
        for (std::size_t i = 0; i < Count; ++i) {
            const double turns = static_cast<double>(i) / static_cast<double>(Count);
            all[i] = {cosine(turns), sine(turns)};
        }
        return all;
    }();
    return kDirections;
}

/// The convex hull of points, simplified to the extreme points in 16 directions.
struct Hull {
    std::array<Vec2, Shape::kPointsMax> corners;
    Vec2 middle;
};
Hull hull_of(std::span<const Vec2> points) {
    Hull hull;
    for (const Vec2 p : points) hull.middle = {hull.middle.x + p.x, hull.middle.y + p.y};
    hull.middle = {hull.middle.x / static_cast<double>(points.size()), hull.middle.y / static_cast<double>(points.size())};
    for (std::size_t i = 0; i < hull.corners.size(); ++i) {
        const Vec2 towards = directions<Shape::kPointsMax>()[i];
        double farthest = -1e300;
        for (const Vec2 p : points) {
            const double reach = p.x * towards.x + p.y * towards.y;
            if (reach <= farthest) continue;
            farthest = reach;
            hull.corners[i] = p;
        }
    }
    return hull;
}

Shape grown(const Hull& hull, double factor) {
    Shape shape;
    for (const Vec2 corner : hull.corners)
        shape.corners[static_cast<std::size_t>(shape.count++)] = to_corner(
            {hull.middle.x + (corner.x - hull.middle.x) * factor, hull.middle.y + (corner.y - hull.middle.y) * factor});
    return shape;
}

}  // namespace

Modeller::Modeller(const Camera& camera, ColourMatrix matrix, const Light& light, Vec3 sun, double texels)
    : camera_(camera), matrix_(matrix), light_(light), sun_(sun), texels_(texels) {}

void Modeller::begin(Vec3 position, double heading, double size, int lamp) {
    position_ = position;
    forward_ = {cosine(heading), sine(heading)};
    size_ = size;
    lamp_ = lamp;
    parts_.clear();
    shapes_.clear();
    glows_.clear();
    solid_.clear();
    part(0, {});
}

Vec3 Modeller::to_world(Vec3 local) const {
    return {position_.x + size_ * (local.x * forward_.x - local.y * forward_.y),
            position_.y + size_ * (local.x * forward_.y + local.y * forward_.x), position_.z + size_ * local.z};
}

double Modeller::facing() const {
    const Vec2 bearing = camera_.bearing(position_);
    return std::abs(bearing.x * forward_.x + bearing.y * forward_.y);
}

void Modeller::part(int level, Vec3 middle) { parts_.push_back({level, camera_.depth(to_world(middle)), shapes_.size()}); }

double Modeller::shade_of(Vec3 normal) const {
    const double size = length(normal);
    const double towards_sun = size > 0 ? std::max(0.0, dot(normal, sun_) / size) : 0.5;
    const double sky = size > 0 ? 0.5 + 0.5 * normal.z / size : 0.75;
    const double sun = light_.sun / 256.0;
    return mix_values(0.70 + 0.25 * sky, 0.52 + 0.18 * sky + 0.42 * towards_sun, sun);
}

Ink Modeller::ink(const Surface& surface, double shade) const {
    const Yuv yuv = to_yuv(surface.colour, matrix_);
    int gain = std::min(256, light_.ambient + ((light_.lamps * lamp_) >> 8));
    int saturation = light_.saturation;
    if (surface.shines) {
        gain = std::max(gain, 240);
        saturation = 256;
        shade = 1;
    }
    const int shade256 = round_to_int(shade * 256);
    Ink ink;
    ink.y = static_cast<std::uint8_t>(std::clamp(16 + (((((yuv.y - 16) * gain) >> 8) * shade256) >> 8), 16, 235));
    ink.u = static_cast<std::uint8_t>(std::clamp(128 + light_.tint_u + (((yuv.u - 128) * saturation) >> 8), 16, 240));
    ink.v = static_cast<std::uint8_t>(std::clamp(128 + light_.tint_v + (((yuv.v - 128) * saturation) >> 8), 16, 240));
    ink.opacity = static_cast<std::uint8_t>(surface.opacity);
    ink.pattern = surface.pattern;
    ink.grain = static_cast<std::uint8_t>(std::clamp((surface.grain * gain) >> 8, 0, 255));
    return ink;
}

void Modeller::add(Shape shape, const Surface& surface) {
    shape.ink.counts = surface.opacity >= 200;
    shapes_.push_back(shape);
}

void Modeller::add(std::span<const Vec3> world, const Surface& surface, double shade) {
    FACET_ASSERT(world.size() <= Shape::kPointsMax);
    Shape shape;
    for (const Vec3& point : world) {
        if (camera_.depth(point) < Camera::kNear) return;
        shape.corners[static_cast<std::size_t>(shape.count++)] = to_corner(camera_.project(point));
    }
    shape.ink = ink(surface, shade);
    const Vec2 anchor = camera_.project(position_);
    shape.anchor_x = round_to_int(std::clamp(anchor.x, -kPixelsMax, kPixelsMax));
    shape.anchor_y = round_to_int(std::clamp(anchor.y, -kPixelsMax, kPixelsMax));
    const double scale = camera_.scale(camera_.depth(world[0])) * size_;
    shape.zoom = zoom_of(texels_ / scale);
    add(shape, surface);
}

Modeller::Faces Modeller::block(const Block& b, const Surface& surface) {
    const double tx0 = b.x0 + b.top_rear, tx1 = b.x1 - b.top_front, ty0 = b.y0 + b.top_side, ty1 = b.y1 - b.top_side;
    const std::array<std::array<Vec3, 4>, 5> local{{
        {{{b.x1, b.y0, b.z0}, {b.x1, b.y1, b.z0}, {tx1, ty1, b.z1}, {tx1, ty0, b.z1}}},
        {{{b.x0, b.y1, b.z0}, {b.x0, b.y0, b.z0}, {tx0, ty0, b.z1}, {tx0, ty1, b.z1}}},
        {{{b.x1, b.y1, b.z0}, {b.x0, b.y1, b.z0}, {tx0, ty1, b.z1}, {tx1, ty1, b.z1}}},
        {{{b.x0, b.y0, b.z0}, {b.x1, b.y0, b.z0}, {tx1, ty0, b.z1}, {tx0, ty0, b.z1}}},
        {{{tx1, ty0, b.z1}, {tx1, ty1, b.z1}, {tx0, ty1, b.z1}, {tx0, ty0, b.z1}}},
    }};
    Faces faces;
    const Vec3 eye{0, 0, camera_.height()};
    for (std::size_t i = 0; i < faces.size(); ++i) {
        for (std::size_t k = 0; k < 4; ++k) faces[i].corners[k] = to_world(local[i][k]);
        const auto& c = faces[i].corners;
        const Vec3 normal = cross(c[1] - c[0], c[3] - c[0]);
        faces[i].visible = dot(normal, eye - c[0]) > 0;
        faces[i].shade = shade_of(normal);
        if (faces[i].visible) add(c, surface, faces[i].shade);
        solid_.insert(solid_.end(), c.begin(), c.end());
    }
    return faces;
}

void Modeller::decal(const Face& face, double u0, double v0, double u1, double v1, const Surface& surface) {
    if (!face.visible) return;
    const auto at = [&](double u, double v) {
        return mix_values(mix_values(face.corners[0], face.corners[1], u), mix_values(face.corners[3], face.corners[2], u),
                          v);
    };
    const std::array<Vec3, 4> corners{at(u0, v0), at(u1, v0), at(u1, v1), at(u0, v1)};
    add(corners, surface, face.shade);
}

void Modeller::round_off(Shape& shape, double radius, Vec2 axis) const {
    // Brighter on the sun's side and above, darker away from it.
    const double height = (shape.ink.y - 16) * (0.10 + 0.14 * light_.sun / 256.0) * 256 / std::max(1.0, radius);
    const Vec2 across{-axis.y, axis.x};
    const double lit_side = across.x * (sun_.x < 0 ? -1 : 1) - 0.5 * across.y >= 0 ? 1 : -1;
    const auto slope = [](double value) { return static_cast<std::int16_t>(std::clamp(round_to_int(value), -8000, 8000)); };
    shape.ink.slope_x = slope(lit_side * height * across.x);
    shape.ink.slope_y = slope(lit_side * height * across.y);
}

void Modeller::lathe(Vec3 base, std::span<const Ring> rings, const Surface& surface, double slant) {
    FACET_ASSERT(rings.size() >= 2 && rings.size() <= Shape::kPointsMax / 2);
    Shape shape;
    shape.count = static_cast<int>(rings.size()) * 2;
    double radius = 0;
    const double top = rings.back().z;
    for (std::size_t i = 0; i < rings.size(); ++i) {
        const Vec3 local = base + Vec3{top > 0 ? slant * rings[i].z / top : 0, 0, rings[i].z};
        const Vec3 middle = to_world(local);
        const double depth = camera_.depth(middle);
        if (depth < Camera::kNear) return;
        const Vec2 pixel = camera_.project(middle);
        const double r = rings[i].radius * size_ * camera_.scale(depth);
        radius = std::max(radius, r);
        shape.corners[i] = to_corner({pixel.x - r, pixel.y});
        shape.corners[static_cast<std::size_t>(shape.count) - 1 - i] = to_corner({pixel.x + r, pixel.y});
        if (i == 0) {
            shape.anchor_x = round_to_int(pixel.x);
            shape.anchor_y = round_to_int(pixel.y);
            shape.zoom = zoom_of(texels_ / (camera_.scale(depth) * size_));
        }
    }
    shape.ink = ink(surface, shade_of({}));
    round_off(shape, radius, {0, 1});
    disc(base + Vec3{0, 0, rings.front().z}, {1, 0, 0}, {0, 1, 0}, rings.front().radius, surface);
    shapes_.back().ink = shape.ink;
    shapes_.back().anchor_x = shape.anchor_x;
    add(shape, surface);
    disc(base + Vec3{slant, 0, top}, {1, 0, 0}, {0, 1, 0}, rings.back().radius, surface);
}

void Modeller::limb(Vec3 a, Vec3 b, double radius_a, double radius_b, const Surface& surface) {
    const Vec3 from = to_world(a);
    const Vec3 to = to_world(b);
    if (camera_.depth(from) < Camera::kNear || camera_.depth(to) < Camera::kNear) return;
    const Vec2 p = camera_.project(from);
    const Vec2 q = camera_.project(to);
    const double scale = camera_.scale(camera_.depth(from));
    const double rp = radius_a * size_ * scale;
    const double rq = radius_b * size_ * scale;
    const double distance = std::sqrt((q.x - p.x) * (q.x - p.x) + (q.y - p.y) * (q.y - p.y));
    const Vec2 along = distance > 1e-6 ? Vec2{(q.x - p.x) / distance, (q.y - p.y) / distance} : Vec2{0, -1};
    Shape shape;
    // Half a circle around q, from its one side to its other, then half a circle around p, seven corners each.
    for (std::size_t i = 0; i < 14; ++i) {
        const bool at_q = i < 7;
        const Vec2 turned = directions<12>()[(i + (at_q ? 9 : 8)) % 12];
        const Vec2 centre = at_q ? q : p;
        const double r = at_q ? rq : rp;
        shape.corners[i] = to_corner({centre.x + r * (along.x * turned.x - along.y * turned.y),
                                      centre.y + r * (along.y * turned.x + along.x * turned.y)});
    }
    shape.count = 14;
    shape.ink = ink(surface, shade_of({}));
    shape.anchor_x = round_to_int(std::clamp((p.x + q.x) / 2, -kPixelsMax, kPixelsMax));
    shape.anchor_y = round_to_int(std::clamp((p.y + q.y) / 2, -kPixelsMax, kPixelsMax));
    shape.zoom = zoom_of(texels_ / (scale * size_));
    if (!surface.shines) round_off(shape, (rp + rq) / 2, along);
    add(shape, surface);
    if (surface.opacity >= 200) {
        for (const double side : {-1.0, 1.0}) {
            solid_.push_back({from.x + side * radius_a * size_, from.y, from.z});
            if (distance > 0) solid_.push_back({to.x + side * radius_b * size_, to.y, to.z});
        }
    }
}

void Modeller::polygon(std::span<const Vec3> corners, const Surface& surface, bool one_sided) {
    FACET_ASSERT(corners.size() >= 3 && corners.size() <= Shape::kPointsMax);
    std::array<Vec3, Shape::kPointsMax> world;
    for (std::size_t i = 0; i < corners.size(); ++i) world[i] = to_world(corners[i]);
    const Vec3 normal = cross(world[1] - world[0], world[corners.size() - 1] - world[0]);
    const Vec3 eye{0, 0, camera_.height()};
    const bool seen_from_front = dot(normal, eye - world[0]) > 0;
    if (one_sided && !seen_from_front) return;
    add({world.data(), corners.size()}, surface, shade_of(seen_from_front ? normal : normal * -1.0));
    solid_.insert(solid_.end(), world.begin(), world.begin() + static_cast<std::ptrdiff_t>(corners.size()));
}

void Modeller::disc(Vec3 centre, Vec3 across, Vec3 along, double radius, const Surface& surface) {
    std::array<Vec3, 12> corners;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const double turn = static_cast<double>(i) / 12.0;
        corners[i] = centre + across * (radius * cosine(turn)) + along * (radius * sine(turn));
    }
    polygon(corners, surface);
}

void Modeller::glow(Vec3 at, double radius, int strength, int tint_u, int tint_v) {
    const Vec3 world = to_world(at);
    const double depth = camera_.depth(world);
    if (depth < 1) return;
    const Vec2 pixel = camera_.project(world);
    if (std::abs(pixel.x) > kPixelsMax || std::abs(pixel.y) > kPixelsMax) return;
    glows_.push_back({round_to_int(pixel.x), round_to_int(pixel.y),
                      std::min(400, round_to_int(radius * size_ * camera_.scale(depth))), strength, tint_u, tint_v});
}

Drawing Modeller::finish(bool with_shadow) {
    Drawing drawing;
    drawing.depth = camera_.depth(position_);
    std::vector<std::size_t> order(parts_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return parts_[a].level != parts_[b].level ? parts_[a].level < parts_[b].level : parts_[a].depth > parts_[b].depth;
    });
    drawing.shapes.reserve(shapes_.size());
    for (const std::size_t index : order) {
        const std::size_t end = index + 1 < parts_.size() ? parts_[index + 1].begin : shapes_.size();
        for (std::size_t i = parts_[index].begin; i < end; ++i) drawing.shapes.push_back(shapes_[i]);
    }
    std::int32_t left = INT32_MAX, top = INT32_MAX, right = INT32_MIN, bottom = INT32_MIN;
    for (const Shape& shape : drawing.shapes) {
        if (!shape.ink.counts) continue;
        for (const auto& corner : shape.outline()) {
            left = std::min(left, corner.x);
            right = std::max(right, corner.x);
            top = std::min(top, corner.y);
            bottom = std::max(bottom, corner.y);
        }
    }
    if (left < right)
        drawing.box = Box::from_corners(static_cast<float>(left) / 256, static_cast<float>(top) / 256,
                                        static_cast<float>(right) / 256, static_cast<float>(bottom) / 256);
    drawing.glows = glows_;
    if (with_shadow && light_.sun > 0 && !solid_.empty()) {
        std::vector<Vec2> fallen;
        for (const Vec3& point : solid_) {
            const double height = std::max(0.0, point.z - position_.z) / sun_.z;
            const Vec3 ground{point.x - sun_.x * height, point.y - sun_.y * height, position_.z};
            if (camera_.depth(ground) < Camera::kNear) continue;
            fallen.push_back(camera_.project(ground));
        }
        if (fallen.size() >= 3) {
            // Three layers, each a little smaller: a dark core and a soft edge.
            const Hull hull = hull_of(fallen);
            for (const double factor : {1.06, 0.99, 0.90}) {
                Shape shape = grown(hull, factor);
                shape.ink.darkens = true;
                shape.ink.counts = false;
                shape.ink.opacity = static_cast<std::uint8_t>(52 * light_.sun / 256);
                drawing.shadow.push_back(shape);
            }
        }
    }
    return drawing;
}

}  // namespace facet::source::synthetic
