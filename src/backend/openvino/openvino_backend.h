#pragma once
// OpenVINO on the CPU: the default backend. Reads ONNX files.

#include "backend/backend.h"

namespace facet::backend {

extern const BackendInfo kOpenvinoBackend;

}  // namespace facet::backend
