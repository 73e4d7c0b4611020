#pragma once
// Reading ONNX protobuf into plain values, with limits: whatever the bytes are, the answer is a model or an Error.

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wrap/onnx/graph.h"

namespace facet::onnx {

/// Reads a ModelProto. `folder` is where the file lies: external tensors are read from inside it, never from outside; an
/// empty folder refuses external tensors. Truncated or damaged bytes: `corrupt` with the offset. Tensors whose data does not
/// match their shape: `corrupt` with the tensor's name.
Result<Model> read_model(std::string_view bytes, const std::filesystem::path& folder);

/// Reads a TensorProto (input_0.pb and output_0.pb of ONNX test cases).
Result<TensorData> read_tensor(std::string_view bytes);

}  // namespace facet::onnx
