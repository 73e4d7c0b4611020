#include "image/homography.h"

namespace facet::image {

Homography::Homography(Size tensor, const std::array<Point, 4>& corners) {
    const double x0 = corners[0].x, x1 = corners[1].x, x2 = corners[2].x, x3 = corners[3].x;
    const double y0 = corners[0].y, y1 = corners[1].y, y2 = corners[2].y, y3 = corners[3].y;
    const double sum_x = x0 - x1 + x2 - x3;
    const double sum_y = y0 - y1 + y2 - y3;
    const double dx1 = x1 - x2, dx2 = x3 - x2;
    const double dy1 = y1 - y2, dy2 = y3 - y2;
    const double determinant = dx1 * dy2 - dx2 * dy1;
    // The map of the unit square; a parallelogram (sums 0) needs no division, so a degenerate one stays finite.
    double g = 0, h = 0;
    if (sum_x != 0 || sum_y != 0) {
        g = (sum_x * dy2 - dx2 * sum_y) / determinant;
        h = (dx1 * sum_y - sum_x * dy1) / determinant;
    }
    const double width = tensor.width, height = tensor.height;
    a_ = (x1 - x0 + g * x1) / width;
    b_ = (x3 - x0 + h * x3) / height;
    c_ = x0;
    d_ = (y1 - y0 + g * y1) / width;
    e_ = (y3 - y0 + h * y3) / height;
    f_ = y0;
    g_ = g / width;
    h_ = h / height;
}

}  // namespace facet::image
