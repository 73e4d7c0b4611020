#pragma once
// What compiled models and precision choices depend on: the processor.

#include <string>
#include <string_view>
#include <vector>

#include "backend/backend.h"

namespace facet::backend {

struct Processor {
    std::string model;     ///< "AMD EPYC 9B14"
    std::string identity;  ///< changes with model, stepping and instruction set; not with clock or load
    /// f32, and what the processor multiplies natively; emulated types are left out.
    std::vector<Precision> precisions;
};

/// Reads /proc/cpuinfo's text: x86-64 and aarch64.
Processor parse_processor(std::string_view cpuinfo);
/// This machine's.
Processor this_processor();

}  // namespace facet::backend
