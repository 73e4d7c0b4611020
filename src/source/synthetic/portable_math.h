#pragma once
// Arithmetic whose results are the same bits everywhere. Only +, -, *, / and square roots of IEEE doubles are used (the
// folder is compiled without contraction to fused multiply-add), because the C library's sine differs between machines.

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "base/random.h"

namespace facet::source::synthetic {

struct Vec2 {
    double x = 0;
    double y = 0;
};

/// The world: x to the right, y away from the camera along the ground, z up; metres.
struct Vec3 {
    double x = 0;
    double y = 0;
    double z = 0;
};

constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
constexpr Vec3 operator*(Vec3 a, double factor) { return {a.x * factor, a.y * factor, a.z * factor}; }
constexpr double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
constexpr Vec3 cross(Vec3 a, Vec3 b) { return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x}; }
inline double length(Vec3 a) { return std::sqrt(dot(a, a)); }

constexpr double mix_values(double a, double b, double weight) { return a + (b - a) * weight; }
constexpr Vec3 mix_values(Vec3 a, Vec3 b, double weight) { return a + (b - a) * weight; }

/// Sine of an angle in turns (1 = full circle); absolute error below 4e-6 (Taylor series to the 9th power).
inline double sine(double turns) {
    double r = turns - std::floor(turns + 0.5);
    if (r > 0.25) r = 0.5 - r;
    if (r < -0.25) r = -0.5 - r;
    const double a = r * 6.283185307179586;
    const double s = a * a;
    return a * (1 - s / 6 * (1 - s / 20 * (1 - s / 42 * (1 - s / 72))));
}
inline double cosine(double turns) { return sine(turns + 0.25); }

/// 0 below `low`, 1 above `high`, smooth between.
inline double smooth_step(double low, double high, double value) {
    const double t = std::clamp((value - low) / (high - low), 0.0, 1.0);
    return t * t * (3 - 2 * t);
}

/// A number in [0, 1) that belongs to `key`.
constexpr double unit_hash(std::uint64_t key) { return static_cast<double>(mix(key) >> 11) * 0x1.0p-53; }
constexpr std::uint64_t combine(std::uint64_t a, std::uint64_t b) { return mix(a ^ mix(b + 0x51ed270b)); }

/// Smooth noise over time in [-1, 1]: value noise, one knot a unit.
inline double time_noise(std::uint64_t seed, double time) {
    const double whole = std::floor(time);
    const auto knot = static_cast<std::uint64_t>(static_cast<std::int64_t>(whole));
    const double weight = smooth_step(0, 1, time - whole);
    return 2 * mix_values(unit_hash(combine(seed, knot)), unit_hash(combine(seed, knot + 1)), weight) - 1;
}

inline int round_to_int(double value) { return static_cast<int>(std::floor(value + 0.5)); }

}  // namespace facet::source::synthetic
