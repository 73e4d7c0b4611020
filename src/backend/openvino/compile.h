#pragma once
// From a checked ONNX model to a compiled one. Included by .cpp files of this folder only.

#include <memory>

#include "backend/openvino/compiled.h"
#include "wrap/onnx/graph.h"

namespace facet::backend {

/// Reads the model into OpenVINO and compiles it. Takes the model, to let its weights go early.
Result<std::shared_ptr<const Compiled>> compile(ov::Core& core, onnx::Model model, const SessionOptions& options,
                                                Precision precision, const BlobCache& cache, const std::string& key);

}  // namespace facet::backend
