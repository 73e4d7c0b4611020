#include "engine/live.h"

#include <algorithm>

#include "base/assert.h"
#include "base/denormals.h"
#include "base/random.h"
#include "engine/live_run.h"

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
constexpr auto kFootageCloseMax = std::chrono::milliseconds(1000);

brain::PacketKind kind_of(const ffmpeg::Unit& unit) {
    switch (unit.kind) {
        case ffmpeg::UnitKind::key: return brain::PacketKind::key;
        case ffmpeg::UnitKind::forward: return brain::PacketKind::forward;
        case ffmpeg::UnitKind::bidirectional: return brain::PacketKind::bidirectional;
        case ffmpeg::UnitKind::disposable: return brain::PacketKind::disposable;
    }
    return brain::PacketKind::forward;
}

}  // namespace

LiveRun::LiveRun(const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks, Metrics& metrics, Log& log,
                 std::unique_ptr<Footage> footage)
    : options_(options),
      metrics_(metrics),
      run_metrics_(metrics),
      log_(log),
      scheduler_({.workers = options.workers, .packets_pending_max = kPacketsPendingMax}),
      footage_(std::move(footage)),
      writer_(sinks, kResultsMax) {
    commands_.reserve(64);
    work_.reserve(options.workers);
}

/// A camera's own thread: connect, receive, and after a loss again.
void LiveRun::receive(LiveCamera& camera, Receiver& receiver) {
    source::live::Backoff backoff(mix(camera.index));
    bool is_over = false;
    while (!receiver.interrupt.is_raised() && !is_over) {
        const Status status = receive_connection(camera, receiver);
        is_over = status.has_value();
        if (!status) lose(camera, receiver, status.error(), backoff);
    }
    const std::lock_guard lock(mutex_);
    receiver.has_ended = true;
    if (!receiver.interrupt.is_raised()) {
        camera.ended = true;
        ++receivers_ended_;
    }
    wants_tending_ = true;
    job_ended_.notify_all();
}

/// One connection from its beginning to its end. Success means that there is nothing more to come.
Status LiveRun::receive_connection(LiveCamera& camera, Receiver& receiver) {
    // Only where all frames are wanted must they come in the order in which they are shown.
    const bool in_shown_order = receiver.plan.decode == brain::DecodePolicy::all;
    FACET_TRY(auto input, source::live::LiveInput::open(receiver.plan.address,
                                                        {.loop = receiver.plan.loop,
                                                         .without_reordering = !in_shown_order,
                                                         .poll = receiver.plan.poll,
                                                         .keep_originals = camera.footage->wants_packets()},
                                                        receiver.interrupt));
    FACET_TRY(const StreamPtr stream, input->parameters());
    FACET_TRY(std::shared_ptr<source::live::LiveDecoder> decoder, input->make_decoder(camera.timeline));
    {
        const std::lock_guard lock(mutex_);
        if (receiver.interrupt.is_raised()) return {};
        camera.decoder = std::move(decoder);
        camera.footage->connected(stream);
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
        if (const std::string notice = input->take_notice(); !notice.empty())
            log_.warning("camera '{}': {}", receiver.plan.name, notice);
        accept(camera, receiver, std::move(packet));
    }
}

void LiveRun::accept(LiveCamera& camera, Receiver& receiver, LivePacket packet) {
    const std::lock_guard lock(mutex_);
    if (receiver.interrupt.is_raised()) return;
    camera.footage->put(packet);
    if (packet.captured && *packet.captured <= packet.arrived)
        camera.metrics.note(Stage::transport, packet.arrived - *packet.captured);
    camera.metrics.note(Stage::receive, std::max(Nanoseconds{}, monotonic_now() - packet.arrived));
    camera.metrics.received.increment();
    const std::int64_t number = camera.packets++;
    const brain::PacketKind kind = kind_of(packet.unit);
    const std::size_t bytes = packet.bytes();
    camera.held.emplace_back(number, std::move(packet));
    tell(brain::PacketArrived{camera.index, number, kind, bytes});
}

/// Waits before the next try.
void LiveRun::lose(LiveCamera& camera, Receiver& receiver, const Error& error, source::live::Backoff& backoff) {
    const TimePoint now = monotonic_now();
    {
        const std::lock_guard lock(mutex_);
        if (receiver.interrupt.is_raised()) return;
        if (camera.is_up) backoff.succeeded();
        camera.is_up = false;
        camera.trouble = error.message;
        ++camera.reconnects;
        camera.metrics.up.set(0);
        tell(brain::CameraDown{camera.index});
    }
    run_metrics_.note_reconnect(camera.name, name(error.code));
    const Nanoseconds wait = backoff.next(now);
    log_.warning("camera '{}' is away: {}; next try in {:.1f} s", camera.name, error.message, seconds(wait));
    receiver.interrupt.wait_until(now + wait);
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
    const CameraPtr& owner = cameras_[command.camera];
    LiveCamera& camera = *owner;
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
                auto kept = found->second.reference();
                FACET_ASSERT(kept);  // fails only where memory for a few bytes is missing
                camera.decoding = std::move(*kept);
            } else {
                FACET_ASSERT(found == camera.held.begin());
                camera.decoding = std::move(found->second);
                camera.held.pop_front();
            }
            camera.decoding_with = camera.decoder;
            camera.decodes = true;
            camera.rewinds = command.rewinds;
            work_.push_back({owner, false});
            break;
        }
        case CommandKind::infer:
            FACET_ASSERT(!camera.infers);
            camera.look->frame = take_frame();
            camera.is_catch_up = command.is_catch_up;
            camera.is_probe = command.is_probe;
            camera.infers = true;
            work_.push_back({owner, true});
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

std::shared_ptr<Worker> LiveRun::start_worker() {
    auto worker = std::make_shared<Worker>(options_.session);
    worker->generation = generation_;
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
        work_there_.wait(lock, [&] { return !work_.empty() || stopping_ || worker.generation != generation_; });
        if (worker.generation != generation_) follow_plan(worker, lock);
        if (work_.empty()) {
            if (stopping_) return;
            continue;
        }
        const Work next = std::move(work_.front());
        work_.erase(work_.begin());
        if (next.is_inference)
            infer(*next.camera, worker, lock);
        else
            decode(*next.camera, lock);
        if (worker.is_written_off) return;
        if (receivers_ended_ > 0) job_ended_.notify_all();
    }
}

/// Takes the sessions that were made for it and lets go of those that the plan does not need any more.
void LiveRun::follow_plan(Worker& worker, std::unique_lock<std::mutex>& lock) {
    worker.generation = generation_;
    const std::unique_ptr<WorkerExperts> prepared = std::move(worker.prepared);
    const std::shared_ptr<const Plan> plan = plan_;
    lock.unlock();
    if (prepared) worker.experts.take(std::move(*prepared));
    worker.experts.keep_only(*plan);
    lock.lock();
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
        run_metrics_.note_write_off(camera->name);
        camera->trouble = fmt::format("an expert hung for {:.0f} s", seconds(now - worker->since.load()));
        log_.error("camera '{}': {}; its worker is replaced ({} so far)", camera->name, camera->trouble, write_offs_);
        camera->look = new_look(camera->look->own);
        camera->infers = false;
        if (camera->next) camera->go_over(metrics_);
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
        camera.size = frame->picture.size;
        camera.waiting.emplace_back(number, std::move(frame));
        tell(brain::FrameDecoded{camera.index, number, arrived});
    }
    tell(brain::DecodeDone{camera.index, cost, !status}, true);
}

void LiveRun::infer(LiveCamera& camera, Worker& worker, std::unique_lock<std::mutex>& lock) {
    const std::shared_ptr<Look> look = camera.look;
    lock.unlock();
    StageCosts costs;
    // A new size: not a cost of this frame.
    static_cast<void>(worker.experts.warm_up(*look->own, look->plan->experts, look->frame->picture.size));
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
    if (camera.next) camera.go_over(metrics_);
    tell(brain::InferenceDone{camera.index, costs.image + costs.inference + costs.track + costs.rule, false, changed}, true);
}

void LiveRun::run_experts(LiveCamera& camera, Look& look, Worker& worker, StageCosts& costs) {
    const auto failed = [&](const Error& error, bool concerns_frame) {
        const std::lock_guard lock(mutex_);
        if (worker.is_written_off) return;
        camera.trouble = error.message;
        if (!concerns_frame && model_error_.message.empty()) model_error_ = error;
    };
    reset(look.results, *look.plan);
    try {
        worker.experts.run({*look.own, *look.plan, *look.frame, look.states}, look.results, costs, failed);
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
    bool changed = look.plan->decode == brain::DecodePolicy::lazy && has_changed(camera, look);
    if (changed && camera.is_probe) return true;  // what was before comes first
    for (const auto& result : look.results)
        if (result.ran) camera.metrics.note_result(result.expert);
    LiveResult& result = writer_.take();
    result.camera = look.plan;
    result.size = frame.picture.size;
    result.t = frame.t;
    result.sequence = frame.sequence;
    camera.scene->observe(frame, look.results, result.scene, costs.track, costs.rule);
    const TimePoint decided = monotonic_now();
    result.decided = decided;
    result.written = &camera.metrics.stage(Stage::sink);
    for (const auto& event : result.scene.events) camera.metrics.note_event(event.rule);
    changed = changed || !result.scene.events.empty();
    if (!result.scene.events.empty() && camera.footage->has_evidence()) {
        result.footage = camera.footage;
        result.frame = look.frame;
    }
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

/// With the lock held. Cameras that can be given work by another plan do not count as ended.
bool LiveRun::all_ended() const {
    bool is_there_one = false;
    for (const auto& camera : cameras_) {
        if (!camera) continue;
        is_there_one = true;
        if (!camera->ended || scheduler_.has_work(camera->index)) return false;
    }
    return is_there_one;
}

LiveStatus LiveRun::run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status) {
    TimePoint status_at = began_ + kStatusInterval;
    std::unique_lock lock(mutex_);
    if (footage_) footage_->start([this] { writer_.evidence_settled(); });
    for (std::size_t i = 0; i < options_.workers; ++i) workers_.push_back(start_worker());
    if (output_error_.message.empty()) tend_cameras();
    while (model_error_.message.empty() && output_error_.message.empty()) {
        job_ended_.wait_for(lock, kTick, [this] { return wants_tending_ || all_ended(); });
        tell(brain::Tick{});
        write_off_the_hung();
        tend_cameras();
        if (stop) interrupted_ = true;
        const bool is_over = options_.duration > Nanoseconds{} && monotonic_now() - began_ >= options_.duration;
        if (interrupted_ || is_over || all_ended() || !writer_.status()) break;
        if (monotonic_now() < status_at) continue;
        status_at += kStatusInterval;
        sample();
        const LiveStatus now = status_now();
        lock.unlock();
        if (status) status(now);
        lock.lock();
    }
    wall_s_ = seconds(monotonic_now() - began_);
    drain(lock);
    writer_.close();
    const bool is_footage_closed = !footage_ || footage_->close(kFootageCloseMax);
    lock.lock();
    left_someone_alone_ |= !is_footage_closed;
    LiveStatus last = status_now();
    if (write_offs_ > 0 || left_someone_alone_) last.abandoned = shared_from_this();
    return last;
}

/// What is under way is finished; who takes longer than that is left alone as if it hung. Unlocks.
void LiveRun::drain(std::unique_lock<std::mutex>& lock) {
    for (auto& camera : cameras_)
        if (camera) {
            const bool was_up = camera->is_up;  // at the end, for the summary
            end_receiver(*camera);
            camera->is_up = was_up;
        }
    stopping_ = true;
    work_there_.notify_all();
    const auto has_ended = [](const auto& thread) { return !thread || thread->has_ended; };
    job_ended_.wait_for(lock, kDrainMax, [&] {
        return std::all_of(workers_.begin(), workers_.end(), has_ended) &&
               std::all_of(cameras_.begin(), cameras_.end(),
                           [&](const auto& camera) { return !camera || has_ended(camera->receiver); });
    });
    for (auto& worker : workers_) {
        if (worker->has_ended) continue;
        worker->is_written_off = true;
        worker->thread.detach();
        ++write_offs_;
    }
    std::vector<std::thread> ended;
    for (auto& worker : workers_)
        if (worker->thread.joinable()) ended.push_back(std::move(worker->thread));
    for (auto& camera : cameras_) {
        if (!camera || !camera->receiver) continue;
        if (camera->receiver->has_ended) {
            ended.push_back(std::move(camera->receiver->thread));
        } else {
            camera->receiver->thread.detach();
            left_someone_alone_ = true;
        }
    }
    lock.unlock();
    for (auto& thread : ended) thread.join();
}

Live::Live(std::shared_ptr<const Plan> plan, const LiveOptions& options, std::span<const std::unique_ptr<sink::Sink>> sinks,
           Metrics& metrics, Log& log)
    : run_([&] {
          auto footage = Footage::create(*plan, metrics, log);
          auto run = std::make_shared<LiveRun>(options, sinks, metrics, log, footage ? std::move(*footage) : nullptr);
          if (!footage) run->fail_with_output(footage.error());
          return run;
      }()) {
    if (const auto begun = run_->change(std::move(plan), options.latency_target); !begun) run_->fail_with(begun.error());
}
Live::~Live() = default;

LiveStatus Live::run(const std::atomic<bool>& stop, const std::function<void(const LiveStatus&)>& status) {
    return run_->run(stop, status);
}
Result<LiveChange> Live::change(std::shared_ptr<const Plan> plan, Nanoseconds latency_target) {
    return run_->change(std::move(plan), latency_target);
}
void Live::note_refused() { run_->note_refused(); }
LiveStatus Live::status() const { return run_->status(); }
std::shared_ptr<const Plan> Live::plan() const { return run_->plan(); }

}  // namespace facet::engine
