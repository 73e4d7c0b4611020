#include "engine/live.h"

#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/assert.h"
#include "base/denormals.h"
#include "base/random.h"
#include "engine/live_writer.h"
#include "source/live/backoff.h"
#include "source/live/live_input.h"

namespace facet::engine {

namespace {

using brain::Command;
using brain::CommandKind;
using source::live::LivePacket;

constexpr std::size_t kPacketsPendingMax = 128;  // 5 s of a camera: what is older would be given up anyhow
constexpr std::size_t kResultsMax = 64;
constexpr auto kTick = std::chrono::milliseconds(250);
constexpr auto kStatusInterval = std::chrono::seconds(1);

constexpr MetricRow kLatency{
    .name = "facet_latency_seconds",
    .type = MetricType::histogram,
    .unit = "seconds",
    .help = "By stage; total is the arrival of the frame's own packet to the decision on its events.",
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
constexpr std::array kRows{kLatency, kFrames, kDrops, kResults, kEvents, kCpu, kUp, kReconnects, kResident};

enum class Stage { decode, image, wait, inference, track, rule, total };
constexpr std::array<std::string_view, 7> kStages{"decode", "image", "wait", "inference", "track", "rule", "total"};
enum class Part { receive, decode, image, inference, track, rule };
constexpr std::array<std::string_view, 6> kParts{"receive", "decode", "image", "inference", "track", "rule"};

/// proc(5), /proc/PID/statm: the second number is resident pages.
double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double total = 0;
    double resident = 0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

brain::PacketKind kind_of(const ffmpeg::Unit& unit) {
    switch (unit.kind) {
        case ffmpeg::UnitKind::key: return brain::PacketKind::key;
        case ffmpeg::UnitKind::forward: return brain::PacketKind::forward;
        case ffmpeg::UnitKind::bidirectional: return brain::PacketKind::bidirectional;
        case ffmpeg::UnitKind::disposable: return brain::PacketKind::disposable;
    }
    return brain::PacketKind::forward;
}

/// One camera's numbers in the registry.
struct CameraMetrics {
    CameraMetrics(Metrics& metrics, const CameraPlan& camera, const Plan& plan);

    std::array<Histogram*, kStages.size()> stages{};
    std::array<Counter*, brain::kDropReasons> drops{};
    Counter* received;
    Counter* decoded;
    Counter* looked_at;
    Gauge* up;
    std::map<std::size_t, Counter*> results;              // by expert
    std::map<std::string, Counter*, std::less<>> events;  // by rule
};

CameraMetrics::CameraMetrics(Metrics& metrics, const CameraPlan& camera, const Plan& plan)
    : received(&metrics.counter(kFrames, {camera.name, "received"})),
      decoded(&metrics.counter(kFrames, {camera.name, "decoded"})),
      looked_at(&metrics.counter(kFrames, {camera.name, "inferred"})),
      up(&metrics.gauge(kUp, {camera.name})) {
    for (std::size_t i = 0; i < stages.size(); ++i) stages[i] = &metrics.histogram(kLatency, {camera.name, kStages[i]});
    for (std::size_t i = 0; i < drops.size(); ++i)
        drops[i] = &metrics.counter(kDrops, {camera.name, brain::name(static_cast<brain::DropReason>(i))});
    for (const std::size_t expert : camera.experts)
        results[expert] = &metrics.counter(kResults, {camera.name, plan.experts[expert].config.name});
    for (const auto& rule : camera.rules)
        if (const config::Node* name = rule.find("name"))
            events[name->scalar] = &metrics.counter(kEvents, {camera.name, name->scalar});
}

struct LiveCamera {
    LiveCamera(const CameraPlan& camera, const Plan& all, Metrics& registry)
        : plan(&camera), metrics(registry, camera, all) {}

    const CameraPlan* plan;
    std::size_t index = 0;
    CameraMetrics metrics;
    std::thread receiver;
    source::live::Interrupt interrupt;

    // Guarded by the lock of the run:
    std::deque<std::pair<std::int64_t, LivePacket>> held;  // pending packets by number, as the scheduler has them
    std::int64_t packets = 0;
    std::shared_ptr<source::live::LiveDecoder> decoder;  // of the connection that stands
    std::int64_t frames = 0;
    std::vector<std::pair<std::int64_t, FramePtr>>
        waiting;  // decoded, not asked for yet; the newest and one that it replaces
    bool decodes = false;
    bool infers = false;
    bool is_up = false;
    bool ended = false;
    std::string trouble;
    std::int64_t reconnects = 0;

    // Of the decode job:
    source::live::LiveTimeline timeline;
    LivePacket decoding;
    std::shared_ptr<source::live::LiveDecoder> decoding_with;
    std::vector<FramePtr> decoded;
    // Of the inference job:
    FramePtr inferring;
    std::unique_ptr<CameraScene> scene;
    std::vector<std::unique_ptr<expert::State>> states;
    std::vector<ExpertResult> results;
};

class LiveRun {
public:
    LiveRun(const Plan& plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
            Metrics& metrics, Log& log)
        : plan_(plan),
          options_(options),
          metrics_(metrics),
          log_(log),
          scheduler_({.workers = options.workers, .packets_pending_max = kPacketsPendingMax}),
          writer_(sinks, kResultsMax) {
        for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i] = &metrics.counter(kCpu, {kParts[i]});
        for (std::size_t i = 0; i < options.workers; ++i) experts_.emplace_back(plan, options.session);
        commands_.reserve(64);
    }

    Status open();
    LiveStatus run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status);

private:
    struct Work {
        LiveCamera* camera = nullptr;
        bool is_inference = false;
    };

    void receive(LiveCamera& camera);
    Status receive_connection(LiveCamera& camera);
    void accept(LiveCamera& camera, LivePacket packet);
    void lose(LiveCamera& camera, const Error& error, source::live::Backoff& backoff);
    void tell(const brain::Fact& fact, bool from_free_worker = false);
    void carry_out(const Command& command);
    void release(LiveCamera& camera, std::int64_t packet);
    void work(std::size_t worker);
    void decode(LiveCamera& camera, std::unique_lock<std::mutex>& lock);
    void infer(LiveCamera& camera, std::size_t worker, std::unique_lock<std::mutex>& lock);
    void look_at(LiveCamera& camera, std::size_t worker, StageCosts& costs);
    void count(const StageCosts& costs);
    bool all_ended() const;
    LiveStatus status_now() const;

    const Plan& plan_;
    const LiveOptions& options_;
    Metrics& metrics_;
    Log& log_;
    std::vector<WorkerExperts> experts_;
    std::vector<std::unique_ptr<LiveCamera>> cameras_;
    std::array<Counter*, kParts.size()> parts_{};
    TimePoint began_ = monotonic_now();

    mutable std::mutex mutex_;  // guards what follows, and what LiveCamera says
    std::condition_variable work_there_;
    std::condition_variable job_ended_;
    brain::Scheduler scheduler_;
    std::vector<Command> commands_;
    std::vector<Work> work_;  // begun by the scheduler, not yet taken by a worker: at most as many as workers
    std::size_t receivers_ended_ = 0;
    bool stopping_ = false;
    bool interrupted_ = false;
    StageCosts costs_;
    Error model_error_{ErrorCode::internal, ""};

    LiveWriter writer_;
};

Status LiveRun::open() {
    for (const auto& plan : plan_.cameras) {
        auto camera = std::make_unique<LiveCamera>(plan, plan_, metrics_);
        camera->index =
            scheduler_.add_camera({.weight = plan.weight, .latency_target = options_.latency_target, .policy = plan.decode});
        FACET_TRY(camera->scene, CameraScene::create(plan_, plan, false, false));
        for (const std::size_t expert : plan.experts)
            camera->states.push_back(plan_.experts[expert].loaded->expert->new_state());
        cameras_.push_back(std::move(camera));
    }
    work_.reserve(options_.workers);
    return {};
}

/// A camera's own thread: connect, receive, and after a loss again.
void LiveRun::receive(LiveCamera& camera) {
    source::live::Backoff backoff(mix(camera.index));
    while (!camera.interrupt.is_raised()) {
        const Status status = receive_connection(camera);
        if (status || camera.interrupt.is_raised()) break;
        lose(camera, status.error(), backoff);
    }
    const std::lock_guard lock(mutex_);
    camera.ended = true;
    ++receivers_ended_;
    job_ended_.notify_all();
}

/// One connection from its beginning to its end. Success means that there is nothing more to come.
Status LiveRun::receive_connection(LiveCamera& camera) {
    // Only where all frames are wanted must they come in the order in which they are shown.
    const bool in_shown_order = camera.plan->decode == brain::DecodePolicy::all;
    FACET_TRY(auto input, source::live::LiveInput::open(camera.plan->address,
                                                        {.loop = camera.plan->loop, .without_reordering = !in_shown_order},
                                                        camera.interrupt));
    FACET_TRY(std::shared_ptr<source::live::LiveDecoder> decoder, input->make_decoder(camera.timeline));
    {
        const std::lock_guard lock(mutex_);
        camera.decoder = std::move(decoder);
        camera.is_up = true;
        camera.trouble.clear();
        camera.metrics.up->set(1);
        tell(brain::CameraUp{camera.index});
    }
    Nanoseconds used = thread_cpu_time();
    while (true) {
        LivePacket packet;
        FACET_TRY(const bool more, input->read(packet));
        if (!more) return {};
        const Nanoseconds now = thread_cpu_time();
        parts_[static_cast<std::size_t>(Part::receive)]->add(seconds(now - used));
        used = now;
        accept(camera, std::move(packet));
    }
}

void LiveRun::accept(LiveCamera& camera, LivePacket packet) {
    const std::lock_guard lock(mutex_);
    camera.metrics.received->increment();
    const std::int64_t number = camera.packets++;
    const brain::PacketKind kind = kind_of(packet.unit);
    camera.held.emplace_back(number, std::move(packet));
    tell(brain::PacketArrived{camera.index, number, kind});
}

/// Waits before the next try.
void LiveRun::lose(LiveCamera& camera, const Error& error, source::live::Backoff& backoff) {
    const TimePoint now = monotonic_now();
    {
        const std::lock_guard lock(mutex_);
        if (camera.is_up) backoff.succeeded();
        camera.is_up = false;
        camera.trouble = error.message;
        ++camera.reconnects;
        camera.metrics.up->set(0);
        tell(brain::CameraDown{camera.index});
    }
    metrics_.counter(kReconnects, {camera.plan->name, name(error.code)}).increment();
    const Nanoseconds wait = backoff.next(now);
    log_.warning("camera '{}' is away: {}; next try in {:.1f} s", camera.plan->name, error.message, seconds(wait));
    camera.interrupt.wait_until(now + wait);
}

/// With the lock held. Carries out what the scheduler commands. A worker that has just become free takes the next work
/// itself and wakes nobody for it.
void LiveRun::tell(const brain::Fact& fact, bool from_free_worker) {
    commands_.clear();
    scheduler_.on(fact, monotonic_now(), commands_);
    const std::size_t before = work_.size();
    for (const Command& command : commands_) carry_out(command);
    for (std::size_t i = before + (from_free_worker ? 1 : 0); i < work_.size(); ++i) work_there_.notify_one();
}

void LiveRun::carry_out(const Command& command) {
    LiveCamera& camera = *cameras_[command.camera];
    const auto take_frame = [&] {
        const auto found = std::find_if(camera.waiting.begin(), camera.waiting.end(),
                                        [&](const auto& frame) { return frame.first == command.first; });
        FACET_ASSERT(found != camera.waiting.end());
        FramePtr frame = std::move(found->second);
        camera.waiting.erase(found);
        return frame;
    };
    switch (command.kind) {
        case CommandKind::decode: {
            FACET_ASSERT(!camera.held.empty() && camera.held.front().first == command.first && !camera.decodes);
            camera.decoding = std::move(camera.held.front().second);
            camera.held.pop_front();
            camera.decoding_with = camera.decoder;
            camera.decodes = true;
            work_.push_back({&camera, false});
            break;
        }
        case CommandKind::infer:
            FACET_ASSERT(!camera.infers);
            camera.inferring = take_frame();
            camera.infers = true;
            work_.push_back({&camera, true});
            break;
        case CommandKind::drop_packets: {
            // The oldest ones, or the one that has just come.
            const auto is_dropped = [&](const auto& held) {
                return held.first >= command.first && held.first <= command.last;
            };
            double dropped = 0;
            for (; !camera.held.empty() && is_dropped(camera.held.front()); ++dropped) camera.held.pop_front();
            for (; !camera.held.empty() && is_dropped(camera.held.back()); ++dropped) camera.held.pop_back();
            camera.metrics.drops[static_cast<std::size_t>(command.reason)]->add(dropped);
            break;
        }
        case CommandKind::drop_frame:
            take_frame();
            camera.metrics.drops[static_cast<std::size_t>(command.reason)]->increment();
            break;
    }
}

void LiveRun::work(std::size_t worker) {
    const DenormalsAsZero denormals;
    std::unique_lock lock(mutex_);
    while (true) {
        work_there_.wait(lock, [this] { return !work_.empty() || stopping_; });
        if (work_.empty()) return;
        const Work next = work_.front();
        work_.erase(work_.begin());
        if (next.is_inference)
            infer(*next.camera, worker, lock);
        else
            decode(*next.camera, lock);
        if (receivers_ended_ > 0) job_ended_.notify_all();
    }
}

void LiveRun::decode(LiveCamera& camera, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const TimePoint began = monotonic_now();
    const Nanoseconds used = thread_cpu_time();
    camera.decoded.clear();
    const Status status = camera.decoding_with->decode(camera.decoding, camera.decoded);
    camera.decoding = {};
    const Nanoseconds cost = thread_cpu_time() - used;
    camera.metrics.stages[static_cast<std::size_t>(Stage::decode)]->observe(seconds(monotonic_now() - began));
    camera.metrics.decoded->add(static_cast<double>(camera.decoded.size()));
    parts_[static_cast<std::size_t>(Part::decode)]->add(seconds(cost));
    lock.lock();
    costs_.decode += cost;
    camera.decodes = false;
    if (!status) camera.trouble = status.error().message;
    for (auto& frame : camera.decoded) {
        const std::int64_t number = camera.frames++;
        const TimePoint arrived = frame->arrived;
        camera.waiting.emplace_back(number, std::move(frame));
        tell(brain::FrameDecoded{camera.index, number, arrived});
    }
    tell(brain::DecodeDone{camera.index, cost, !status}, true);
}

void LiveRun::infer(LiveCamera& camera, std::size_t worker, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    StageCosts costs;
    look_at(camera, worker, costs);
    count(costs);
    lock.lock();
    costs_ += costs;
    camera.infers = false;
    camera.inferring.reset();
    tell(brain::InferenceDone{camera.index, costs.image + costs.inference + costs.track + costs.rule}, true);
}

void LiveRun::look_at(LiveCamera& camera, std::size_t worker, StageCosts& costs) {
    const Frame& frame = *camera.inferring;
    experts_[worker].warm_up(camera.plan->experts, frame.picture.size);  // a new size: not a cost of this frame
    const TimePoint began = monotonic_now();
    reset(camera.results, *camera.plan);
    experts_[worker].run({*camera.plan, frame, camera.states}, camera.results, costs,
                         [&](const Error& error, bool concerns_frame) {
                             const std::lock_guard lock(mutex_);
                             camera.trouble = error.message;
                             if (!concerns_frame && model_error_.message.empty()) model_error_ = error;
                         });
    for (const auto& result : camera.results)
        if (result.ran) camera.metrics.results.at(result.expert)->increment();
    LiveResult& result = writer_.take();
    result.camera = camera.plan;
    result.size = frame.picture.size;
    result.t = frame.t;
    result.sequence = frame.sequence;
    camera.scene->observe(frame, camera.results, result.scene, costs.track, costs.rule);
    const TimePoint decided = monotonic_now();
    for (const auto& event : result.scene.events)
        if (const auto counter = camera.metrics.events.find(event.rule); counter != camera.metrics.events.end())
            counter->second->increment();
    writer_.put(result);

    const auto note = [&](Stage stage, Nanoseconds value) {
        camera.metrics.stages[static_cast<std::size_t>(stage)]->observe(seconds(value));
    };
    note(Stage::image, costs.image);
    note(Stage::inference, costs.inference);
    note(Stage::track, costs.track);
    note(Stage::rule, costs.rule);
    note(Stage::wait, std::max(Nanoseconds{}, began - frame.arrived - frame.decode_cost));
    note(Stage::total, decided - frame.arrived);
    camera.metrics.looked_at->increment();
}

void LiveRun::count(const StageCosts& costs) {
    const auto add = [this](Part part, Nanoseconds cost) { parts_[static_cast<std::size_t>(part)]->add(seconds(cost)); };
    add(Part::image, costs.image);
    add(Part::inference, costs.inference);
    add(Part::track, costs.track);
    add(Part::rule, costs.rule);
}

/// With the lock held.
bool LiveRun::all_ended() const {
    return std::all_of(cameras_.begin(), cameras_.end(), [](const auto& camera) {
        return camera->ended && camera->held.empty() && camera->waiting.empty() && !camera->decodes && !camera->infers;
    });
}

/// With the lock held.
LiveStatus LiveRun::status_now() const {
    LiveStatus status;
    status.wall_s = seconds(monotonic_now() - began_);
    status.busy = scheduler_.busy();
    status.result_interval = scheduler_.result_interval();
    status.automatic_policy = brain::name(scheduler_.automatic_policy());
    status.interrupted = interrupted_;
    status.costs = costs_;
    status.model_error = model_error_;
    if (const Status written = writer_.status(); !written) status.output_error = written.error();
    for (const auto& camera : cameras_) {
        const CameraMetrics& metrics = camera->metrics;
        const Histogram& total = *metrics.stages[static_cast<std::size_t>(Stage::total)];
        LiveCameraStatus& out = status.cameras.emplace_back();
        out.name = camera->plan->name;
        out.address = source::live::without_secrets(camera->plan->address);
        out.is_up = camera->is_up;
        out.trouble = camera->trouble;
        out.packets = static_cast<std::int64_t>(metrics.received->value());
        out.frames_decoded = static_cast<std::int64_t>(metrics.decoded->value());
        out.results = static_cast<std::int64_t>(total.count());
        for (const auto& [rule, counter] : metrics.events) out.events += static_cast<std::int64_t>(counter->value());
        out.reconnects = camera->reconnects;
        out.results_per_second = status.wall_s > 0 ? static_cast<double>(total.count()) / status.wall_s : 0;
        out.latency_p50_ms = 1e3 * total.quantile(0.5).value_or(0);
        out.latency_p99_ms = 1e3 * total.quantile(0.99).value_or(0);
        for (std::size_t i = 0; i < metrics.drops.size(); ++i)
            if (const double dropped = metrics.drops[i]->value(); dropped > 0)
                out.drops[std::string(brain::name(static_cast<brain::DropReason>(i)))] = static_cast<std::int64_t>(dropped);
    }
    return status;
}

LiveStatus LiveRun::run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status) {
    std::vector<std::thread> workers;
    for (std::size_t i = 0; i < options_.workers; ++i) workers.emplace_back([this, i] { work(i); });
    for (auto& camera : cameras_) camera->receiver = std::thread([this, &camera] { receive(*camera); });

    TimePoint status_at = began_ + kStatusInterval;
    std::unique_lock lock(mutex_);
    while (true) {
        job_ended_.wait_for(lock, kTick, [this] { return all_ended(); });
        tell(brain::Tick{});
        if (stop) interrupted_ = true;
        const bool is_over = options_.duration > Nanoseconds{} && monotonic_now() - began_ >= options_.duration;
        if (interrupted_ || is_over || all_ended() || !model_error_.message.empty() || !writer_.status()) break;
        if (monotonic_now() < status_at) continue;
        status_at += kStatusInterval;
        metrics_.gauge(kResident).set(resident_bytes());
        const LiveStatus now = status_now();
        lock.unlock();
        if (status) status(now);
        lock.lock();
    }
    const LiveStatus last = status_now();
    lock.unlock();
    for (auto& camera : cameras_) camera->interrupt.raise();
    for (auto& camera : cameras_) camera->receiver.join();
    lock.lock();
    for (auto& camera : cameras_) tell(brain::CameraDown{camera->index});
    stopping_ = true;
    work_there_.notify_all();
    lock.unlock();
    for (auto& worker : workers) worker.join();
    return last;
}

}  // namespace

std::span<const MetricRow> live_metrics() { return kRows; }

LiveStatus run_live(const Plan& plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
                    Metrics& metrics, Log& log, const std::atomic<bool>& stop,
                    const std::function<void(const LiveStatus&)>& status) {
    LiveRun run(plan, options, sinks, metrics, log);
    if (const Status opened = run.open(); !opened) {
        LiveStatus failed;
        failed.model_error = opened.error();
        return failed;
    }
    return run.run(stop, status);
}

}  // namespace facet::engine
