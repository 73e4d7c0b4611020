#pragma once
// LiveWindow: what a camera did in the last seconds, out of numbers that only grow.

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/metrics.h"
#include "brain/schedule/scheduler.h"

namespace facet::engine {

/// Rates and latencies of a while.
struct LiveRecent {
    double packets_per_second = 0;
    double frames_per_second = 0;  ///< decoded
    double results_per_second = 0;
    double latency_p50_ms = 0;  ///< 0 without results
    double latency_p99_ms = 0;
    std::map<std::string, std::int64_t> drops;  ///< reason -> packets and frames
};

/// How long one stage took for a camera's frames.
struct StageLatency {
    std::string_view name;
    double p50_ms = 0;
    double p99_ms = 0;
};

/// The numbers as they stood at one time.
struct LiveSample {
    TimePoint at{};
    double packets = 0;
    double frames = 0;
    double results = 0;
    Histogram::Buckets latency{};
    std::array<double, brain::kDropReasons> drops{};
};

/// Keeps the samples of the last kSpan and the one before them. Pure; not thread-safe.
class LiveWindow {
public:
    static constexpr Nanoseconds kSpan = std::chrono::seconds(5);
    static constexpr std::size_t kSamplesMax = 64;

    /// Times rise.
    void add(const LiveSample& sample);
    /// From the oldest sample kept to the newest; `bounds` are the latency's. Nothing (zeros) before the second sample.
    LiveRecent recent(std::span<const double> bounds) const;

private:
    std::deque<LiveSample> samples_;
};

}  // namespace facet::engine
