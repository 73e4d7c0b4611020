#include "brain/schedule/activity.h"

#include <algorithm>
#include <cmath>

namespace facet::brain {

namespace {

constexpr int kLearningPackets = 12;           // of a kind, before they tell anything
constexpr double kDeviationMin = 0.12;         // of ln(bytes): no encoder is steadier than that
constexpr double kToStandardDeviation = 1.25;  // from the mean absolute one, of a normal distribution
constexpr double kDrift = 1.3;                 // in standard deviations: what is no news
constexpr double kNewsMax = 6;                 // one packet alone is not enough
constexpr double kLimit = 6;
constexpr double kLimitMax = 60;
constexpr double kSumMax = 3;  // limits: how long it takes to calm down again
// The level is that of quiet times: it rises in minutes and falls in seconds, and hardly moves while something happens.
constexpr double kGainUp = 0.004;
constexpr double kGainDown = 0.02;
constexpr double kGainWhileActive = 0.2;

}  // namespace

CompressedActivity::CompressedActivity() : limit_(kLimit) {}

void CompressedActivity::confirm(bool happened) { limit_ = std::clamp(limit_ * (happened ? 0.5 : 1.5), kLimit, kLimitMax); }

bool CompressedActivity::add(PacketKind kind, std::size_t bytes) {
    if (kind == PacketKind::key) return is_active_;
    Level& level = levels_[static_cast<std::size_t>(kind)];
    const double value = std::log(static_cast<double>(std::max<std::size_t>(bytes, 1)));
    if (level.packets == 0) level = {value, 0.3, 0};
    const double difference = value - level.mean;
    const double deviation = std::max(level.deviation, kDeviationMin);
    const bool is_learnt = level.packets >= kLearningPackets;
    const double news = is_learnt ? difference / (kToStandardDeviation * deviation) : 0;
    sum_ = std::clamp(sum_ + std::min(news, kNewsMax) - kDrift, 0.0, kSumMax * limit_);
    is_active_ = sum_ > (is_active_ ? 0 : limit_);

    const double slow = (difference > 0 ? kGainUp : kGainDown) * (is_active_ ? kGainWhileActive : 1);
    const double gain = std::max(1.0 / (level.packets + 1), slow);
    const double distance = is_learnt ? std::min(std::abs(difference), 3 * deviation) : std::abs(difference);
    level.mean += gain * difference;
    level.deviation += gain * (distance - level.deviation);
    level.packets = std::min(level.packets + 1, 1 << 20);
    return is_active_;
}

}  // namespace facet::brain
