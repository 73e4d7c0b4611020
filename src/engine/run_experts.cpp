#include "engine/run_experts.h"

#include <algorithm>

#include "expert/cascade.h"

namespace facet::engine {

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
        FACET_TRY(runner, expert::Runner::create(plan_.experts[index].loaded, picture, options_));
    }
    return runner.get();
}

Result<ObservationContent> WorkerExperts::run(std::size_t index, const Frame& frame, expert::State* state, StageCosts& costs) {
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

std::string WorkerExperts::variant(std::size_t index, Size picture) const {
    const auto found = runners_.find({index, {picture.width, picture.height}});
    return found == runners_.end() || !found->second ? std::string() : found->second->variant();
}

}  // namespace facet::engine
