#pragma once
// Is a model a graph at all? What every consumer may rely on after this, whatever it thinks of the operators.

#include "base/result.h"
#include "wrap/onnx/graph.h"

namespace facet::onnx {

/// Elements that one tensor may have by its declared shape: 1 GiB of f32.
inline constexpr std::int64_t kElementsMax = std::int64_t{1} << 28;
inline constexpr std::size_t kRankMax = 16;

/// Fails, naming the node or tensor, unless: every name is made exactly once and before its use (so there is no cycle), in
/// subgraphs too; every graph output is made; there is an output; every domain in use has an opset; shapes are within
/// kElementsMax and kRankMax.
Status check_graph(const Model& model);

}  // namespace facet::onnx
