#pragma once
// VirtualBox: cameras, workers and costs on virtual time, driving the scheduler that the engine drives. An hour of many
// cameras takes seconds; the same seed gives the same numbers.

#include <array>
#include <cstdint>
#include <vector>

#include "brain/schedule/scheduler.h"

namespace facet::sim {

/// The camera is away from `from` for `length`, counted from the start: no packets, then a key frame first.
struct Outage {
    Nanoseconds from{};
    Nanoseconds length{};
};

/// From `from` for `length` decoding the camera's packets costs `factor` times as much: a storm of motion and noise.
struct Storm {
    Nanoseconds from{};
    Nanoseconds length{};
    double factor = 1;
};

/// From `from` for `length` something happens in front of the camera: packets between key frames are `bytes_factor` times as
/// large, and looks at frames of that time say that the scene changes.
struct Activity {
    Nanoseconds from{};
    Nanoseconds length{};
    double bytes_factor = 3;
};

/// A camera as its stream looks: a key frame every `key_interval` frames, `bidirectional` of them between two forward ones.
struct VirtualCamera {
    brain::CameraTerms terms;
    double frames_per_second = 25;
    int key_interval = 50;
    int bidirectional = 3;
    Nanoseconds phase{};   ///< of its first packet
    double jitter = 0.05;  ///< of packets' arrivals, in frame intervals; packets keep their order
    Nanoseconds decode_key = std::chrono::microseconds(8000);
    Nanoseconds decode_forward = std::chrono::microseconds(5500);
    Nanoseconds decode_bidirectional = std::chrono::microseconds(3700);
    Nanoseconds inference = std::chrono::microseconds(7800);
    double spread = 0.1;  ///< standard deviation of costs, relative
    std::vector<Outage> outages;
    std::vector<Storm> storms;
    std::vector<Activity> activities;
    /// Faults a second, of random kinds: the connection drops for up to 1.5 s; packets stall as long and come in a burst; a
    /// packet is damaged; the stream begins anew (another size); an expert throws; one time in a thousand, one hangs for 10
    /// s.
    double faults_per_second = 0;
    std::size_t bytes_key = 60'000;
    std::size_t bytes_between = 4'000;
};

struct VirtualBox {
    std::size_t workers = 2;
    std::vector<VirtualCamera> cameras;
    Nanoseconds duration = std::chrono::minutes(1);
    std::uint64_t seed = 1;
};

struct CameraOutcome {
    std::int64_t packets = 0;
    std::int64_t faults = 0;
    std::int64_t decoded = 0;
    std::int64_t results = 0;
    std::int64_t results_late = 0;  ///< after their deadline
    std::array<std::int64_t, brain::kDropReasons> drops{};
    double latency_p50_ms = 0;  ///< arrival of the frame's packet to the end of its inference
    double latency_p99_ms = 0;
    double latency_max_ms = 0;
    double gap_max_s = 0;  ///< longest time without a result, from the first to the last one
    double cpu_s = 0;
    std::int64_t caught_up = 0;  ///< of the results, on frames that were decoded afterwards; they have no latency
    double catch_up_max_s = 0;   ///< from the arrival of such a frame's packet to its result
    /// Per activity: results on frames that arrived in it, and the longest time between two of these, its ends included.
    std::vector<std::int64_t> activity_results;
    std::vector<double> activity_gap_max_s;
    /// From the arrival of the first key frame after an outage to the next result; the longest.
    double recovery_max_s = 0;
};

struct BoxOutcome {
    std::vector<CameraOutcome> cameras;
    double busy = 0;                ///< share of the workers' time
    std::int64_t facts = 0;         ///< told to the scheduler
    Nanoseconds result_interval{};  ///< as it was at the end
};

BoxOutcome simulate(const VirtualBox& box);

}  // namespace facet::sim
