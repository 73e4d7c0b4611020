#include "brain/schedule/estimate.h"

#include <chrono>

namespace facet::brain {

namespace {
constexpr int kMeanGain = 8;  // 1/8 and 1/4, as in the paper
constexpr int kDeviationGain = 4;
}  // namespace

void Estimate::add(Nanoseconds cost) {
    if (!measured_) {
        measured_ = true;
        mean_ = cost;
        deviation_ = cost / 2;
        return;
    }
    const Nanoseconds error = cost - mean_;
    mean_ += error / kMeanGain;
    deviation_ += (std::chrono::abs(error) - deviation_) / kDeviationGain;
}

}  // namespace facet::brain
