#include "engine/live_metrics.h"

#include <unistd.h>

#include <fstream>

#include "engine/evidence.h"
#include "engine/live.h"  // live_metrics()
#include "engine/recorder.h"

namespace facet::engine {

namespace {

constexpr MetricRow kLatency{
    .name = "facet_latency_seconds",
    .type = MetricType::histogram,
    .unit = "seconds",
    .help =
        "By stage; total is the arrival of the frame's own packet to the decision on its events, of frames decoded "
        "afterwards for a trigger it is catch_up; sink is that decision to the written result; transport is capture by the "
        "camera's clock to arrival, where that is "
        "known.",
    .labels = {"camera", "stage"},
    .bounds = kLatencyBounds,
    .children_max = 8192};
constexpr MetricRow kFrames{.name = "facet_frames_total",
                            .type = MetricType::counter,
                            .unit = "frames",
                            .help = "Frames by fate: received, decoded, looked at.",
                            .labels = {"camera", "fate"},
                            .children_max = 4096};
constexpr MetricRow kDrops{.name = "facet_drops_total",
                           .type = MetricType::counter,
                           .unit = "frames",
                           .help = "Packets and frames that were left out, by reason.",
                           .labels = {"camera", "reason"},
                           .children_max = 8192};
constexpr MetricRow kResults{.name = "facet_results_total",
                             .type = MetricType::counter,
                             .unit = "results",
                             .help = "Frames on which an expert ran.",
                             .labels = {"camera", "expert"},
                             .children_max = 8192};
constexpr MetricRow kEvents{.name = "facet_events_total",
                            .type = MetricType::counter,
                            .unit = "events",
                            .help = "Events by rule.",
                            .labels = {"camera", "rule"},
                            .children_max = 8192};
constexpr MetricRow kCpu{.name = "facet_cpu_seconds_total",
                         .type = MetricType::counter,
                         .unit = "seconds",
                         .help = "CPU time by part of the work.",
                         .labels = {"part"}};
constexpr MetricRow kUp{.name = "facet_camera_up",
                        .type = MetricType::gauge,
                        .help = "1 while packets come.",
                        .labels = {"camera"},
                        .children_max = 1024};
constexpr MetricRow kReconnects{.name = "facet_reconnects_total",
                                .type = MetricType::counter,
                                .unit = "times",
                                .help = "Connections that were lost or not made, by cause.",
                                .labels = {"camera", "cause"},
                                .children_max = 8192};
constexpr MetricRow kResident{.name = "facet_process_resident_bytes",
                              .type = MetricType::gauge,
                              .unit = "bytes",
                              .help = "Memory of this process that is in RAM."};
constexpr MetricRow kWriteOffs{.name = "facet_worker_write_offs_total",
                               .type = MetricType::counter,
                               .unit = "workers",
                               .help = "Workers whose expert hung and that were replaced.",
                               .labels = {"camera"},
                               .children_max = 1024};
constexpr MetricRow kLeftAlone{.name = "facet_receivers_left_alone_total",
                               .type = MetricType::counter,
                               .unit = "receivers",
                               .help = "Threads of cameras that did not end when they were asked to.",
                               .labels = {"camera"},
                               .children_max = 1024};
constexpr MetricRow kReloads{.name = "facet_reloads_total",
                             .type = MetricType::counter,
                             .unit = "times",
                             .help = "Readings of a changed config while it ran: applied, refused.",
                             .labels = {"outcome"}};
constexpr std::array kLiveRows{kLatency, kFrames,     kDrops,    kResults,   kEvents,    kCpu,
                               kUp,      kReconnects, kResident, kWriteOffs, kLeftAlone, kReloads};

constexpr std::array<std::string_view, kStages> kStageNames{
    "transport", "receive", "decode", "image", "wait", "inference", "track", "rule", "sink", "total", "catch_up"};
constexpr std::array<std::string_view, kParts> kPartNames{"receive", "decode", "image", "inference", "track", "rule"};

}  // namespace

std::span<const MetricRow> live_metrics() {
    static const std::vector<MetricRow> all = [] {
        std::vector<MetricRow> rows(kLiveRows.begin(), kLiveRows.end());
        for (const auto& more : {evidence_metrics(), recorder_metrics()}) rows.insert(rows.end(), more.begin(), more.end());
        return rows;
    }();
    return all;
}

CameraMetrics::CameraMetrics(Metrics& metrics, const CameraPlan& camera, const Plan& plan)
    : received(metrics.counter(kFrames, {camera.name, "received"})),
      decoded(metrics.counter(kFrames, {camera.name, "decoded"})),
      looked_at(metrics.counter(kFrames, {camera.name, "inferred"})),
      up(metrics.gauge(kUp, {camera.name})) {
    for (std::size_t i = 0; i < kStages; ++i) stages_[i] = &metrics.histogram(kLatency, {camera.name, kStageNames[i]});
    for (std::size_t i = 0; i < drops_.size(); ++i)
        drops_[i] = &metrics.counter(kDrops, {camera.name, brain::name(static_cast<brain::DropReason>(i))});
    follow(metrics, camera, plan);
}

void CameraMetrics::follow(Metrics& metrics, const CameraPlan& camera, const Plan& plan) {
    results_.clear();
    events_.clear();
    for (const std::size_t expert : camera.experts)
        results_[expert] = &metrics.counter(kResults, {camera.name, plan.experts[expert].config.name});
    for (const auto& rule : camera.rules)
        if (const config::Node* name = rule.find("name"))
            events_[name->scalar] = &metrics.counter(kEvents, {camera.name, name->scalar});
}

std::vector<StageLatency> CameraMetrics::stages() const {
    std::vector<StageLatency> known;
    for (std::size_t i = 0; i < kStages; ++i) {
        const auto p50 = stages_[i]->quantile(0.5);
        const auto p99 = stages_[i]->quantile(0.99);
        if (p50 && p99) known.push_back({kStageNames[i], 1e3 * *p50, 1e3 * *p99});
    }
    return known;
}

std::map<std::string, std::int64_t> CameraMetrics::drops() const {
    std::map<std::string, std::int64_t> counts;
    for (std::size_t i = 0; i < drops_.size(); ++i)
        if (const double dropped = drops_[i]->value(); dropped > 0)
            counts[std::string(brain::name(static_cast<brain::DropReason>(i)))] = static_cast<std::int64_t>(dropped);
    return counts;
}

LiveSample CameraMetrics::sample(TimePoint now) const {
    LiveSample sample;
    sample.at = now;
    sample.packets = received.value();
    sample.frames = decoded.value();
    sample.results = looked_at.value();
    sample.latency = latency().buckets();
    for (std::size_t i = 0; i < drops_.size(); ++i) sample.drops[i] = drops_[i]->value();
    return sample;
}

void CameraMetrics::note_event(std::string_view rule) {
    ++events_counted_;
    if (const auto found = events_.find(rule); found != events_.end()) found->second->increment();
}

RunMetrics::RunMetrics(Metrics& metrics) : metrics_(metrics) {
    for (std::size_t i = 0; i < kParts; ++i) parts_[i] = &metrics.counter(kCpu, {kPartNames[i]});
}

void RunMetrics::note_reconnect(const std::string& camera, std::string_view cause) {
    metrics_.counter(kReconnects, {camera, cause}).increment();
}

void RunMetrics::note_left_alone(const std::string& camera) { metrics_.counter(kLeftAlone, {camera}).increment(); }

void RunMetrics::note_reload(bool is_applied) {
    metrics_.counter(kReloads, {is_applied ? "applied" : "refused"}).increment();
}

void RunMetrics::note_write_off(const std::string& camera) { metrics_.counter(kWriteOffs, {camera}).increment(); }

double RunMetrics::measure_memory() {
    std::ifstream file("/proc/self/statm");  // proc(5): the second number is resident pages
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    const double bytes = resident * static_cast<double>(sysconf(_SC_PAGESIZE));
    metrics_.gauge(kResident).set(bytes);
    return bytes;
}

}  // namespace facet::engine
