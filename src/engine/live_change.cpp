// A live run goes over to another plan, and its cameras begin and end.
#include <algorithm>

#include "base/assert.h"
#include "engine/live_run.h"

namespace facet::engine {

namespace {

/// A receiver that has not ended so long after it was asked to (a name server that does not answer) is left alone.
constexpr auto kReceiverEndMax = std::chrono::seconds(2);
/// So many at a time; a further one is waited for, and its camera with it.
constexpr std::size_t kLeftAloneMax = 64;

/// How a camera differs from what it was.
struct Difference {
    bool anything = false;
    bool scene = false;     ///< experts, masks, rules, tracker
    bool receiver = false;  ///< where or how its packets are received
    bool camera = false;    ///< something that is only looked at when a camera begins
};

bool runs_the_same(const CameraPlan& before, const Plan& before_plan, const CameraPlan& after, const Plan& after_plan) {
    return std::equal(before.experts.begin(), before.experts.end(), after.experts.begin(), after.experts.end(),
                      [&](std::size_t a, std::size_t b) {
                          return before_plan.experts[a].loaded == after_plan.experts[b].loaded &&
                                 before_plan.experts[a].text == after_plan.experts[b].text;
                      });
}

Difference compare(const CameraPlan& before, const Plan& before_plan, const CameraPlan& after, const Plan& after_plan) {
    constexpr std::array<std::string_view, 4> kOfScene{"experts", "tracker", "masks", "rules"};
    constexpr std::array<std::string_view, 3> kOfReceiver{"source", "loop", "poll"};
    constexpr std::array<std::string_view, 4> kOfTerms{"priority", "decode", "paused", "live"};
    const auto is_in = [](const auto& keys, std::string_view key) {
        return std::find(keys.begin(), keys.end(), key) != keys.end();
    };
    const auto text = [](const CameraPlan& camera, std::string_view key) {
        const config::Node* node = camera.node.find(key);
        return node ? config::to_json(*node) : "";
    };
    Difference difference;
    difference.scene = !runs_the_same(before, before_plan, after, after_plan);
    const auto is_all = [](const CameraPlan& camera) { return camera.decode == brain::DecodePolicy::all; };
    difference.receiver = is_all(before) != is_all(after);
    for (const auto& row : camera_options()) {
        if (text(before, row.key) == text(after, row.key)) continue;
        difference.anything = true;
        if (is_in(kOfScene, row.key)) {
            difference.scene = true;
        } else if (is_in(kOfReceiver, row.key)) {
            difference.receiver = true;
        } else if (!is_in(kOfTerms, row.key)) {
            difference.camera = true;
        }
    }
    difference.anything = difference.anything || difference.scene;
    return difference;
}

bool names(const Plan& plan, const expert::LoadedExpert* loaded) {
    return std::any_of(plan.experts.begin(), plan.experts.end(),
                       [&](const PlannedExpert& expert) { return expert.loaded.get() == loaded; });
}

brain::CameraTerms terms_of(const CameraPlan& camera, Nanoseconds latency_target) {
    return {.weight = camera.weight, .latency_target = latency_target, .policy = camera.decode};
}

}  // namespace

std::shared_ptr<Look> new_look(std::shared_ptr<const Plan> own) {
    auto look = std::make_shared<Look>();
    look->plan = std::shared_ptr<const CameraPlan>(own, &own->cameras.front());
    look->own = std::move(own);
    for (const std::size_t expert : look->plan->experts)
        look->states.push_back(look->own->experts[expert].loaded->expert->new_state());
    return look;
}

LiveCamera::LiveCamera(std::shared_ptr<Look> first_look, std::unique_ptr<CameraScene> first_scene, Metrics& registry)
    : name(first_look->plan->name),
      metrics(registry, *first_look->plan, *first_look->own),
      look(std::move(first_look)),
      scene(std::move(first_scene)) {}

void LiveCamera::go_over(Metrics& registry) {
    FACET_ASSERT(next && !infers);
    next->scene->inherit(*scene);
    for (std::size_t i = 0; i < next->look->states.size(); ++i)
        for (std::size_t old = 0; old < look->states.size(); ++old)
            if (next->look->own->experts[i].loaded == look->own->experts[old].loaded && look->states[old])
                next->look->states[i] = std::move(look->states[old]);
    scene = std::move(next->scene);
    look = std::move(next->look);
    next.reset();
    metrics.follow(registry, *look->plan, *look->own);
}

/// What a change will do, made ready without the lock.
struct LiveRun::Steps {
    struct Stay {
        CameraPtr camera;
        std::size_t position = 0;
        Difference difference;
        std::optional<LiveCamera::Next> next;
    };
    std::shared_ptr<const Plan> plan;
    LiveChange report;
    std::vector<CameraPtr> added;
    std::vector<CameraPtr> removed;
    std::vector<Stay> stays;
    std::vector<std::unique_ptr<WorkerExperts>> prepared;
};

void LiveRun::note_refused() { run_metrics_.note_reload(false); }

std::shared_ptr<const Plan> LiveRun::plan() const {
    const std::lock_guard lock(mutex_);
    return plan_;
}

Result<LiveChange> LiveRun::change(std::shared_ptr<const Plan> plan, Nanoseconds latency_target) {
    const std::lock_guard one(change_mutex_);
    FACET_TRY(auto steps, plan_steps(plan));
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(ErrorCode::unavailable, "the run is at its end: nothing was changed");
    options_.latency_target = latency_target;
    if (plan_) run_metrics_.note_reload(true);
    carry_out(steps);
    wants_tending_ = true;
    job_ended_.notify_all();
    work_there_.notify_all();
    return std::move(steps.report);
}

Result<LiveRun::Steps> LiveRun::plan_steps(const std::shared_ptr<const Plan>& plan) {
    Steps steps;
    steps.plan = plan;
    std::shared_ptr<const Plan> before;
    std::map<std::string, CameraPtr> present;
    {
        const std::lock_guard lock(mutex_);
        before = plan_ ? plan_ : std::make_shared<const Plan>();
        for (const auto& camera : cameras_)
            if (camera && !camera->is_removed) present[camera->name] = camera;
    }
    for (std::size_t i = 0; i < plan->cameras.size(); ++i) {
        const CameraPlan& camera = plan->cameras[i];
        const auto found = present.find(camera.name);
        if (found == present.end()) {
            steps.report.added.push_back(camera.name);
            FACET_CHECK(add(steps, i));
            continue;
        }
        const auto old = std::find_if(before->cameras.begin(), before->cameras.end(),
                                      [&](const CameraPlan& other) { return other.name == camera.name; });
        Steps::Stay stay{found->second, i, compare(*old, *before, camera, *plan), {}};
        if (stay.difference.camera) {
            steps.report.restarted.push_back(camera.name);
            FACET_CHECK(add(steps, i));
            continue;  // the one of before is removed
        }
        if (stay.difference.scene) {
            auto look = new_look(plan_of_camera(*plan, i));
            FACET_TRY(auto scene, CameraScene::create(*look->own, *look->plan, false, false));
            stay.next = LiveCamera::Next{std::move(look), std::move(scene)};
        }
        if (stay.difference.receiver) {
            steps.report.restarted.push_back(camera.name);
        } else if (stay.difference.anything) {
            steps.report.changed.push_back(camera.name);
        } else {
            ++steps.report.unchanged;
        }
        steps.stays.push_back(std::move(stay));
        present.erase(found);
    }
    for (const auto& entry : present) {
        const std::string& name = entry.first;
        steps.removed.push_back(entry.second);
        if (std::none_of(plan->cameras.begin(), plan->cameras.end(),
                         [&](const auto& camera) { return camera.name == name; }))
            steps.report.removed.push_back(name);
    }
    for (const auto& expert : plan->experts)
        if (!names(*before, expert.loaded.get())) steps.report.experts_loaded.push_back(expert.config.name);
    for (const auto& expert : before->experts)
        if (!names(*plan, expert.loaded.get())) steps.report.experts_let_go.push_back(expert.config.name);
    FACET_CHECK(prepare_experts(*before, *plan, steps));
    return steps;
}

Status LiveRun::add(Steps& steps, std::size_t position) {
    auto look = new_look(plan_of_camera(*steps.plan, position));
    FACET_TRY(auto scene, CameraScene::create(*look->own, *look->plan, false, false));
    auto camera = std::make_shared<LiveCamera>(std::move(look), std::move(scene), metrics_);
    camera->position = position;
    if (footage_) camera->footage = footage_->add(steps.plan->cameras[position]);
    steps.added.push_back(std::move(camera));
    return {};
}

/// Makes each worker's sessions of new experts for the cameras whose pictures are known; others are made at a first frame.
Status LiveRun::prepare_experts(const Plan& before, const Plan& after, Steps& steps) const {
    std::size_t workers = 0;
    std::map<std::size_t, Size> sizes;  // by position
    {
        const std::lock_guard lock(mutex_);
        workers = workers_.size();
        for (const auto& stay : steps.stays) sizes[stay.position] = stay.camera->size;
    }
    for (std::size_t worker = 0; worker < workers; ++worker) {
        auto prepared = std::make_unique<WorkerExperts>(options_.session);
        for (const auto& [position, size] : sizes) {
            std::vector<std::size_t> fresh;
            for (const std::size_t expert : after.cameras[position].experts)
                if (!names(before, after.experts[expert].loaded.get())) fresh.push_back(expert);
            FACET_CHECK(prepared->warm_up(after, fresh, size));
        }
        steps.prepared.push_back(std::move(prepared));
    }
    return {};
}

/// With the lock held.
void LiveRun::carry_out(Steps& steps) {
    for (const auto& camera : steps.removed) {
        camera->is_removed = true;
        end_receiver(*camera);
    }
    for (auto& stay : steps.stays) {
        LiveCamera& camera = *stay.camera;
        const CameraPlan& plan = steps.plan->cameras[stay.position];
        camera.position = stay.position;
        scheduler_.set_terms(camera.index, terms_of(plan, options_.latency_target));
        if (stay.next) {
            camera.next = std::move(stay.next);
            if (!camera.infers) camera.go_over(metrics_);
        }
        if (stay.difference.receiver || plan.paused) end_receiver(camera);
        if (stay.difference.receiver) camera.ended = false;
        if (plan.paused) camera.trouble.clear();
        camera.is_paused = plan.paused;
        camera.received_by = plan;
    }
    for (const auto& camera : steps.added) {
        const CameraPlan& plan = steps.plan->cameras[camera->position];
        camera->is_paused = plan.paused;
        camera->received_by = plan;
        camera->index = scheduler_.add_camera(terms_of(plan, options_.latency_target));
        if (camera->index == cameras_.size()) cameras_.emplace_back();
        FACET_ASSERT(!cameras_[camera->index]);
        cameras_[camera->index] = camera;
    }
    for (std::size_t i = 0; i < std::min(steps.prepared.size(), workers_.size()); ++i)
        workers_[i]->prepared = std::move(steps.prepared[i]);
    plan_ = std::move(steps.plan);
    ++generation_;
}

/// With the lock held. Its packets and frames that wait are dropped.
void LiveRun::end_receiver(LiveCamera& camera) {
    if (camera.receiver && !camera.receiver->interrupt.is_raised()) {
        camera.receiver->interrupt.raise();
        camera.receiver->asked_to_end = monotonic_now();
    }
    camera.is_up = false;
    camera.metrics.up.set(0);
    if (camera.footage) camera.footage->end();
    tell(brain::CameraDown{camera.index});
}

/// With the lock held.
void LiveRun::start_receiver(const CameraPtr& camera) {
    camera->receiver = std::make_shared<Receiver>(camera->received_by);
    camera->trouble.clear();
    camera->footage->begin();
    camera->receiver->thread =  // it may outlive the camera's place in cameras_
        std::thread([this, camera, receiver = camera->receiver] { receive(*camera, *receiver); });
}

/// With the lock held. Begins and ends receivers as their cameras want, and forgets cameras that are gone.
void LiveRun::tend_cameras() {
    wants_tending_ = false;
    std::erase_if(left_alone_, [](const auto& receiver) { return receiver->has_ended; });
    for (auto& slot : cameras_) {
        if (!slot) continue;
        const CameraPtr camera = slot;
        if (camera->receiver) tend_receiver(*camera);
        if (camera->receiver) continue;
        if (!camera->is_removed) {
            if (!camera->is_paused && !camera->ended) start_receiver(camera);
        } else if (!camera->decodes && !camera->infers) {
            scheduler_.remove_camera(camera->index);
            slot.reset();
            if (std::none_of(cameras_.begin(), cameras_.end(),
                             [&](const auto& other) { return other && other->name == camera->name; }))
                metrics_.hide("camera", camera->name);
        }
    }
}

/// With the lock held. Without a receiver afterwards where that has ended or is left alone.
void LiveRun::tend_receiver(LiveCamera& camera) {
    Receiver& receiver = *camera.receiver;
    if (receiver.has_ended) {
        receiver.thread.join();  // its last act was to unlock
        camera.receiver.reset();
    } else if (receiver.interrupt.is_raised() && monotonic_now() - receiver.asked_to_end > kReceiverEndMax &&
               left_alone_.size() < kLeftAloneMax) {
        receiver.thread.detach();
        log_.warning("camera '{}': its connection does not end (a name server that does not answer?); left alone",
                     camera.name);
        run_metrics_.note_left_alone(camera.name);
        left_someone_alone_ = true;
        left_alone_.push_back(std::move(camera.receiver));
    }
}

}  // namespace facet::engine
