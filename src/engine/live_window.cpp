#include "engine/live_window.h"

namespace facet::engine {

void LiveWindow::add(const LiveSample& sample) {
    samples_.push_back(sample);
    while (samples_.size() > 2 && (sample.at - samples_[1].at >= kSpan || samples_.size() > kSamplesMax))
        samples_.pop_front();
}

LiveRecent LiveWindow::recent(std::span<const double> bounds) const {
    LiveRecent recent;
    if (samples_.size() < 2) return recent;
    const LiveSample& first = samples_.front();
    const LiveSample& last = samples_.back();
    const double time_s = seconds(last.at - first.at);
    if (time_s <= 0) return recent;
    recent.packets_per_second = (last.packets - first.packets) / time_s;
    recent.frames_per_second = (last.frames - first.frames) / time_s;
    recent.results_per_second = (last.results - first.results) / time_s;
    Histogram::Buckets latency = last.latency;
    for (std::size_t i = 0; i < latency.size(); ++i) latency[i] -= first.latency[i];
    recent.latency_p50_ms = 1e3 * quantile(bounds, latency, 0.5).value_or(0);
    recent.latency_p99_ms = 1e3 * quantile(bounds, latency, 0.99).value_or(0);
    for (std::size_t i = 0; i < last.drops.size(); ++i)
        if (const double dropped = last.drops[i] - first.drops[i]; dropped > 0)
            recent.drops[std::string(name(static_cast<brain::DropReason>(i)))] = static_cast<std::int64_t>(dropped);
    return recent;
}

}  // namespace facet::engine
