#pragma once
// Our translations of ONNX operators into OpenVINO operations: those that OpenVINO lacks, and those constructs of rules.h
// that it would get wrong. All are built from standard operations, so constants fold and kernels stay the vendor's.
// Included by .cpp files of this folder only.

#include <openvino/frontend/node_context.hpp>
#include <openvino/openvino.hpp>

namespace facet::backend {

/// Makes the translations known to `core`.
void add_extensions(ov::Core& core);

/// Changes a model that OpenVINO has read where its operations differ from ONNX's: equal values of TopK come in index
/// order, pooling windows that would start in the padding are left out, boxes suppress each other only above the threshold.
void correct_operations(ov::Model& model);

using Translation = ov::OutputVector (*)(const ov::frontend::NodeContext&);

ov::OutputVector translate_resize(const ov::frontend::NodeContext& node);
ov::OutputVector translate_upsample(const ov::frontend::NodeContext& node);
ov::OutputVector translate_dynamic_quantize_linear(const ov::frontend::NodeContext& node);
ov::OutputVector translate_quantize_linear(const ov::frontend::NodeContext& node);
ov::OutputVector translate_qlinear_add(const ov::frontend::NodeContext& node);
ov::OutputVector translate_qlinear_global_average_pool(const ov::frontend::NodeContext& node);

/// Shorthand for translations. They may throw what OpenVINO throws; the reader turns it into the error of the node.
ov::Output<ov::Node> constant(float value);
ov::Output<ov::Node> constant(std::int64_t value);
ov::Output<ov::Node> constant(const std::vector<std::int64_t>& values);
ov::Output<ov::Node> as(const ov::Output<ov::Node>& value, ov::element::Type type);
/// True where the operator has this input.
bool given(const ov::frontend::NodeContext& node, std::size_t input);
/// Rank of an input that must have one.
std::int64_t rank_of(const ov::Output<ov::Node>& value);

}  // namespace facet::backend
