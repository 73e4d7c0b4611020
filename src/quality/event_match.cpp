#include "quality/event_match.h"

#include <chrono>
#include <limits>

#include "media/assignment.h"

namespace facet::quality {

EventMatch match_events(std::span<const TimedEvent> truth, std::span<const TimedEvent> found, Nanoseconds tolerance) {
    std::vector<float> cost(truth.size() * found.size(), std::numeric_limits<float>::infinity());
    float largest = 0;
    for (std::size_t i = 0; i < truth.size(); ++i)
        for (std::size_t j = 0; j < found.size(); ++j) {
            const Nanoseconds difference = std::chrono::abs(truth[i].t - found[j].t);
            const Nanoseconds allowed = truth[i].tolerance < Nanoseconds::zero() ? tolerance : truth[i].tolerance;
            if (truth[i].kind != found[j].kind || difference > allowed) continue;
            cost[i * found.size() + j] = static_cast<float>(seconds(difference));
            largest = std::max(largest, cost[i * found.size() + j]);
        }
    // One pair more is worth more than any sum of differences.
    const float pair_worth = (largest + 1) * static_cast<float>(truth.size() + 1);
    const std::vector<int> found_of = assign(cost, truth.size(), found.size(), pair_worth);

    EventMatch match;
    for (std::size_t i = 0; i < found_of.size(); ++i)
        if (found_of[i] >= 0) match.pairs.emplace_back(i, static_cast<std::size_t>(found_of[i]));
    match.missed = truth.size() - match.pairs.size();
    match.invented = found.size() - match.pairs.size();
    const auto share = [&](std::size_t whole) {
        return whole == 0 ? 1.0 : static_cast<double>(match.pairs.size()) / static_cast<double>(whole);
    };
    match.precision = share(found.size());
    match.recall = share(truth.size());
    const double sum = match.precision + match.recall;
    match.f1 = sum > 0 ? 2 * match.precision * match.recall / sum : 0;
    return match;
}

}  // namespace facet::quality
