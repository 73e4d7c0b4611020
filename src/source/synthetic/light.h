#pragma once
// Light: what the time of day does to colours and shadows.

#include <array>
#include <string_view>

#include "source/synthetic/portable_math.h"

namespace facet::source::synthetic {

/// All in 1/256. Day is {256, 0, 256, 256, 0, 0}: the colours as painted.
struct Light {
    int ambient = 256;  ///< luma of what no lamp reaches
    int lamps = 0;      ///< how much of their light lamps give
    int sun = 256;      ///< strength of shadows and of the difference between lit and unlit faces
    int saturation = 256;
    int tint_u = 0;  ///< added to chroma samples
    int tint_v = 0;
    friend bool operator==(const Light&, const Light&) = default;
};

inline constexpr std::array<std::string_view, 3> kLightNames{"day", "dusk", "night"};
inline constexpr std::array<Light, 3> kLights{Light{}, Light{132, 110, 60, 200, -5, 5}, Light{44, 250, 0, 130, 4, -2}};

/// `hour` runs over the presets: 0 = day, 1 = dusk, 2 = night, and all between.
inline Light light_at(double hour) {
    const double clamped = std::clamp(hour, 0.0, 2.0);
    const int first = std::min(1, static_cast<int>(clamped));
    // In steps of 1/64, so that the background is not lit anew for changes that nobody sees.
    const int weight = round_to_int((clamped - first) * 64);
    const Light& a = kLights[static_cast<std::size_t>(first)];
    const Light& b = kLights[static_cast<std::size_t>(first) + 1];
    const auto mixed_value = [weight](int from, int to) { return from + (to - from) * weight / 64; };
    return {mixed_value(a.ambient, b.ambient),       mixed_value(a.lamps, b.lamps),   mixed_value(a.sun, b.sun),
            mixed_value(a.saturation, b.saturation), mixed_value(a.tint_u, b.tint_u), mixed_value(a.tint_v, b.tint_v)};
}

}  // namespace facet::source::synthetic
