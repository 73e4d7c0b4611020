#include "media/geometry.h"

#include <cmath>

namespace facet {

Box intersection(const Box& a, const Box& b) {
    return Box::from_corners(std::max(a.x, b.x), std::max(a.y, b.y), std::min(a.right(), b.right()),
                             std::min(a.bottom(), b.bottom()));
}

float iou(const Box& a, const Box& b) {
    const float shared = intersection(a, b).area();
    const float all = a.area() + b.area() - shared;
    return all > 0 ? shared / all : 0;
}

Box clamp(const Box& box, Size size) {
    return intersection(box, {0, 0, static_cast<float>(size.width), static_cast<float>(size.height)});
}

bool contains(const Polygon& polygon, Point point) {
    bool inside = false;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
        const Point a = polygon[i];
        const Point b = polygon[j];
        if ((a.y > point.y) == (b.y > point.y)) continue;
        const double x = a.x + (static_cast<double>(point.y) - a.y) / (static_cast<double>(b.y) - a.y) * (b.x - a.x);
        if (point.x < x) inside = !inside;
    }
    return inside;
}

float area(const Polygon& polygon) {
    double twice = 0;
    for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++)
        twice += static_cast<double>(polygon[j].x) * polygon[i].y - static_cast<double>(polygon[i].x) * polygon[j].y;
    return static_cast<float>(std::abs(twice) / 2);
}

double side_of_line(Point p, Point q, Point point) {
    return (static_cast<double>(q.x) - p.x) * (static_cast<double>(point.y) - p.y) -
           (static_cast<double>(q.y) - p.y) * (static_cast<double>(point.x) - p.x);
}

bool segments_cross(Point a, Point b, Point c, Point d) {
    const auto between = [](Point p, Point q, Point point) {
        return std::min(p.x, q.x) <= point.x && point.x <= std::max(p.x, q.x) && std::min(p.y, q.y) <= point.y &&
               point.y <= std::max(p.y, q.y);
    };
    const double ca = side_of_line(c, d, a);
    const double cb = side_of_line(c, d, b);
    const double ac = side_of_line(a, b, c);
    const double ad = side_of_line(a, b, d);
    if (((ca > 0 && cb < 0) || (ca < 0 && cb > 0)) && ((ac > 0 && ad < 0) || (ac < 0 && ad > 0))) return true;
    return (ca == 0 && between(c, d, a)) || (cb == 0 && between(c, d, b)) || (ac == 0 && between(a, b, c)) ||
           (ad == 0 && between(a, b, d));
}

bool self_crossing(const Polygon& polygon) {
    const std::size_t count = polygon.size();
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t j = i + 2; j < count; ++j) {
            if (i == 0 && j == count - 1) continue;  // neighbours across the closing edge
            if (segments_cross(polygon[i], polygon[i + 1], polygon[j], polygon[(j + 1) % count])) return true;
        }
    return false;
}

}  // namespace facet
