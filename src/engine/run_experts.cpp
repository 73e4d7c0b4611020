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

Result<expert::Runner*> WorkerExperts::runner(std::size_t index, Size picture) {
    auto& runner = runners_[{index, {picture.width, picture.height}}];
    if (!runner) {
        backend::SessionOptions options = options_;
        const auto wanted =
            plan_.experts[index].config.precision;  // the config's word for one expert beats the command line's
        if (wanted != backend::Precision::automatic) options.precision = wanted;
        FACET_TRY(runner, expert::Runner::create(plan_.experts[index].loaded, picture, options));
    }
    return runner.get();
}

void WorkerExperts::warm_up(std::span<const std::size_t> experts, Size picture) {
    if (picture.width <= 0 || picture.height <= 0) return;
    for (const std::size_t index : experts)
        if (plan_.experts[index].config.of.empty()) static_cast<void>(runner(index, picture));
}

Result<ObservationContent> WorkerExperts::run(std::size_t index, const Frame& frame, expert::State* state,
                                              StageCosts& costs) {
    FACET_TRY(auto* runner, this->runner(index, frame.picture.size));
    const Nanoseconds began = thread_cpu_time();
    FACET_CHECK(runner->prepare(frame.picture));
    const Nanoseconds prepared = thread_cpu_time();
    costs.image += prepared - began;
    const Status inferred = runner->infer();
    auto content = inferred ? runner->decode(frame.t, state) : Result<ObservationContent>(fail(inferred.error()));
    costs.inference += thread_cpu_time() - prepared;
    return content;
}

Status WorkerExperts::run_cascades(std::span<const std::size_t> experts, std::size_t parent, const Frame& frame,
                                   Detections& detections, StageCosts& costs) {
    const PlannedExpert& of = plan_.experts[parent];
    for (const std::size_t index : experts) {
        const PlannedExpert& child = plan_.experts[index];
        if (child.config.of != of.config.name) continue;
        const auto task = child.loaded->expert->task();
        const auto crops =
            expert::find_crops(detections, of.loaded->expert->labels(), child.config, task, frame.picture.size);
        if (crops.empty()) continue;
        FACET_TRY(auto* runner, this->runner(index, child.loaded->manifest.input.size));
        for (const auto& crop : crops) {
            const Nanoseconds began = thread_cpu_time();
            FACET_CHECK(crop.corners ? runner->prepare(frame.picture, *crop.corners)
                                     : runner->prepare(frame.picture, crop.region));
            const Nanoseconds prepared = thread_cpu_time();
            costs.image += prepared - began;
            FACET_CHECK(runner->infer());
            FACET_TRY(auto content, runner->decode(frame.t, nullptr));
            costs.inference += thread_cpu_time() - prepared;
            if (auto* inner = std::get_if<Detections>(&content))
                FACET_CHECK(run_cascades(experts, index, frame, *inner, costs));
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
        const expert::ExpertConfig& config = plan_.experts[index].config;
        expert::State* state = what.states[position].get();
        if (!config.of.empty()) continue;
        if (what.memory != Memory::either && (state != nullptr) != (what.memory == Memory::with)) continue;
        ExpertResult& result = results[position];
        if (what.frame.sequence % std::max<std::int64_t>(what.every, config.every) != 0) {
            result.reason = "every";
            continue;
        }
        auto content = run(index, what.frame, state, costs);
        if (!content) {
            result.reason = "failed";
            const bool concerns_frame = content.error().code == ErrorCode::corrupt;
            failed(content.error().within(fmt::format("expert '{}'", config.name)), concerns_frame);
            continue;
        }
        result.content = std::move(*content);
        result.variant = (*runner(index, what.frame.picture.size))->variant();
        result.reason = "due";
        result.ran = true;
        if (auto* detections = std::get_if<Detections>(&result.content))
            if (const Status status = run_cascades(experts, index, what.frame, *detections, costs); !status)
                failed(status.error(), true);
    }
}

}  // namespace facet::engine
