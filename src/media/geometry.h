#pragma once
// Boxes, points and the arithmetic on them. Coordinates are floats; which space they are in (pixels of the picture, or
// 0..1 of it) is said where they are stored. x grows to the right, y grows downwards.

#include <algorithm>
#include <vector>

namespace facet {

struct Point {
    float x = 0;
    float y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

struct Size {
    int width = 0;
    int height = 0;
    friend bool operator==(const Size&, const Size&) = default;
};

/// Axis-parallel rectangle by its top left corner. An empty box has no area; width and height are never negative.
struct Box {
    float x = 0;
    float y = 0;
    float width = 0;
    float height = 0;

    static Box from_corners(float left, float top, float right, float bottom) {
        return {left, top, std::max(0.0F, right - left), std::max(0.0F, bottom - top)};
    }
    float right() const { return x + width; }
    float bottom() const { return y + height; }
    float area() const { return width * height; }
    Point centre() const { return {x + width / 2, y + height / 2}; }
    Point bottom_centre() const { return {x + width / 2, y + height}; }
    friend bool operator==(const Box&, const Box&) = default;
};

/// The overlap of two boxes; empty where they do not meet.
Box intersection(const Box& a, const Box& b);
/// Intersection over union in [0, 1]; 0 where both are empty.
float iou(const Box& a, const Box& b);
/// The part of `box` inside a picture of `size`.
Box clamp(const Box& box, Size size);

/// A simple polygon (closed by itself: the last point is not the first again).
using Polygon = std::vector<Point>;
/// Whether `point` lies inside (even-odd rule; a point on the edge may count either way).
bool contains(const Polygon& polygon, Point point);
/// Area without sign.
float area(const Polygon& polygon);
/// Whether two edges that are not neighbours touch: such a polygon has no clear inside.
bool self_crossing(const Polygon& polygon);
/// > 0 if `point` lies to the right of the direction p -> q as seen on the screen (y down), < 0 to the left, 0 on the line.
/// Twice the signed area of the triangle.
double side_of_line(Point p, Point q, Point point);
/// Whether the closed segments ab and cd touch.
bool segments_cross(Point a, Point b, Point c, Point d);

}  // namespace facet
