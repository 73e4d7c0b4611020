#include "scene/track/association.h"

#include <algorithm>
#include <cmath>

namespace facet::scene {

namespace {
constexpr double kGate = 9.21;  // chi-square, 2 degrees of freedom, 99 %
constexpr float kSideRatioMax = 2;
}  // namespace

float reach_cost(const Tracklet& tracklet, const Detection& detection, const MotionModel& motion) {
    const auto ratio = [](float a, float b) { return std::max(a, b) / std::min(a, b); };
    const float width = ratio(tracklet.measured.width, detection.box.width);
    const float height = ratio(tracklet.measured.height, detection.box.height);
    if (!(width <= kSideRatioMax && height <= kSideRatioMax)) return kNever;
    const double distance = tracklet.filter.distance_squared(detection.box, motion) / kGate;
    if (!(distance < 1)) return kNever;
    return static_cast<float>(distance + 0.5 * std::log(static_cast<double>(width) * height) / std::log(4.0));
}

}  // namespace facet::scene
