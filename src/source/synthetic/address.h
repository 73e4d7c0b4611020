#pragma once
// Address: all that "synthetic:SCENE?key=value&..." and its schedule file say.

#include <string_view>
#include <vector>

#include "base/result.h"
#include "media/geometry.h"
#include "source/synthetic/dials.h"

namespace facet::source::synthetic {

/// From this time on the dials are these; reached at once, or little by little over `over` seconds.
struct Step {
    double at = 0;
    double over = 0;
    Dials dials;
};

/// All of an address.
struct Specification {
    std::uint64_t seed = 1;
    Size size{1280, 720};
    double frames_per_second = 25;
    std::int64_t frames = 250;              ///< 0: without end
    std::vector<Step> steps;                ///< at least one, by rising `at`, the first at 0
    double cycle = 0;                       ///< seconds after which the steps begin again; 0: never
    std::vector<std::vector<Point>> lines;  ///< truth lines, two points each, 0..1; empty: the scene's own
    std::vector<std::vector<Point>> zones;  ///< truth zones, 0..1; empty: the scene's own
};

inline constexpr std::string_view kScheme = "synthetic:";

/// Reads an address, and the schedule file that it names. Errors name the key, the value, what was expected and the nearest
/// name.
Result<Specification> read_address(std::string_view address);

}  // namespace facet::source::synthetic
