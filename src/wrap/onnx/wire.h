#pragma once
// The bytes of an ONNX file, before protobuf sees them: every length inside its parent, every known field of its promised
// wire type, nothing too deep and not too many parts. Protobuf only says that a file is bad; this says where.

#include <string_view>

#include "base/result.h"

namespace facet::onnx {

enum class Root { model, tensor };

/// `corrupt` with "offset N: ..." for the first fault; `resource_exhausted` for too deep or too many parts.
Status check_wire(std::string_view bytes, Root root);

}  // namespace facet::onnx
