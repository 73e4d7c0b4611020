#pragma once
// PathSide: on which side of a line a path runs, and where it changes over.

#include <optional>

#include "scene/rule/area.h"

namespace facet::scene {

/// The path is the polyline through the points given. Its side is that of its latest point off the line: a point on the line
/// does not change it. It flips where the side changes.
class PathSide {
public:
    enum class Flip {
        none,
        through,  ///< the latest piece of the path touches the segment from p to q
        beside,   ///< it passes the line beyond an end of the segment
    };

    /// Goes on to `point`. p and q differ.
    Flip advance(Point point, Point p, Point q);

    int side() const { return side_; }             ///< -1 left of the way from p to q, 1 right, 0 not yet off the line
    double distance() const { return distance_; }  ///< of the latest point from the line, > 0 to the right
    /// Where on its latest piece (0 = its begin, 1 = its end) the path met the line, if that flipped.
    double flip_part() const { return flip_part_; }

private:
    std::optional<Point> latest_;
    double distance_ = 0;
    double flip_part_ = 0;
    int side_ = 0;
};

}  // namespace facet::scene
