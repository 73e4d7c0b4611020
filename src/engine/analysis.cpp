#include "engine/analysis.h"

#include <algorithm>
#include <condition_variable>
#include <latch>
#include <mutex>

#include "base/assert.h"
#include "engine/executor.h"

namespace facet::engine {

namespace {

// Enough that decoding, which is serial within a camera, feeds all cores. A constant, since the order of writing depends on
// it.
constexpr std::size_t kCamerasOpenMax = 4;
// A camera that has waited decodes so many frames in a row: a decoder that takes turns with a network finds the caches cold.
constexpr std::size_t kDecodeBurst = 4;
constexpr auto kProgressInterval = std::chrono::milliseconds(100);  // also how soon Ctrl-C is seen

class Pipeline;
struct CameraRun;

enum class SlotState { free, decoded, inferred, observed };

/// One frame on its way through the stages; the job that runs its experts.
struct Slot : Job {
    Pipeline* pipeline = nullptr;
    CameraRun* camera = nullptr;
    SlotState state = SlotState::free;
    FramePtr frame;
    std::vector<ExpertResult> results;
    SceneResult scene;
    StageCosts costs;

    void run(std::size_t worker) override;
};

/// A stage of a camera, or the writing of all, as a job.
struct StageJob : Job {
    Pipeline* pipeline = nullptr;
    CameraRun* camera = nullptr;
    void (Pipeline::*stage)(CameraRun*, std::size_t worker) = nullptr;

    void run(std::size_t worker) override { (pipeline->*stage)(camera, worker); }
};

/// Prepares one worker. Ends on no worker before all have begun theirs, so that every worker gets exactly one.
struct WarmUpJob : Job {
    Pipeline* pipeline = nullptr;

    void run(std::size_t worker) override;
};

/// An open camera. Slots are used in a ring; the three counters say how far each stage has come.
struct CameraRun {
    const CameraPlan* plan = nullptr;
    std::size_t index = 0;
    std::unique_ptr<source::Source> source;
    std::unique_ptr<CameraScene> scene;
    std::vector<std::unique_ptr<expert::State>> states;  // per expert of the plan; null where it has no memory
    std::vector<Slot> slots;
    StageJob decode_job;
    StageJob scene_job;
    std::int64_t decoded = 0;
    std::int64_t observed = 0;
    std::int64_t written = 0;
    bool ended = false;         // no more frames will be decoded
    bool decode_waits = false;  // for a free slot
    bool scene_runs = false;
    Nanoseconds started{};  // place of its first frame in the order of writing
    std::int64_t frames_expected = 0;

    bool is_done() const { return ended && written == decoded; }
    std::size_t slots_free() const { return slots.size() - static_cast<std::size_t>(decoded - written); }
    Slot& slot(std::int64_t number) { return slots[static_cast<std::size_t>(number) % slots.size()]; }
};

class Pipeline {
public:
    Pipeline(const Plan& plan, const Plugins& plugins, const AnalysisOptions& options,
             std::span<const std::unique_ptr<sink::Sink>> sinks, Observer* observer)
        : plan_(plan),
          plugins_(plugins),
          options_(options),
          sinks_(sinks),
          observer_(observer),
          warm_up_jobs_(options.workers),
          all_warm_(static_cast<std::ptrdiff_t>(options.workers) + 1) {
        write_job_.pipeline = this;
        write_job_.stage = &Pipeline::write;
        for (std::size_t i = 0; i < options.workers; ++i) workers_.emplace_back(options.session);
        for (const auto& camera : plan.cameras) summary_.cameras.push_back({camera.name, camera.address, 0, false});
    }

    AnalysisSummary run(const std::atomic<bool>& stop, const std::function<void(const Progress&)>& progress);
    void infer(Slot& slot, std::size_t worker);
    void warm_up(std::size_t worker);

private:
    void warm_up();
    void admit(std::unique_lock<std::mutex>& lock);
    Result<std::unique_ptr<CameraRun>> open(std::size_t index);
    void decode(CameraRun* camera, std::size_t worker);
    void observe(CameraRun* camera, std::size_t worker);
    void write(CameraRun* camera, std::size_t worker);
    void write_slot(CameraRun& camera, Slot& slot);
    CameraRun* next_to_write();
    void run_experts(Slot& slot, Memory memory, std::size_t worker);
    void count_error(const std::string& cause, const std::string& message, std::int64_t count = 1);
    void wake_write();
    void retire(std::unique_lock<std::mutex>& lock);

    const Plan& plan_;
    const Plugins& plugins_;
    const AnalysisOptions& options_;
    std::span<const std::unique_ptr<sink::Sink>> sinks_;
    Observer* observer_;
    std::vector<WorkerExperts> workers_;
    StageJob write_job_;
    std::vector<WarmUpJob> warm_up_jobs_;
    std::latch all_warm_;  // a member: the last to leave it may be a worker

    std::mutex mutex_;  // guards all below, and the counters and slot states of the cameras
    std::condition_variable done_;
    std::vector<std::unique_ptr<CameraRun>> cameras_;  // open ones, in the order of the plan
    std::size_t admitted_ = 0;
    bool write_runs_ = false;
    bool stopping_ = false;
    Nanoseconds written_until_{};
    AnalysisSummary summary_;
    const TimePoint called_ = monotonic_now();
    TimePoint began_{};  // all is open and loaded: the first frame is asked for
    Executor* executor_ = nullptr;
};

void Slot::run(std::size_t worker) { pipeline->infer(*this, worker); }

void WarmUpJob::run(std::size_t worker) { pipeline->warm_up(worker); }

/// Measures the CPU time of a scope into a sum.
class Measured {
public:
    explicit Measured(Nanoseconds& sum) : sum_(sum), began_(thread_cpu_time()) {}
    ~Measured() { sum_ += thread_cpu_time() - began_; }
    Measured(const Measured&) = delete;
    Measured& operator=(const Measured&) = delete;

private:
    Nanoseconds& sum_;
    Nanoseconds began_;
};

AnalysisSummary Pipeline::run(const std::atomic<bool>& stop, const std::function<void(const Progress&)>& progress) {
    {
        Executor executor(options_.workers);
        executor_ = &executor;
        std::unique_lock lock(mutex_);
        write_runs_ = true;  // cameras are opened and closed by one thread at a time: now by this one, then by the write job
        admit(lock);
        lock.unlock();
        warm_up();
        lock.lock();
        began_ = monotonic_now();
        summary_.startup_s = seconds(began_ - called_);
        summary_.startup_cpu_s = seconds(process_cpu_time());
        for (const auto& camera : cameras_) executor_->submit(camera->decode_job, JobRank::decode);
        write_runs_ = false;
        wake_write();
        const auto finished = [this] { return cameras_.empty() && !write_runs_; };
        while (!done_.wait_for(lock, kProgressInterval, finished)) {
            if (stop && !stopping_) {
                stopping_ = true;
                summary_.interrupted = true;
            }
            Progress now{summary_.frames, 0, seconds(monotonic_now() - began_)};
            for (const auto& camera : cameras_) now.frames_expected += camera->frames_expected;
            lock.unlock();
            if (progress) progress(now);
            lock.lock();
        }
    }
    summary_.wall_s = seconds(monotonic_now() - began_);
    return std::move(summary_);
}

void Pipeline::count_error(const std::string& cause, const std::string& message, std::int64_t count) {
    constexpr std::size_t kMessagesMax = 100;
    std::int64_t& total = summary_.errors[cause];
    const bool known = std::find(summary_.messages.begin(), summary_.messages.end(), message) != summary_.messages.end();
    if (!known && summary_.messages.size() < kMessagesMax) summary_.messages.push_back(message);
    total += count;
}

/// Has every worker load what the open cameras need, all at once: the first frames wait for nothing, and the rate that is
/// reported is the rate that lasts.
void Pipeline::warm_up() {
    for (auto& job : warm_up_jobs_) {
        job.pipeline = this;
        executor_->submit(job, JobRank::finish);
    }
    all_warm_.arrive_and_wait();
}

void Pipeline::warm_up(std::size_t worker) {
    for (const auto& camera : cameras_)
        static_cast<void>(workers_[worker].warm_up(plan_, camera->plan->experts, camera->source->facts().size));
    all_warm_.arrive_and_wait();
}

/// Opens cameras until enough are open. The lock is given up while one is opened.
void Pipeline::admit(std::unique_lock<std::mutex>& lock) {
    while (cameras_.size() < kCamerasOpenMax && admitted_ < plan_.cameras.size() && !stopping_) {
        const std::size_t index = admitted_++;
        lock.unlock();
        auto camera = open(index);
        lock.lock();
        if (!camera) {
            count_error("input", camera.error().message);
            continue;
        }
        summary_.cameras[index].opened = true;
        (*camera)->started = written_until_;
        cameras_.push_back(std::move(*camera));
        if (began_ != TimePoint{}) executor_->submit(cameras_.back()->decode_job, JobRank::decode);
    }
}

Result<std::unique_ptr<CameraRun>> Pipeline::open(std::size_t index) {
    const CameraPlan& plan = plan_.cameras[index];
    const auto info = std::find_if(plugins_.sources.begin(), plugins_.sources.end(),
                                   [&](const source::SourceInfo* source) { return source->takes(plan.address); });
    if (info == plugins_.sources.end())
        return fail(ErrorCode::invalid_argument, "{}: no source takes this address", plan.address);
    FACET_TRY(auto source, (*info)->open(plan.address));
    const source::SourceFacts& facts = source->facts();

    auto camera = std::make_unique<CameraRun>();
    camera->plan = &plan;
    camera->index = index;
    FACET_TRY(camera->scene, CameraScene::create(plan_, plan, facts.is_still, observer_ != nullptr));
    camera->frames_expected = facts.frames;
    if (options_.frames_max > 0)
        camera->frames_expected = facts.frames > 0 ? std::min(facts.frames, options_.frames_max) : options_.frames_max;
    camera->source = std::move(source);
    for (const std::size_t expert : plan.experts)
        camera->states.push_back(plan_.experts[expert].loaded->expert->new_state());
    // One slot per worker in inference, one being observed, one to spare, and those that are decoded in a row: nobody waits
    // for a slot while a core is free.
    camera->slots = std::vector<Slot>(options_.workers + 2 + kDecodeBurst);
    for (auto& slot : camera->slots) {
        slot.pipeline = this;
        slot.camera = camera.get();
    }
    const auto set_up = [&](StageJob& job, void (Pipeline::*stage)(CameraRun*, std::size_t)) {
        job.pipeline = this;
        job.camera = camera.get();
        job.stage = stage;
    };
    set_up(camera->decode_job, &Pipeline::decode);
    set_up(camera->scene_job, &Pipeline::observe);
    return camera;
}

/// Decodes until no slot is free.
void Pipeline::decode(CameraRun* camera, std::size_t) {
    std::unique_lock lock(mutex_);
    while (camera->slot(camera->decoded).state == SlotState::free) {
        Result<FramePtr> frame = FramePtr();
        if (!stopping_ && (options_.frames_max == 0 || camera->decoded < options_.frames_max)) {
            lock.unlock();
            frame = camera->source->next();
            lock.lock();
        }
        if (!frame) count_error("decode", frame.error().message);
        if (!frame || !*frame) {
            camera->ended = true;
            wake_write();
            return;
        }
        Slot& slot = camera->slot(camera->decoded);
        slot.frame = std::move(*frame);
        slot.state = SlotState::decoded;
        slot.costs = {};
        slot.costs.decode = slot.frame->decode_cost;
        ++camera->decoded;
        executor_->submit(slot, JobRank::inference);
    }
    camera->decode_waits = true;
}

void Pipeline::run_experts(Slot& slot, Memory memory, std::size_t worker) {
    const FrameExperts run{plan_, *slot.camera->plan, *slot.frame, slot.camera->states, memory, options_.every};
    workers_[worker].run(run, slot.results, slot.costs, [this](const Error& error, bool concerns_frame) {
        const std::lock_guard lock(mutex_);
        if (concerns_frame) {
            count_error("inference", error.message);
        } else if (summary_.model_error.message.empty()) {
            summary_.model_error = error;
            stopping_ = true;
        }
    });
}

void Pipeline::infer(Slot& slot, std::size_t worker) {
    reset(slot.results, *slot.camera->plan);
    run_experts(slot, Memory::without, worker);

    const std::lock_guard lock(mutex_);
    CameraRun& camera = *slot.camera;
    slot.state = SlotState::inferred;
    if (!camera.scene_runs && camera.slot(camera.observed).state == SlotState::inferred) {
        camera.scene_runs = true;
        executor_->submit(camera.scene_job, JobRank::finish);
    }
}

void Pipeline::observe(CameraRun* camera, std::size_t worker) {
    std::unique_lock lock(mutex_);
    while (camera->slot(camera->observed).state == SlotState::inferred) {
        Slot& slot = camera->slot(camera->observed);
        lock.unlock();
        run_experts(slot, Memory::with, worker);
        camera->scene->observe(*slot.frame, slot.results, slot.scene, slot.costs.track, slot.costs.rule);
        lock.lock();
        slot.state = SlotState::observed;
        ++camera->observed;
        wake_write();
    }
    camera->scene_runs = false;
}

/// With the lock held.
void Pipeline::wake_write() {
    if (write_runs_) return;
    write_runs_ = true;
    executor_->submit(write_job_, JobRank::finish);
}

/// The camera whose oldest frame is next in the order of writing, or null while some camera's oldest frame is not there yet.
/// With the lock held.
CameraRun* Pipeline::next_to_write() {
    CameraRun* next = nullptr;
    Nanoseconds next_time{};
    for (const auto& camera : cameras_) {
        const Slot& slot = camera->slot(camera->written);
        if (slot.state != SlotState::observed) return nullptr;
        const Nanoseconds time = camera->started + slot.frame->t;
        if (next && next_time <= time) continue;
        next = camera.get();
        next_time = time;
    }
    if (next) written_until_ = std::max(written_until_, next_time);
    return next;
}

void Pipeline::write(CameraRun*, std::size_t) {
    std::unique_lock lock(mutex_);
    while (true) {
        retire(lock);
        admit(lock);
        // One that ended meanwhile is retired before anything else is written: its successor's place in time depends on it.
        if (std::any_of(cameras_.begin(), cameras_.end(), [](const auto& camera) { return camera->is_done(); })) continue;
        CameraRun* camera = next_to_write();
        if (!camera) break;
        Slot& slot = camera->slot(camera->written);
        lock.unlock();
        write_slot(*camera, slot);
        lock.lock();
        slot.frame.reset();
        slot.state = SlotState::free;
        ++camera->written;
        if (camera->decode_waits && camera->slots_free() >= kDecodeBurst) {
            camera->decode_waits = false;
            executor_->submit(camera->decode_job, JobRank::decode);
        }
    }
    write_runs_ = false;
    if (cameras_.empty()) done_.notify_one();
}

/// Takes over what ended cameras have to say, and closes them. The lock is given up while they are closed.
void Pipeline::retire(std::unique_lock<std::mutex>& lock) {
    std::vector<std::unique_ptr<CameraRun>> ended;
    for (auto& camera : cameras_)
        if (camera->is_done()) ended.push_back(std::move(camera));
    if (ended.empty()) return;
    std::erase(cameras_, nullptr);
    for (const auto& camera : ended)
        for (const auto& damage : camera->source->damage()) count_error(damage.cause, damage.message, damage.count);
    lock.unlock();
    ended.clear();
    lock.lock();
}

void Pipeline::write_slot(CameraRun& camera, Slot& slot) {
    const bool inferred =
        std::any_of(slot.results.begin(), slot.results.end(), [](const auto& result) { return result.ran; });
    Status status;
    {
        const Measured measured(slot.costs.sink);
        sink::FrameRecord record;
        record.camera = camera.plan->name;
        record.source = slot.frame->picture_path.empty() ? std::string_view(camera.plan->address) : slot.frame->picture_path;
        record.size = slot.frame->picture.size;
        record.t = slot.frame->t;
        record.sequence = slot.frame->sequence;
        record.detected = slot.scene.detected;
        record.objects = slot.scene.objects;
        record.tracks = slot.scene.tracks;
        record.events = slot.scene.events;
        if (observer_) record.overlay = observer_->observe(*slot.frame, *camera.plan, slot.results, slot.scene);
        for (const auto& sink : sinks_)
            if (status) status = sink->write(record);
    }
    const std::lock_guard lock(mutex_);
    if (summary_.frames == 0) summary_.first_result_s = seconds(monotonic_now() - called_);
    ++summary_.frames;
    ++summary_.cameras[camera.index].frames;
    summary_.frames_inferred += inferred ? 1 : 0;
    summary_.events += static_cast<std::int64_t>(slot.scene.events.size());
    summary_.costs += slot.costs;
    if (!inferred && !slot.results.empty()) ++summary_.skipped[std::string(slot.results.front().reason)];
    for (const auto& result : slot.results)
        if (result.ran &&
            std::find(summary_.variants.begin(), summary_.variants.end(), result.variant) == summary_.variants.end())
            summary_.variants.push_back(result.variant);
    if (!status && summary_.output_error.message.empty()) {
        summary_.output_error = status.error();
        stopping_ = true;
    }
}

}  // namespace

AnalysisSummary analyze(const Plan& plan, const Plugins& plugins, const AnalysisOptions& options,
                        std::span<const std::unique_ptr<sink::Sink>> sinks, Observer* observer,
                        const std::atomic<bool>& stop, const std::function<void(const Progress&)>& progress) {
    return Pipeline(plan, plugins, options, sinks, observer).run(stop, progress);
}

}  // namespace facet::engine
