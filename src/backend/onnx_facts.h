#pragma once
// ONNX values in the backends' words.

#include <optional>

#include "backend/backend.h"
#include "wrap/onnx/graph.h"

namespace facet::backend {

/// The element type of a tensor, or nothing for types that tensors of ours do not have.
std::optional<ElementType> element_type(onnx::DataType type);
/// `unsupported` with the tensor's name for an input or output that is no tensor of ours.
Result<ModelFacts> facts_of(const onnx::Model& model, std::size_t bytes);

}  // namespace facet::backend
