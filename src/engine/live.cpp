#include "engine/live.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/assert.h"
#include "base/denormals.h"
#include "base/random.h"
#include "brain/schedule/change.h"
#include "engine/live_metrics.h"
#include "engine/live_writer.h"
#include "source/live/backoff.h"
#include "source/live/live_input.h"

namespace facet::engine {

namespace {

using brain::Command;
using brain::CommandKind;
using source::live::LivePacket;

constexpr std::size_t kPacketsPendingMax = 600;  // two groups of pictures of 10 s at 30 a second, for cameras that doze
constexpr std::size_t kResultsMax = 64;
constexpr auto kTick = std::chrono::milliseconds(250);
constexpr auto kStatusInterval = std::chrono::seconds(1);
constexpr auto kDrainMax = std::chrono::milliseconds(1500);

brain::PacketKind kind_of(const ffmpeg::Unit& unit) {
    switch (unit.kind) {
        case ffmpeg::UnitKind::key: return brain::PacketKind::key;
        case ffmpeg::UnitKind::forward: return brain::PacketKind::forward;
        case ffmpeg::UnitKind::bidirectional: return brain::PacketKind::bidirectional;
        case ffmpeg::UnitKind::disposable: return brain::PacketKind::disposable;
    }
    return brain::PacketKind::forward;
}

/// The same packet, for a decoder, while the original is kept.
LivePacket reference_to(const LivePacket& packet) {
    auto data = packet.data.reference();
    FACET_ASSERT(data);  // fails only where memory for a few bytes is missing
    LivePacket other;
    other.data = std::move(*data);
    other.unit = packet.unit;
    other.arrived = packet.arrived;
    return other;
}

/// What an inference job works on. Where its worker is written off, it keeps this, and the camera gets another.
struct Look {
    FramePtr frame;
    std::vector<std::unique_ptr<expert::State>> states;
    std::vector<ExpertResult> results;
};

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
    bool rewinds = false;      // of the decode job: as commanded
    bool is_catch_up = false;  // of the inference job: likewise
    bool is_probe = false;
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
    std::shared_ptr<Look> look;
    std::vector<Box> boxes;
    brain::SceneChange change;
    std::unique_ptr<CameraScene> scene;
};

/// A thread, its sessions, and what it is at.
struct Worker {
    Worker(const Plan& plan, const backend::SessionOptions& options) : experts(plan, options) {}

    WorkerExperts experts;
    std::thread thread;
    std::atomic<LiveCamera*> looks_at{nullptr};  // while its experts run
    std::atomic<TimePoint> since{};
    bool is_written_off = false;  // guarded by the lock of the run
    bool has_ended = false;       // likewise
};

class LiveRun {
public:
    LiveRun(const Plan& plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
            Metrics& metrics, Log& log)
        : plan_(plan),
          options_(options),
          metrics_(metrics),
          run_metrics_(metrics),
          log_(log),
          scheduler_({.workers = options.workers, .packets_pending_max = kPacketsPendingMax}),
          writer_(sinks, kResultsMax) {
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
    std::shared_ptr<Worker> start_worker();
    void work(Worker& worker);
    void write_off_the_hung();
    std::shared_ptr<Look> new_look(const LiveCamera& camera) const;
    void decode(LiveCamera& camera, std::unique_lock<std::mutex>& lock);
    void infer(LiveCamera& camera, Worker& worker, std::unique_lock<std::mutex>& lock);
    void run_experts(LiveCamera& camera, Look& look, Worker& worker, StageCosts& costs);
    static bool has_changed(LiveCamera& camera, const Look& look);
    bool judge(LiveCamera& camera, Look& look, TimePoint began, StageCosts& costs);
    void count(const StageCosts& costs);
    bool all_ended() const;
    LiveStatus status_now(double wall_s) const;

    const Plan& plan_;
    const LiveOptions& options_;
    Metrics& metrics_;
    RunMetrics run_metrics_;
    Log& log_;
    std::vector<std::shared_ptr<Worker>> workers_;  // of the main thread
    std::vector<std::unique_ptr<LiveCamera>> cameras_;
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
    std::int64_t write_offs_ = 0;
    Error model_error_{ErrorCode::internal, ""};

    LiveWriter writer_;
};

Status LiveRun::open() {
    for (const auto& plan : plan_.cameras) {
        auto camera = std::make_unique<LiveCamera>(plan, plan_, metrics_);
        camera->index =
            scheduler_.add_camera({.weight = plan.weight, .latency_target = options_.latency_target, .policy = plan.decode});
        FACET_TRY(camera->scene, CameraScene::create(plan_, plan, false, false));
        camera->look = new_look(*camera);
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
        camera.metrics.up.set(1);
        tell(brain::CameraUp{camera.index});
    }
    Nanoseconds used = thread_cpu_time();
    while (true) {
        LivePacket packet;
        FACET_TRY(const bool more, input->read(packet));
        if (!more) return {};
        const Nanoseconds now = thread_cpu_time();
        run_metrics_.spend(Part::receive, now - used);
        used = now;
        accept(camera, std::move(packet));
    }
}

void LiveRun::accept(LiveCamera& camera, LivePacket packet) {
    const std::lock_guard lock(mutex_);
    camera.metrics.received.increment();
    const std::int64_t number = camera.packets++;
    const brain::PacketKind kind = kind_of(packet.unit);
    const std::size_t bytes = packet.data.bytes();
    camera.held.emplace_back(number, std::move(packet));
    tell(brain::PacketArrived{camera.index, number, kind, bytes});
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
        camera.metrics.up.set(0);
        tell(brain::CameraDown{camera.index});
    }
    run_metrics_.note_reconnect(camera.plan->name, name(error.code));
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
            FACET_ASSERT(!camera.decodes);
            const auto found = std::lower_bound(camera.held.begin(), camera.held.end(), command.first,
                                                [](const auto& held, std::int64_t number) { return held.first < number; });
            FACET_ASSERT(found != camera.held.end() && found->first == command.first);
            if (command.keeps) {
                camera.decoding = reference_to(found->second);
            } else {
                FACET_ASSERT(found == camera.held.begin());
                camera.decoding = std::move(found->second);
                camera.held.pop_front();
            }
            camera.decoding_with = camera.decoder;
            camera.decodes = true;
            camera.rewinds = command.rewinds;
            work_.push_back({&camera, false});
            break;
        }
        case CommandKind::infer:
            FACET_ASSERT(!camera.infers);
            camera.look->frame = take_frame();
            camera.is_catch_up = command.is_catch_up;
            camera.is_probe = command.is_probe;
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
            camera.metrics.drop(command.reason, dropped);
            break;
        }
        case CommandKind::drop_frame:
            take_frame();
            camera.metrics.drop(command.reason, 1);
            break;
    }
}

std::shared_ptr<Look> LiveRun::new_look(const LiveCamera& camera) const {
    auto look = std::make_shared<Look>();
    for (const std::size_t expert : camera.plan->experts)
        look->states.push_back(plan_.experts[expert].loaded->expert->new_state());
    return look;
}

std::shared_ptr<Worker> LiveRun::start_worker() {
    auto worker = std::make_shared<Worker>(plan_, options_.session);
    worker->thread = std::thread([this, worker] {  // it may outlive its place in workers_
        work(*worker);
        const std::lock_guard lock(mutex_);
        worker->has_ended = true;
        job_ended_.notify_all();
    });
    return worker;
}

void LiveRun::work(Worker& worker) {
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
        if (worker.is_written_off) return;
        if (receivers_ended_ > 0) job_ended_.notify_all();
    }
}

/// With the lock held. A thread cannot be ended from outside, so one that hangs is left alone with what it uses; its camera
/// and its place go on with new ones.
void LiveRun::write_off_the_hung() {
    const TimePoint now = monotonic_now();
    for (auto& worker : workers_) {
        LiveCamera* camera = worker->looks_at;
        if (!camera || now - worker->since.load() < options_.hang_limit) continue;
        worker->is_written_off = true;
        worker->thread.detach();
        ++write_offs_;
        run_metrics_.note_write_off(camera->plan->name);
        camera->trouble = fmt::format("an expert hung for {:.0f} s", seconds(now - worker->since.load()));
        log_.error("camera '{}': {}; its worker is replaced ({} so far)", camera->plan->name, camera->trouble, write_offs_);
        camera->look = new_look(*camera);
        camera->infers = false;
        worker = start_worker();
        tell(brain::InferenceDone{camera->index, options_.hang_limit, true});
    }
    if (write_offs_ >= LiveStatus::kWriteOffsMax && model_error_.message.empty())
        model_error_ = {ErrorCode::internal,
                        fmt::format("{} workers were written off because experts hung; start again", write_offs_)};
}

void LiveRun::decode(LiveCamera& camera, std::unique_lock<std::mutex>& lock) {
    lock.unlock();
    const TimePoint began = monotonic_now();
    const Nanoseconds used = thread_cpu_time();
    camera.decoded.clear();
    if (camera.rewinds) camera.timeline.last = {};
    const Status status = camera.decoding_with->decode(camera.decoding, camera.decoded);
    camera.decoding = {};
    const Nanoseconds cost = thread_cpu_time() - used;
    camera.metrics.note(Stage::decode, monotonic_now() - began);
    camera.metrics.decoded.add(static_cast<double>(camera.decoded.size()));
    run_metrics_.spend(Part::decode, cost);
    lock.lock();
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

void LiveRun::infer(LiveCamera& camera, Worker& worker, std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Look> look = camera.look;
    lock.unlock();
    StageCosts costs;
    worker.experts.warm_up(camera.plan->experts, look->frame->picture.size);  // a new size: not a cost of this frame
    const TimePoint began = monotonic_now();
    worker.since = began;
    worker.looks_at = &camera;
    run_experts(camera, *look, worker, costs);
    lock.lock();
    worker.looks_at = nullptr;
    if (worker.is_written_off) return;
    lock.unlock();
    const bool changed = judge(camera, *look, began, costs);
    count(costs);
    lock.lock();
    camera.infers = false;
    look->frame.reset();
    tell(brain::InferenceDone{camera.index, costs.image + costs.inference + costs.track + costs.rule, false, changed}, true);
}

void LiveRun::run_experts(LiveCamera& camera, Look& look, Worker& worker, StageCosts& costs) {
    const auto failed = [&](const Error& error, bool concerns_frame) {
        const std::lock_guard lock(mutex_);
        if (worker.is_written_off) return;
        camera.trouble = error.message;
        if (!concerns_frame && model_error_.message.empty()) model_error_ = error;
    };
    reset(look.results, *camera.plan);
    try {
        worker.experts.run({*camera.plan, *look.frame, look.states}, look.results, costs, failed);
    } catch (const std::exception& exception) {  // an expert's own bug: it costs this frame and nothing else
        failed({ErrorCode::internal, fmt::format("an expert threw: {}", exception.what())}, true);
    }
}

/// Whether what the experts saw differs from what they saw before.
bool LiveRun::has_changed(LiveCamera& camera, const Look& look) {
    camera.boxes.clear();
    for (const ExpertResult& result : look.results)
        if (const auto* found = std::get_if<Detections>(&result.content))
            for (const Detection& detection : found->items) camera.boxes.push_back(detection.box);
    return camera.change.look(camera.boxes);
}

/// Tracks, rules and events out of what the experts said. True where something happens, of cameras that are lazy.
bool LiveRun::judge(LiveCamera& camera, Look& look, TimePoint began, StageCosts& costs) {
    const Frame& frame = *look.frame;
    bool changed = camera.plan->decode == brain::DecodePolicy::lazy && has_changed(camera, look);
    if (changed && camera.is_probe) return true;  // what was before comes first
    for (const auto& result : look.results)
        if (result.ran) camera.metrics.note_result(result.expert);
    LiveResult& result = writer_.take();
    result.camera = camera.plan;
    result.size = frame.picture.size;
    result.t = frame.t;
    result.sequence = frame.sequence;
    camera.scene->observe(frame, look.results, result.scene, costs.track, costs.rule);
    const TimePoint decided = monotonic_now();
    for (const auto& event : result.scene.events) camera.metrics.note_event(event.rule);
    changed = changed || !result.scene.events.empty();
    writer_.put(result);

    camera.metrics.note(Stage::image, costs.image);
    camera.metrics.note(Stage::inference, costs.inference);
    camera.metrics.note(Stage::track, costs.track);
    camera.metrics.note(Stage::rule, costs.rule);
    camera.metrics.note(Stage::wait, std::max(Nanoseconds{}, began - frame.arrived - frame.decode_cost));
    camera.metrics.note(camera.is_catch_up ? Stage::catch_up : Stage::total, decided - frame.arrived);
    camera.metrics.looked_at.increment();
    return changed;
}

void LiveRun::count(const StageCosts& costs) {
    run_metrics_.spend(Part::image, costs.image);
    run_metrics_.spend(Part::inference, costs.inference);
    run_metrics_.spend(Part::track, costs.track);
    run_metrics_.spend(Part::rule, costs.rule);
}

/// With the lock held.
bool LiveRun::all_ended() const {
    return std::all_of(cameras_.begin(), cameras_.end(),
                       [this](const auto& camera) { return camera->ended && !scheduler_.has_work(camera->index); });
}

/// With the lock held.
LiveStatus LiveRun::status_now(double wall_s) const {
    LiveStatus status;
    status.wall_s = wall_s;
    status.busy = scheduler_.busy();
    status.result_interval = scheduler_.result_interval();
    status.automatic_policy = brain::name(scheduler_.automatic_policy());
    status.interrupted = interrupted_;
    status.write_offs = write_offs_;
    status.model_error = model_error_;
    if (const Status written = writer_.status(); !written) status.output_error = written.error();
    for (const auto& camera : cameras_) {
        const CameraMetrics& metrics = camera->metrics;
        const Histogram& total = metrics.latency();
        LiveCameraStatus& out = status.cameras.emplace_back();
        out.name = camera->plan->name;
        out.address = source::live::without_secrets(camera->plan->address);
        out.is_up = camera->is_up;
        out.trouble = camera->trouble;
        out.packets = static_cast<std::int64_t>(metrics.received.value());
        out.frames_decoded = static_cast<std::int64_t>(metrics.decoded.value());
        out.results = static_cast<std::int64_t>(metrics.looked_at.value());
        out.caught_up = out.results - static_cast<std::int64_t>(total.count());
        out.events = metrics.events();
        out.reconnects = camera->reconnects;
        out.results_per_second = status.wall_s > 0 ? metrics.looked_at.value() / status.wall_s : 0;
        out.latency_p50_ms = 1e3 * total.quantile(0.5).value_or(0);
        out.latency_p99_ms = 1e3 * total.quantile(0.99).value_or(0);
        out.drops = metrics.drops();
    }
    return status;
}

LiveStatus LiveRun::run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status) {
    for (std::size_t i = 0; i < options_.workers; ++i) workers_.push_back(start_worker());
    for (auto& camera : cameras_) camera->receiver = std::thread([this, &camera] { receive(*camera); });

    TimePoint status_at = began_ + kStatusInterval;
    std::unique_lock lock(mutex_);
    while (true) {
        job_ended_.wait_for(lock, kTick, [this] { return all_ended(); });
        tell(brain::Tick{});
        write_off_the_hung();
        if (stop) interrupted_ = true;
        const bool is_over = options_.duration > Nanoseconds{} && monotonic_now() - began_ >= options_.duration;
        if (interrupted_ || is_over || all_ended() || !model_error_.message.empty() || !writer_.status()) break;
        if (monotonic_now() < status_at) continue;
        status_at += kStatusInterval;
        run_metrics_.measure_memory();
        const LiveStatus now = status_now(seconds(monotonic_now() - began_));
        lock.unlock();
        if (status) status(now);
        lock.lock();
    }
    const double wall_s = seconds(monotonic_now() - began_);
    lock.unlock();
    for (auto& camera : cameras_) camera->interrupt.raise();
    for (auto& camera : cameras_) camera->receiver.join();
    lock.lock();
    for (auto& camera : cameras_) tell(brain::CameraDown{camera->index});
    stopping_ = true;
    work_there_.notify_all();
    // What is under way is finished; who takes longer than that is left alone as if it hung.
    job_ended_.wait_for(lock, kDrainMax, [this] {
        return std::all_of(workers_.begin(), workers_.end(), [](const auto& worker) { return worker->has_ended; });
    });
    for (auto& worker : workers_) {
        if (worker->has_ended) continue;
        worker->is_written_off = true;
        worker->thread.detach();
        ++write_offs_;
    }
    lock.unlock();
    for (auto& worker : workers_)
        if (worker->thread.joinable()) worker->thread.join();
    writer_.close();
    lock.lock();
    return status_now(wall_s);
}

}  // namespace

LiveStatus run_live(const Plan& plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
                    Metrics& metrics, Log& log, const std::atomic<bool>& stop,
                    const std::function<void(const LiveStatus&)>& status) {
    auto run = std::make_shared<LiveRun>(plan, options, sinks, metrics, log);
    LiveStatus last;
    if (const Status opened = run->open(); opened)
        last = run->run(stop, status);
    else
        last.model_error = opened.error();
    if (last.write_offs > 0) last.abandoned = std::move(run);
    return last;
}

}  // namespace facet::engine
