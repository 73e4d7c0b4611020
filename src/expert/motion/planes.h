#pragma once
// Planes: the few operations on small gray pictures that the motion expert is made of. Plain loops; a plane is at most
// 320 pixels wide. Beyond the edges the nearest pixel counts.

#include <cstdint>
#include <span>
#include <vector>

#include "media/geometry.h"

namespace facet::expert::motion {

/// One value per pixel, row by row.
template <class T>
struct Plane {
    Size size;
    std::vector<T> values;

    Plane() = default;
    explicit Plane(Size size_, T value = {})
        : size(size_), values(static_cast<std::size_t>(size_.width) * static_cast<std::size_t>(size_.height), value) {}
    T* row(int y) { return values.data() + static_cast<std::ptrdiff_t>(y) * size.width; }
    const T* row(int y) const { return values.data() + static_cast<std::ptrdiff_t>(y) * size.width; }
    T& operator[](std::size_t index) { return values[index]; }
    const T& operator[](std::size_t index) const { return values[index]; }
    std::size_t count() const { return values.size(); }
};
using Floats = Plane<float>;
using Mask = Plane<std::uint8_t>;  ///< 0 or 1

/// Binomial 3x3 blur (1 2 1).
void blur(std::span<const std::uint8_t> source, Floats& out);
/// Smallest and largest value of each 3x3 neighbourhood.
void neighbourhood_range(const Floats& source, Floats& lowest, Floats& highest);
/// Mean over (2 * radius + 1)^2, clipped at the edges.
void box_mean(const Floats& source, int radius, Floats& out);
/// Central differences, half of the step of two pixels.
void gradient(const Floats& source, Floats& x, Floats& y);
/// 1 where at least `count` of the 3x3 neighbourhood are 1.
void vote(const Mask& source, int count, Mask& out);
/// 1 where any pixel within `radius` (a square) is 1.
void dilate(const Mask& source, int radius, Mask& out);

/// Connected components (8 neighbours). `labels` is 0 for the ground, else 1 + the component's index; gives their number.
int label_components(const Mask& mask, Plane<int>& labels);

}  // namespace facet::expert::motion
