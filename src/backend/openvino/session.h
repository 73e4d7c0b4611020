#pragma once
// A session on a compiled model. Included by .cpp files of this folder only.

#include <memory>

#include "backend/openvino/compiled.h"

namespace facet::backend {

/// A session with an instance of the compiled model to itself.
Result<std::unique_ptr<Session>> make_session(std::shared_ptr<const Compiled> compiled);

}  // namespace facet::backend
