#pragma once
// The operators that this backend runs: those that OpenVINO 2026.4's ONNX reader converts, and our own translations.

#include <cstdint>
#include <span>
#include <string_view>

namespace facet::backend {

/// An operator as of one opset version. OpenVINO's reader takes inputs by position without looking whether they are there,
/// so they are counted before.
struct Operator {
    std::string_view name;
    int since;  ///< opset version
    int inputs_min;
    int inputs_max;
    int outputs_min;
    int outputs_max;
    unsigned needed;  ///< bit i: input i may not be left out
};

/// A domain's operators, sorted by name; empty for an unknown domain. "" is the standard domain.
std::span<const Operator> operators(std::string_view domain);

/// The operator as of `opset` (which counts for the standard domain only); null where that has none.
const Operator* find_operator(std::string_view domain, std::string_view name, std::int64_t opset);

}  // namespace facet::backend
