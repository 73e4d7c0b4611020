#pragma once
// Homography: where on the ground a point of the picture lies.

#include <array>
#include <optional>

#include "media/geometry.h"

namespace facet::scene {

/// The projective map that takes four points to four others.
class Homography {
public:
    using Corners = std::array<Point, 4>;
    /// Nothing unless both are convex quadrilaterals (either way round) without three corners on a line.
    static std::optional<Homography> between(const Corners& from, const Corners& to);

    /// The image of a point. Finite for every point inside of the quadrilateral `from`.
    std::array<double, 2> map(double x, double y) const;

private:
    using Matrix = std::array<double, 9>;  // row by row
    explicit Homography(const Matrix& matrix) : matrix_(matrix) {}
    Matrix matrix_;
};

}  // namespace facet::scene
