#pragma once
// The geometry of rules. Configured points are 0..1 of the picture. Rules measure in *heights*: y as configured, x times the
// picture's aspect, so that distances and angles are those of the screen and a distance is a fraction of the picture's
// height.

#include <array>
#include <string_view>

#include "base/result.h"
#include "config/options.h"
#include "media/geometry.h"

namespace facet::scene {

/// A configured point (0..1) in heights.
inline Point to_heights(Point point, Size picture) {
    return {point.x * static_cast<float>(picture.width) / static_cast<float>(picture.height), point.y};
}
/// A point in pixels in heights.
inline Point pixels_to_heights(Point point, Size picture) {
    return {point.x / static_cast<float>(picture.height), point.y / static_cast<float>(picture.height)};
}

/// Distance of a point from the closed segment ab.
double distance_to_segment(Point point, Point a, Point b);
/// The gap between two boxes: 0 where they touch or overlap.
float gap(const Box& a, const Box& b);

/// Why a polygon is no area, as the end of a message ("it crosses itself"); empty where it is one: 3 to 256 points in 0..1,
/// not repeated, edges that do not cross, an area above 0.
std::string_view area_fault(const Polygon& polygon);

/// A polygon of the picture that knows how far a point is outside of it.
class Area {
public:
    /// The option `key`, of type points; the whole picture where it is not set. `owner` is named in errors: "rule 'lobby'".
    static Result<Area> read(const config::Values& options, std::string_view key, std::string_view owner);

    /// To be called before measuring in a picture of this size; cheap where it has not changed.
    void fit(Size picture);
    /// 0 for a point (in heights) inside or on the edge, else its distance from the nearest edge.
    double distance_outside(Point point) const;
    /// Inside or on the edge. The edge is as wide as floats need: 0.00002 heights, a fiftieth of a pixel in 1080.
    bool contains(Point point) const { return distance_outside(point) <= 0.00002; }

    const Polygon& points() const { return points_; }  ///< 0..1

private:
    explicit Area(Polygon points) : points_(std::move(points)) {}
    Polygon points_;
    Polygon fitted_;  // in heights of a picture of fitted_size_
    Size fitted_size_;
};

/// A directed segment of the picture.
using Segment = std::array<Point, 2>;
/// The option `key`, of type points: exactly two different points in 0..1.
Result<Segment> read_segment(const config::Values& options, std::string_view key, std::string_view owner);
/// The same for points that were read already; `place` and `owner` are named in errors.
Result<Segment> to_segment(const std::vector<config::Coordinates>& points, std::string_view place, std::string_view owner);

}  // namespace facet::scene
