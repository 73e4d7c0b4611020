#pragma once
// Outputs: the checks that every decoder makes before it reads a number.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backend/backend.h"
#include "base/result.h"
#include "model/manifest.h"

namespace facet::expert {

/// What a decoder expects of one output: -1 in the shape = any.
struct OutputSpec {
    std::string name;
    std::size_t index = 0;  ///< among the model's outputs
    Shape shape;
};

/// The values of one output. Errors (invalid_argument) name it: missing, not f32, another shape; corrupt: a value that is
/// not finite, with its position.
Result<std::span<const float>> read_output(std::span<const TensorView> outputs, const OutputSpec& expected);
Status check_count(std::span<const TensorView> outputs, std::size_t expected);

/// Position of the first value that is infinite or not a number. Runs at the speed of memory.
std::optional<std::size_t> find_not_finite(std::span<const float> values);

/// Whether a declared shape can be `expected` (-1 on either side = any).
bool matches(const Shape& declared, const Shape& expected);

/// The model's output of this name and shape for a manifest's model; Errors name the model, the output and both shapes.
Result<OutputSpec> expect_output(const model::Manifest& manifest, const backend::ModelFacts& facts, std::string_view name,
                                 const Shape& shape);
/// The same for a model with one output, whatever its name.
Result<OutputSpec> expect_only_output(const model::Manifest& manifest, const backend::ModelFacts& facts, const Shape& shape);

/// Index of the output of this name, or nothing.
std::optional<std::size_t> find_output(const backend::ModelFacts& facts, std::string_view name);

}  // namespace facet::expert
