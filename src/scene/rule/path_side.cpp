#include "scene/rule/path_side.h"

#include <cmath>
#include <utility>

namespace facet::scene {

PathSide::Flip PathSide::advance(Point point, Point p, Point q) {
    const double distance = side_of_line(p, q, point) / std::hypot(q.x - p.x, q.y - p.y);
    const double distance_before = std::exchange(distance_, distance);
    const int side_before = side_;
    if (distance != 0) side_ = distance > 0 ? 1 : -1;
    const Point before = latest_.value_or(point);
    latest_ = point;
    if (side_before == 0 || side_ == side_before) return Flip::none;

    flip_part_ = distance_before / (distance_before - distance);
    const double p_side = side_of_line(before, point, p);
    const double q_side = side_of_line(before, point, q);
    const bool is_through = (p_side <= 0 && q_side >= 0) || (p_side >= 0 && q_side <= 0);
    return is_through ? Flip::through : Flip::beside;
}

}  // namespace facet::scene
