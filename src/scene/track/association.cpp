#include "scene/track/association.h"

#include <algorithm>
#include <cmath>

#include "scene/track/screen.h"

namespace facet::scene {

namespace {
constexpr double kGate = 9.21;  // chi-square, 2 degrees of freedom, 99 %
constexpr float kSideRatioMax = 2;
}  // namespace

void Candidates::collect(const Roster& roster, const Detections& detections, float high, float low) {
    believed.clear();
    tentative.clear();
    waiting.clear();
    predicted.clear();
    const auto tracklets = roster.tracklets();
    for (std::size_t i = 0; i < tracklets.size(); ++i) {
        predicted.push_back(tracklets[i].filter.box());
        (tracklets[i].tentative() ? tentative : believed).push_back(i);
    }
    screen(detections, low, sure);
    const auto is_unsure = [&](int d) { return detections.items[static_cast<std::size_t>(d)].score < high; };
    const auto first_unsure = std::find_if(sure.begin(), sure.end(), is_unsure);
    unsure.assign(first_unsure, sure.end());
    sure.erase(first_unsure, sure.end());
}

void Candidates::set_lost_aside(const Roster& roster) {
    const auto lost = [&](std::size_t i) { return roster.tracklets()[i].track.state == TrackState::lost; };
    std::copy_if(believed.begin(), believed.end(), std::back_inserter(waiting), lost);
    std::erase_if(believed, lost);
}

void Candidates::gather_rest(const Detections& detections, float score_min) {
    for (auto* list : {&believed, &tentative}) {
        waiting.insert(waiting.end(), list->begin(), list->end());
        list->clear();
    }
    std::sort(waiting.begin(), waiting.end());
    sure.insert(sure.end(), unsure.begin(), unsure.end());
    unsure.clear();
    std::erase_if(sure, [&](int d) { return detections.items[static_cast<std::size_t>(d)].score < score_min; });
}

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
