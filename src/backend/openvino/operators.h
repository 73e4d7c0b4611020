#pragma once
// The operators that this backend runs: those that OpenVINO 2026.4's ONNX reader converts, and our own translations.

#include <span>
#include <string_view>

namespace facet::backend {

/// Names of a domain's operators, sorted; empty for an unknown domain. "" is the standard domain.
std::span<const std::string_view> operators(std::string_view domain);

}  // namespace facet::backend
