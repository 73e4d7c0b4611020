#pragma once
// OpenVINO's element types, shapes and failures in our words. Included by .cpp files of this folder only.

#include <openvino/openvino.hpp>

#include "backend/backend.h"
#include "media/tensor.h"

namespace facet::backend {

ov::element::Type to_openvino(ElementType type);
/// `unsupported` for types that tensors of ours do not have (4-bit, float8, string).
Result<ElementType> from_openvino(const ov::element::Type& type);
ov::Shape to_openvino(const Shape& shape);
/// -1 for open dimensions. The rank must be known.
Shape from_openvino(const ov::PartialShape& shape);
ov::element::Type to_openvino(Precision precision);

/// What an exception of OpenVINO says, on one line, without its source files.
std::string reason(const std::exception& exception);

}  // namespace facet::backend
