#pragma once
// The automatic precision: the fastest native one, by measuring.

#include <span>

#include "backend/backend.h"
#include "base/clock.h"

namespace facet::backend {

struct Measured {
    Precision precision = Precision::f32;
    Nanoseconds cost{};  ///< of one inference
};

/// The least cost of a few inferences on fixed noise: CPU time where the inference runs on the calling thread, else wall
/// time. Takes about 10 inferences.
Result<Nanoseconds> measure(Session& session, int threads);

/// The cheapest; f32 stays unless another one saves more than 5 %, the spread of such a measurement. `measured` is not
/// empty.
Precision choose(std::span<const Measured> measured);

}  // namespace facet::backend
