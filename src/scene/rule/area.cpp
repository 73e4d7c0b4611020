#include "scene/rule/area.h"

#include <cmath>

#include "base/assert.h"

namespace facet::scene {

namespace {

constexpr std::size_t kPointsMax = 256;  // finding crossings takes the square of it
constexpr float kAreaMin = 1e-6F;        // of the picture: two pixels of 1920x1080
constexpr double kLengthMin = 1e-4;      // of the picture: a tenth of a pixel of 1080

bool is_in_picture(Point point) { return point.x >= 0 && point.x <= 1 && point.y >= 0 && point.y <= 1; }

Polygon to_polygon(const std::vector<config::Coordinates>& coordinates) {
    Polygon polygon;
    for (const auto& [x, y] : coordinates) polygon.push_back({x, y});
    return polygon;
}

}  // namespace

double distance_to_segment(Point point, Point a, Point b) {
    const double along_x = static_cast<double>(b.x) - a.x;
    const double along_y = static_cast<double>(b.y) - a.y;
    const double from_x = static_cast<double>(point.x) - a.x;
    const double from_y = static_cast<double>(point.y) - a.y;
    const double length_squared = along_x * along_x + along_y * along_y;
    const double part = length_squared > 0 ? (from_x * along_x + from_y * along_y) / length_squared : 0;
    const double nearest = std::clamp(part, 0.0, 1.0);
    return std::hypot(from_x - nearest * along_x, from_y - nearest * along_y);
}

float gap(const Box& a, const Box& b) {
    const float dx = std::max({0.0F, a.x - b.right(), b.x - a.right()});
    const float dy = std::max({0.0F, a.y - b.bottom(), b.y - a.bottom()});
    return std::hypot(dx, dy);
}

std::string_view area_fault(const Polygon& polygon) {
    if (polygon.size() < 3) return "it has fewer than 3 points";
    if (polygon.size() > kPointsMax) return "it has more than 256 points";
    if (!std::all_of(polygon.begin(), polygon.end(), is_in_picture)) return "a point lies outside of 0..1";
    if (polygon.front() == polygon.back()) return "its last point repeats the first (it closes by itself)";
    for (std::size_t i = 1; i < polygon.size(); ++i)
        if (polygon[i] == polygon[i - 1]) return "a point stands twice in a row";
    if (self_crossing(polygon)) return "it crosses itself";
    if (area(polygon) < kAreaMin) return "it has no area";
    return "";
}

Result<Area> Area::read(const config::Values& options, std::string_view key, std::string_view owner) {
    if (!options.has(key)) return Area({{0, 0}, {1, 0}, {1, 1}, {0, 1}});
    Polygon polygon = to_polygon(options.points(key));
    if (const auto fault = area_fault(polygon); !fault.empty())
        return fail(ErrorCode::invalid_argument, "{}: {}: {} is no area: {}", options.place(key), owner, key, fault);
    return Area(std::move(polygon));
}

void Area::fit(Size picture) {
    if (picture == fitted_size_) return;
    FACET_ASSERT(picture.width > 0 && picture.height > 0);
    fitted_size_ = picture;
    fitted_.clear();
    for (const Point point : points_) fitted_.push_back(to_heights(point, picture));
}

double Area::distance_outside(Point point) const {
    FACET_ASSERT(!fitted_.empty());
    if (facet::contains(fitted_, point)) return 0;
    double nearest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0, j = fitted_.size() - 1; i < fitted_.size(); j = i++)
        nearest = std::min(nearest, distance_to_segment(point, fitted_[j], fitted_[i]));
    return nearest;
}

Result<Segment> to_segment(const std::vector<config::Coordinates>& points, std::string_view place, std::string_view owner) {
    if (points.size() != 2)
        return fail(ErrorCode::invalid_argument, "{}: {}: {} points are no line, expected 2", place, owner, points.size());
    const Polygon ends = to_polygon(points);
    for (const Point end : ends)
        if (!is_in_picture(end))
            return fail(ErrorCode::invalid_argument, "{}: {}: point [{}, {}] lies outside of 0..1", place, owner, end.x,
                        end.y);
    if (std::hypot(ends[1].x - ends[0].x, ends[1].y - ends[0].y) < kLengthMin)
        return fail(ErrorCode::invalid_argument, "{}: {}: a line from [{}, {}] to [{}, {}] has no length", place, owner,
                    ends[0].x, ends[0].y, ends[1].x, ends[1].y);
    return Segment{ends[0], ends[1]};
}

Result<Segment> read_segment(const config::Values& options, std::string_view key, std::string_view owner) {
    return to_segment(options.points(key), options.place(key), owner);
}

}  // namespace facet::scene
