#include "engine/run_experts.h"

#include <algorithm>

#include "expert/cascade.h"

namespace facet::engine {

namespace {
constexpr std::size_t kRunnersMax = 256;  // of a worker: experts times sizes of pictures
}

StageCosts& StageCosts::operator+=(const StageCosts& other) {
    decode += other.decode;
    image += other.image;
    inference += other.inference;
    track += other.track;
    rule += other.rule;
    sink += other.sink;
    return *this;
}

Result<expert::Runner*> WorkerExperts::runner(const PlannedExpert& expert, Size picture) {
    backend::SessionOptions options = options_;
    const auto wanted = expert.config.precision;  // the config's word for one expert beats the command line's
    if (wanted != backend::Precision::automatic) options.precision = wanted;
    auto& runner = runners_[{expert.loaded.get(), options.precision, picture.width, picture.height}];
    if (!runner) {
        FACET_TRY(runner, expert::Runner::create(expert.loaded, picture, options));
    }
    return runner.get();
}

Status WorkerExperts::warm_up(const Plan& plan, std::span<const std::size_t> experts, Size picture) {
    Status status;
    if (picture.width <= 0 || picture.height <= 0) return status;
    for (const std::size_t index : experts) {
        const PlannedExpert& expert = plan.experts[index];
        if (!expert.config.of.empty()) continue;
        if (const auto made = runner(expert, picture); !made && status)
            status = fail(made.error().within(fmt::format("expert '{}'", expert.config.name)));
    }
    return status;
}

void WorkerExperts::keep_only(const Plan& plan) {
    std::erase_if(runners_, [&](const auto& runner) {
        return std::none_of(plan.experts.begin(), plan.experts.end(),
                            [&](const PlannedExpert& expert) { return expert.loaded.get() == runner.first.expert; });
    });
}

Result<ObservationContent> WorkerExperts::run(const PlannedExpert& expert, const Frame& frame, expert::State* state,
                                              StageCosts& costs) {
    FACET_TRY(auto* runner, this->runner(expert, frame.picture.size));
    const Nanoseconds began = thread_cpu_time();
    FACET_CHECK(runner->prepare(frame.picture));
    const Nanoseconds prepared = thread_cpu_time();
    costs.image += prepared - began;
    const Status inferred = runner->infer();
    auto content = inferred ? runner->decode(frame.t, state) : Result<ObservationContent>(fail(inferred.error()));
    costs.inference += thread_cpu_time() - prepared;
    return content;
}

Status WorkerExperts::run_cascades(const FrameExperts& what, std::size_t parent, Detections& detections, StageCosts& costs) {
    const PlannedExpert& of = what.plan.experts[parent];
    const Frame& frame = what.frame;
    for (const std::size_t index : what.camera.experts) {
        const PlannedExpert& child = what.plan.experts[index];
        if (child.config.of != of.config.name) continue;
        const auto task = child.loaded->expert->task();
        const auto crops =
            expert::find_crops(detections, of.loaded->expert->labels(), child.config, task, frame.picture.size);
        if (crops.empty()) continue;
        FACET_TRY(auto* runner, this->runner(child, child.loaded->manifest.input.size));
        for (const auto& crop : crops) {
            const Nanoseconds began = thread_cpu_time();
            FACET_CHECK(crop.corners ? runner->prepare(frame.picture, *crop.corners)
                                     : runner->prepare(frame.picture, crop.region));
            const Nanoseconds prepared = thread_cpu_time();
            costs.image += prepared - began;
            FACET_CHECK(runner->infer());
            FACET_TRY(auto content, runner->decode(frame.t, nullptr));
            costs.inference += thread_cpu_time() - prepared;
            if (auto* inner = std::get_if<Detections>(&content)) FACET_CHECK(run_cascades(what, index, *inner, costs));
            expert::attach(detections.items[crop.detection], child.config, task, runner->expert().labels(), content);
        }
    }
    return {};
}

void reset(std::vector<ExpertResult>& results, const CameraPlan& camera) {
    results.resize(camera.experts.size());
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = {.expert = camera.experts[i]};
}

void WorkerExperts::run(const FrameExperts& what, std::span<ExpertResult> results, StageCosts& costs,
                        const std::function<void(const Error&, bool concerns_frame)>& failed) {
    const auto& experts = what.camera.experts;
    if (runners_.size() > kRunnersMax) runners_.clear();  // a camera that changes its size all the time
    for (std::size_t position = 0; position < experts.size(); ++position) {
        const std::size_t index = experts[position];
        const PlannedExpert& planned = what.plan.experts[index];
        const expert::ExpertConfig& config = planned.config;
        expert::State* state = what.states[position].get();
        if (!config.of.empty()) continue;
        if (what.memory != Memory::either && (state != nullptr) != (what.memory == Memory::with)) continue;
        ExpertResult& result = results[position];
        if (what.frame.sequence % std::max<std::int64_t>(what.every, config.every) != 0) {
            result.reason = "every";
            continue;
        }
        auto content = run(planned, what.frame, state, costs);
        if (!content) {
            result.reason = "failed";
            const bool concerns_frame = content.error().code == ErrorCode::corrupt;
            failed(content.error().within(fmt::format("expert '{}'", config.name)), concerns_frame);
            continue;
        }
        result.content = std::move(*content);
        result.variant = (*runner(planned, what.frame.picture.size))->variant();
        result.reason = "due";
        result.ran = true;
        if (auto* detections = std::get_if<Detections>(&result.content))
            if (const Status status = run_cascades(what, index, *detections, costs); !status) failed(status.error(), true);
    }
}

}  // namespace facet::engine
