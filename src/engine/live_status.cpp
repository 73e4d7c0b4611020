// What a live run says of itself.
#include <algorithm>

#include "base/secrets.h"
#include "engine/live_run.h"

namespace facet::engine {

std::string_view name(LiveCameraState state) {
    switch (state) {
        case LiveCameraState::up: return "up";
        case LiveCameraState::away: return "away";
        case LiveCameraState::paused: return "paused";
        case LiveCameraState::ended: return "ended";
    }
    return "away";
}

LiveStatus LiveRun::status() const {
    const std::lock_guard lock(mutex_);
    return status_now();
}

/// With the lock held, about once a second.
void LiveRun::sample() {
    const TimePoint now = monotonic_now();
    for (const auto& camera : cameras_)
        if (camera) camera->window.add(camera->metrics.sample(now));
    resident_bytes_ = run_metrics_.measure_memory();
    Sample& sample = samples_.emplace_back();
    sample.at = now;
    sample.cpu = process_cpu_time();
    for (const auto& expert : experts_now()) sample.runs[expert.name] = expert.runs;
    while (samples_.size() > 2 && now - samples_[1].at >= LiveWindow::kSpan) samples_.pop_front();
}

/// With the lock held.
LiveStatus LiveRun::status_now() const {
    LiveStatus status;
    status.wall_s = wall_s_.value_or(seconds(monotonic_now() - began_));
    status.workers = options_.workers;
    status.busy = scheduler_.busy();
    status.result_interval = scheduler_.result_interval();
    status.automatic_policy = brain::name(scheduler_.automatic_policy());
    status.interrupted = interrupted_;
    status.write_offs = write_offs_;
    status.reloads = generation_ - 1;
    status.model_error = model_error_;
    status.resident_bytes = resident_bytes_;
    status.jobs_waiting = work_.size();
    status.output_error = output_error_;
    if (const Status written = writer_.status(); !written) status.output_error = written.error();

    std::vector<const LiveCamera*> cameras;
    for (const auto& camera : cameras_) {
        if (!camera) continue;
        status.packets_pending += camera->held.size();
        if (!camera->is_removed) cameras.push_back(camera.get());
    }
    std::sort(cameras.begin(), cameras.end(), [](const auto* a, const auto* b) { return a->position < b->position; });
    for (const auto* camera : cameras) status.cameras.push_back(status_of(*camera, status.wall_s));

    status.experts = experts_now();
    if (samples_.size() < 2) return status;
    status.cores_used =
        seconds(samples_.back().cpu - samples_.front().cpu) / seconds(samples_.back().at - samples_.front().at);
    for (auto& expert : status.experts) {
        const auto knows_it = [&](const Sample& sample) { return sample.runs.contains(expert.name); };
        const auto first = std::find_if(samples_.begin(), samples_.end(), knows_it);
        if (first == samples_.end() || first->at == samples_.back().at || !knows_it(samples_.back())) continue;
        const auto runs = samples_.back().runs.at(expert.name) - first->runs.at(expert.name);
        // Those of a camera that was removed are not counted any more.
        expert.runs_per_second = std::max(0.0, static_cast<double>(runs) / seconds(samples_.back().at - first->at));
    }
    return status;
}

LiveCameraStatus LiveRun::status_of(const LiveCamera& camera, double wall_s) const {
    const CameraMetrics& metrics = camera.metrics;
    const Histogram& total = metrics.latency();
    LiveCameraStatus out;
    out.name = camera.name;
    out.address = without_secrets(camera.received_by.address);
    out.is_up = camera.is_up;
    out.is_dozing = camera.is_up && scheduler_.is_dozing(camera.index);
    out.state = camera.is_paused ? LiveCameraState::paused
                : camera.ended   ? LiveCameraState::ended
                : camera.is_up   ? LiveCameraState::up
                                 : LiveCameraState::away;
    out.trouble = camera.trouble;
    out.packets = static_cast<std::int64_t>(metrics.received.value());
    out.frames_decoded = static_cast<std::int64_t>(metrics.decoded.value());
    out.results = static_cast<std::int64_t>(metrics.looked_at.value());
    out.caught_up = out.results - static_cast<std::int64_t>(total.count());
    out.events = metrics.events();
    out.reconnects = camera.reconnects;
    out.results_per_second = wall_s > 0 ? metrics.looked_at.value() / wall_s : 0;
    out.latency_p50_ms = 1e3 * total.quantile(0.5).value_or(0);
    out.latency_p99_ms = 1e3 * total.quantile(0.99).value_or(0);
    out.stages = metrics.stages();
    out.drops = metrics.drops();
    out.recent = camera.window.recent(total.bounds());
    return out;
}

/// With the lock held. Without their rates.
std::vector<LiveExpertStatus> LiveRun::experts_now() const {
    std::vector<LiveExpertStatus> experts;
    for (const auto& planned : plan_->experts) experts.push_back({planned.config.name, planned.config.model, 0, 0, 0});
    for (const auto& camera : cameras_) {
        if (!camera || camera->is_removed) continue;
        const Look& look = *camera->look;
        for (const std::size_t index : look.plan->experts) {
            const auto found = std::find_if(experts.begin(), experts.end(), [&](const LiveExpertStatus& expert) {
                return expert.name == look.own->experts[index].config.name;
            });
            if (found == experts.end()) continue;
            ++found->cameras;
            found->runs += camera->metrics.results(index);
        }
    }
    return experts;
}

}  // namespace facet::engine
