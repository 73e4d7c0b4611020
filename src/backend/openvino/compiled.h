#pragma once
// A compiled model, in memory and as a cache entry. Included by .cpp files of this folder only.

#include <openvino/openvino.hpp>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "backend/openvino/blob_cache.h"

namespace facet::backend {

/// What a session has to know of the model that it runs.
struct CompiledFacts {
    SessionFacts session;
    std::vector<int> ports;  ///< per input of the facts: the compiled model's, or -1 where the network does not use it
    int threads = 1;
};
std::string to_json(const CompiledFacts& facts);
Result<CompiledFacts> facts_from_json(std::string_view json);

/// Properties of every compiled model here. With one thread there is no stream: OpenVINO keeps no threads for the model, the
/// inference runs on the caller's, and its failures reach the caller (with a stream of one thread, OpenVINO 2026.4 reports
/// success with the outputs of the run before, and later runs the failed task again). Pinning stays off, because decoding
/// shares the cores.
ov::AnyMap compile_properties(Precision precision, int threads);

/// One model, compiled with one set of options; sessions share it. Thread-safe. OpenVINO runs one inference at a time on one
/// of its compiled models, so every session has one to itself; all are made from one blob and share the constants in it.
class Compiled {
public:
    /// `first` = an instance that is there already.
    Compiled(ov::Core core, Tensor blob, ov::CompiledModel first, CompiledFacts facts);

    const CompiledFacts& facts() const { return facts_; }

    /// An instance that nobody else uses, made where there is none.
    Result<ov::CompiledModel> acquire() const;
    /// Gives an instance back, for the next session.
    void release(ov::CompiledModel instance) const;

private:
    ov::Core core_;
    Tensor blob_;  // instances refer to it, so it goes after them
    CompiledFacts facts_;
    mutable std::mutex mutex_;
    mutable std::vector<ov::CompiledModel> idle_;  // at most as many as there were sessions at once
};

/// The compiled model of a cache entry; an Error where this OpenVINO does not accept it.
Result<std::shared_ptr<const Compiled>> import_compiled(const ov::Core& core, Blob blob);

}  // namespace facet::backend
