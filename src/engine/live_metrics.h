#pragma once
// The numbers of a live run in the registry: which there are, and a camera's own.

#include <array>
#include <atomic>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/metrics.h"
#include "brain/schedule/scheduler.h"
#include "engine/live_window.h"
#include "engine/plan.h"

namespace facet::engine {

enum class Stage { transport, receive, decode, image, wait, inference, track, rule, sink, total, catch_up };
inline constexpr std::size_t kStages = 11;
enum class Part { receive, decode, image, inference, track, rule };
inline constexpr std::size_t kParts = 6;

/// One camera's numbers. Updated from any thread.
class CameraMetrics {
public:
    CameraMetrics(Metrics& metrics, const CameraPlan& camera, const Plan& plan);

    /// Goes over to other experts and rules. Not while another thread calls what concerns these: note_result, results,
    /// note_event.
    void follow(Metrics& metrics, const CameraPlan& camera, const Plan& plan);

    void note(Stage stage, Nanoseconds value) { stages_[static_cast<std::size_t>(stage)]->observe(seconds(value)); }
    /// Stays for as long as the registry.
    Histogram& stage(Stage stage) { return *stages_[static_cast<std::size_t>(stage)]; }
    std::vector<StageLatency> stages() const;  ///< that any frame has gone through, in their order
    const Histogram& latency() const { return *stages_[static_cast<std::size_t>(Stage::total)]; }
    void drop(brain::DropReason reason, double count) { drops_[static_cast<std::size_t>(reason)]->add(count); }
    std::map<std::string, std::int64_t> drops() const;  ///< reason -> count, where there were any
    LiveSample sample(TimePoint now) const;
    void note_result(std::size_t expert) { results_.at(expert)->increment(); }
    std::int64_t results(std::size_t expert) const { return static_cast<std::int64_t>(results_.at(expert)->value()); }
    void note_event(std::string_view rule);
    std::int64_t events() const { return events_counted_; }  ///< also of rules that are gone

    Counter& received;
    Counter& decoded;
    Counter& looked_at;
    Gauge& up;

private:
    std::array<Histogram*, kStages> stages_{};
    std::array<Counter*, brain::kDropReasons> drops_{};
    std::map<std::size_t, Counter*> results_;              // by expert
    std::map<std::string, Counter*, std::less<>> events_;  // by rule
    std::atomic<std::int64_t> events_counted_{0};
};

/// Numbers of the whole process.
class RunMetrics {
public:
    explicit RunMetrics(Metrics& metrics);

    void spend(Part part, Nanoseconds cost) { parts_[static_cast<std::size_t>(part)]->add(seconds(cost)); }
    void note_reconnect(const std::string& camera, std::string_view cause);
    void note_write_off(const std::string& camera);
    void note_left_alone(const std::string& camera);
    void note_reload(bool is_applied);
    /// Reads how much memory of this process is in RAM; bytes.
    double measure_memory();

private:
    Metrics& metrics_;
    std::array<Counter*, kParts> parts_{};
};

}  // namespace facet::engine
