#pragma once
// Homography: the projective map of a rectangle to any four corners.

#include <array>

#include "media/geometry.h"

namespace facet::image {

/// Maps continuous coordinates of a tensor to those of the picture. A degenerate quadrilateral (three corners on a line)
/// gives a map whose results may be far away or not finite: clamp with clamp_index().
class Homography {
public:
    /// Maps (0,0), (width,0), (width,height), (0,height) to corners[0..3]. Closed form of Heckbert, "Fundamentals of texture
    /// mapping and image warping" (1989), 2.2.3.
    Homography(Size tensor, const std::array<Point, 4>& corners);

    struct Position {
        double x, y;
    };
    Position operator()(double x, double y) const {
        const double w = g_ * x + h_ * y + 1;
        return {(a_ * x + b_ * y + c_) / w, (d_ * x + e_ * y + f_) / w};
    }

private:
    double a_, b_, c_, d_, e_, f_, g_, h_;
};

/// `index` limited to 0 .. extent - 1; what is not a number becomes 0.
inline double clamp_index(double index, int extent) {
    if (!(index > 0)) return 0;
    return index < extent - 1.0 ? index : extent - 1.0;
}

}  // namespace facet::image
