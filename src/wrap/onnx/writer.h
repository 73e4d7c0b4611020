#pragma once
// Writing plain values as ONNX protobuf.

#include <string>

#include "base/result.h"
#include "wrap/onnx/graph.h"

namespace facet::onnx {

/// A ModelProto that holds what the model's members say and nothing else. `resource_exhausted` beyond protobuf's 2 GiB.
Result<std::string> write_model(const Model& model);

/// A TensorProto.
std::string write_tensor(const TensorData& tensor);

}  // namespace facet::onnx
