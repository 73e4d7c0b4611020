#pragma once
// Backdrop: the part of a scene that never moves, painted once in daylight, and lit for each light that is asked for.

#include <functional>
#include <memory>
#include <vector>

#include "media/picture.h"
#include "source/synthetic/modeller.h"

namespace facet::source::synthetic {

class Backdrop {
public:
    /// A picture with `margin` (even) more pixels on each side, for the camera to shake in.
    Backdrop(Size size, int margin, const Camera& camera, ColourMatrix matrix, std::uint64_t seed);

    // Painting, in daylight.

    struct Ground {
        Rgb colour;
        int grain = 0;  ///< height of its roughness, luma steps
    };
    /// The ground, asked for at each pixel that shows it, and the colour above the horizon.
    void ground(const std::function<Ground(Vec2)>& material, double grains_per_metre, Rgb sky_top, Rgb sky_low);
    /// A flat polygon in the world, cut where it comes nearer than the camera sees.
    void polygon(std::span<const Vec3> corners, const Surface& surface);
    /// A rectangle with its sides along two directions.
    void panel(Vec3 corner, Vec3 across, Vec3 along, const Surface& surface);
    void block(Vec3 position, double heading, const Block& block, const Surface& surface);
    /// Lamplight 0..1 at places of the ground; what stands upright takes that of the ground below on the picture.
    void lamps(const std::function<double(Vec2)>& lamp);

    // Using.

    /// The backdrop in a light. Lit anew only when the light has changed.
    const Picture& lit(const Light& light);
    int margin() const { return margin_; }
    ColourMatrix matrix() const { return matrix_; }
    std::uint64_t seed() const { return seed_; }

private:
    Planes planes();

    Camera camera_;
    ColourMatrix matrix_;
    std::uint64_t seed_;
    int margin_;
    PictureBuffer day_;
    PictureBuffer lit_;
    std::vector<std::uint8_t> lamp_;  // one byte a pixel, rows of the buffer's stride
    Light lit_for_{-1, 0, 0, 0, 0, 0};
    Canvas canvas_;
};

}  // namespace facet::source::synthetic
