#pragma once
// Overlaps of boxes in double precision: measures are compared with other tools to the last decision at a threshold, where
// the float arithmetic of media/geometry.h would fall on the other side now and then.

#include <algorithm>

#include "media/geometry.h"

namespace facet::quality {

/// Area that both boxes cover.
inline double shared_area(const Box& a, const Box& b) {
    const auto extent = [](double a_start, double a_length, double b_start, double b_length) {
        return std::max(0.0, std::min(a_start + a_length, b_start + b_length) - std::max(a_start, b_start));
    };
    return extent(a.x, a.width, b.x, b.width) * extent(a.y, a.height, b.y, b.height);
}

inline double exact_area(const Box& box) { return static_cast<double>(box.width) * static_cast<double>(box.height); }

/// Intersection over union in [0, 1]; 0 where both are empty.
inline double overlap(const Box& a, const Box& b) {
    const double shared = shared_area(a, b);
    const double all = exact_area(a) + exact_area(b) - shared;
    return all > 0 ? shared / all : 0;
}

/// The share of `box` that lies in `region`, in [0, 1]; 0 where `box` is empty.
inline double share_inside(const Box& box, const Box& region) {
    const double area = exact_area(box);
    return area > 0 ? shared_area(box, region) / area : 0;
}

}  // namespace facet::quality
