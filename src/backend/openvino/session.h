#pragma once
// A session on a compiled model. Included by .cpp files of this folder only.

#include <memory>

#include "backend/openvino/compile.h"

namespace facet::backend {

/// `threads` as compiled: with one, the caller's denormals are flushed to zero while the inference runs on its thread.
Result<std::unique_ptr<Session>> make_session(std::shared_ptr<const Compiled> compiled);

}  // namespace facet::backend
