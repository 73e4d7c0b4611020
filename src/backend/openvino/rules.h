#pragma once
// What OpenVINO 2026.4 does not do, or does differently from ONNX without a word: found by running each operator with many
// attribute combinations against the ONNX reference and ONNX Runtime. Each such construct is either translated by us
// (extensions.h) or refused by name. Plain values in and out; no header of the vendor.

#include <span>
#include <string_view>

#include "base/result.h"
#include "wrap/onnx/graph.h"

namespace facet::backend {

/// The domain that marks nodes which our own translators turn into OpenVINO operations.
inline constexpr std::string_view kOwnDomain = "facet";

/// Opsets whose operators the tables below were checked for.
inline constexpr std::int64_t kOpsetMin = 1;
inline constexpr std::int64_t kOpsetMax = 22;

/// One construct that is refused, for documentation and tests.
struct Refusal {
    std::string_view op;
    std::string_view construct;  ///< "mode=max"; "" = the operator as such
    std::string_view reason;
};
std::span<const Refusal> refusals();

/// `unsupported`, naming operator, construct and node, for the first thing that cannot be run or would be run wrongly;
/// `resource_exhausted` or `corrupt` for attributes and constants that no network has (a stride of 0, 10^12 elements).
/// The model has passed onnx::check_graph.
Status check_rules(const onnx::Model& model);

/// Moves the nodes that need our translation into kOwnDomain. The model has passed check_rules.
void mark_own(onnx::Model& model);

}  // namespace facet::backend
