#pragma once
// From a checked ONNX model to something that runs, and back from the cache. Included by .cpp files of this folder only.

#include <openvino/openvino.hpp>

#include <memory>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "backend/openvino/blob_cache.h"
#include "wrap/onnx/graph.h"

namespace facet::backend {

/// One compiled model; sessions share it. Immutable.
struct Compiled {
    Tensor blob;  ///< the compiled model's constants may lie in here, so it goes last
    ov::CompiledModel model;
    SessionFacts facts;
    /// Per input of the facts: the compiled model's input, or -1 where the network does not use it.
    std::vector<int> ports;
    bool cacheable = true;
    std::shared_ptr<void> entry;  ///< what keeps it findable for other loads while it lives
};

/// Properties of every compiled model here: a single stream of `threads` threads; with one thread the inference runs on the
/// caller's. Pinning stays off, because decoding shares the cores.
ov::AnyMap compile_properties(Precision precision, int threads);

/// Reads the model into OpenVINO and compiles it. Takes the model, to let its weights go early.
Result<std::shared_ptr<Compiled>> compile(ov::Core& core, onnx::Model model, const SessionOptions& options,
                                          Precision precision);

/// The compiled model of a cache entry; an Error where this OpenVINO does not accept it.
Result<std::shared_ptr<Compiled>> import_compiled(ov::Core& core, Blob blob, int threads, Precision precision);

/// Keeps the compiled model.
void keep_compiled(const BlobCache& cache, const std::string& key, const Compiled& compiled, Log& log);

}  // namespace facet::backend
