#pragma once
// Modeller: turns parts of a thing in the world (blocks, limbs, polygons) into shapes on the picture, sorted from far to
// near, lit, with its shadow and its exact outline.

#include <array>
#include <limits>
#include <span>
#include <vector>

#include "source/synthetic/camera.h"
#include "source/synthetic/canvas.h"
#include "source/synthetic/colours.h"
#include "source/synthetic/light.h"

namespace facet::source::synthetic {

struct Surface {
    Rgb colour;
    Pattern pattern = Pattern::smooth;
    int grain = 0;
    int opacity = 255;
    bool shines = false;  ///< gives light of its own: bright at night too
};

struct Glow {
    int x = 0;
    int y = 0;
    int radius = 0;
    int strength = 0;
    int tint_u = 0;
    int tint_v = 0;
};

/// What a thing became: shapes in drawing order. A value.
struct Drawing {
    std::vector<Shape> shadow;
    std::vector<Shape> shapes;
    std::vector<Glow> glows;
    Box box;  ///< tight around all shapes that count, in pixels, also beyond the picture; empty if nothing can be seen
    double depth = 0;
};

/// A block whose top may be smaller than its bottom; metres, in the thing's own frame (x forward, y left, z up).
struct Block {
    double x0, x1, y0, y1, z0, z1;                     ///< bottom rectangle at z0, top at z1
    double top_front = 0, top_rear = 0, top_side = 0;  ///< how far the top is drawn in at each side
};

class Modeller {
public:
    /// The faces of a block, in the order in which block() returns them.
    enum FaceIndex { kFront, kRear, kLeft, kRight, kTop };
    struct Face {
        std::array<Vec3, 4> corners;  ///< bottom left, bottom right, top right, top left, seen from outside; world
        bool visible = false;
        double shade = 1;
    };
    using Faces = std::array<Face, 5>;

    /// `sun` points to the sun, unit length, z > 0. Patterns have `texels` per metre: few outdoors, many on small goods.
    /// The camera is borrowed.
    Modeller(const Camera& camera, ColourMatrix matrix, const Light& light, Vec3 sun, double texels);

    /// Starts a thing at `position`, its forward direction turned by `heading` turns from +x towards +y, all its
    /// measures multiplied by `size`; `lamp` (1/256) is the lamplight where it stands.
    void begin(Vec3 position, double heading, double size, int lamp);
    /// The finished drawing; the modeller may begin the next.
    Drawing finish(bool with_shadow);

    /// Starts a part. Parts are drawn by level, then from far to near (by the depth of `middle`); what belongs to a part
    /// is drawn in the order given.
    void part(int level, Vec3 middle);
    Faces block(const Block& block, const Surface& surface);
    /// A rectangle on a face; u from left to right, v from bottom to top, 0..1.
    void decal(const Face& face, double u0, double v0, double u1, double v1, const Surface& surface);
    /// A round thing with thick ends from a to b.
    void limb(Vec3 a, Vec3 b, double radius_a, double radius_b, const Surface& surface);
    void ball(Vec3 centre, double radius, const Surface& surface) { limb(centre, centre, radius, radius, surface); }
    struct Ring {
        double radius;
        double z;
    };
    /// An upright round thing (bottle, can) given by its outline from bottom to top, at most 8 rings; `slant` moves its top
    /// along x.
    void lathe(Vec3 base, std::span<const Ring> rings, const Surface& surface, double slant = 0);
    /// A flat convex polygon; with `normal_out` it is left out when seen from behind (corners as in Face).
    void polygon(std::span<const Vec3> corners, const Surface& surface, bool one_sided = false);
    /// A round plate in the plane spanned by two directions.
    void disc(Vec3 centre, Vec3 across, Vec3 along, double radius, const Surface& surface);
    void glow(Vec3 at, double radius, int strength, int tint_u, int tint_v);

    /// How much the thing shows its front or back (1) rather than its side (0).
    double facing() const;
    const Light& light() const { return light_; }
    Vec3 to_world(Vec3 local) const;

private:
    struct Part {
        int level;
        double depth;
        std::size_t begin;
    };
    void add(std::span<const Vec3> world, const Surface& surface, double shade);
    void add(Shape shape, const Surface& surface);
    /// Shades a shape as a round thing of this radius (pixels) around its anchor, across the direction of its axis.
    void round_off(Shape& shape, double radius, Vec2 axis) const;
    Ink ink(const Surface& surface, double shade) const;
    double shade_of(Vec3 normal) const;

    const Camera& camera_;
    ColourMatrix matrix_;
    Light light_;
    Vec3 sun_;
    double texels_;
    Vec3 position_;
    Vec2 forward_;
    double size_ = 1;
    int lamp_ = 0;
    std::vector<Part> parts_;
    std::vector<Shape> shapes_;
    std::vector<Glow> glows_;
    std::vector<Vec3> solid_;  // corners that throw the shadow
};

}  // namespace facet::source::synthetic
