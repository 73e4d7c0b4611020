#include "scene/rule/homography.h"

#include <cmath>

namespace facet::scene {

namespace {

using Matrix = std::array<double, 9>;

/// Corners lie on a line where twice their area, by the square of the longer diagonal, is no more than this.
constexpr double kFlat = 1e-4;

bool is_convex(const Homography::Corners& corners) {
    const auto squared = [](Point a, Point b) { return std::pow(a.x - b.x, 2) + std::pow(a.y - b.y, 2); };
    const double scale = std::max(squared(corners[0], corners[2]), squared(corners[1], corners[3]));
    int left = 0;
    int right = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const double side = side_of_line(corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]);
        if (std::abs(side) <= kFlat * scale) return false;
        ++(side > 0 ? right : left);
    }
    return left == 0 || right == 0;
}

/// From the unit square (0, 0), (1, 0), (1, 1), (0, 1) to the corners: Heckbert, "Fundamentals of Texture Mapping and Image
/// Warping", 1989, section 2.2.3.
Matrix from_unit_square(const Homography::Corners& corners) {
    const auto [p0, p1, p2, p3] = corners;
    const double dx1 = static_cast<double>(p1.x) - p2.x;
    const double dx2 = static_cast<double>(p3.x) - p2.x;
    const double dy1 = static_cast<double>(p1.y) - p2.y;
    const double dy2 = static_cast<double>(p3.y) - p2.y;
    const double sum_x = static_cast<double>(p0.x) - p1.x + p2.x - p3.x;
    const double sum_y = static_cast<double>(p0.y) - p1.y + p2.y - p3.y;
    const double determinant = dx1 * dy2 - dx2 * dy1;
    const double g = (sum_x * dy2 - dx2 * sum_y) / determinant;
    const double h = (dx1 * sum_y - sum_x * dy1) / determinant;
    return {
        p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x, p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y, g, h, 1};
}

/// The inverse up to a factor, which a projective map does not feel.
Matrix adjugate(const Matrix& m) {
    return {m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]};
}

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix out{};
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = 0; column < 3; ++column)
            for (std::size_t k = 0; k < 3; ++k) out[row * 3 + column] += a[row * 3 + k] * b[k * 3 + column];
    return out;
}

}  // namespace

std::optional<Homography> Homography::between(const Corners& from, const Corners& to) {
    if (!is_convex(from) || !is_convex(to)) return std::nullopt;
    return Homography(product(from_unit_square(to), adjugate(from_unit_square(from))));
}

std::array<double, 2> Homography::map(double x, double y) const {
    const auto row = [&](std::size_t r) { return matrix_[r] * x + matrix_[r + 1] * y + matrix_[r + 2]; };
    const double scale = row(6);
    return {row(0) / scale, row(3) / scale};
}

}  // namespace facet::scene
