#include "expert/outputs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace facet::expert {

namespace {

constexpr std::uint32_t kMagnitude = 0x7FFFFFFFU;
constexpr std::uint32_t kExponentOne = 0x00800000U;

/// Whether any of the values is infinite or NaN: exactly those whose exponent is all ones, so that one more in it carries
/// into the sign bit. Additions and ors on blocks of constant length: compilers make vectors of it at every setting.
bool any_not_finite(std::span<const float> values) {
    constexpr std::size_t kBlock = 16;
    std::array<std::uint32_t, kBlock> carried{};
    std::size_t i = 0;
    for (; i + kBlock <= values.size(); i += kBlock)
        for (std::size_t j = 0; j < kBlock; ++j)
            carried[j] |= (std::bit_cast<std::uint32_t>(values[i + j]) & kMagnitude) + kExponentOne;
    std::uint32_t all = 0;
    for (const std::uint32_t bits : carried) all |= bits;
    for (; i < values.size(); ++i) all |= (std::bit_cast<std::uint32_t>(values[i]) & kMagnitude) + kExponentOne;
    return (all & ~kMagnitude) != 0;
}

}  // namespace

std::optional<std::size_t> find_not_finite(std::span<const float> values) {
    if (!any_not_finite(values)) return std::nullopt;
    const auto found = std::find_if(values.begin(), values.end(), [](float value) { return !std::isfinite(value); });
    return static_cast<std::size_t>(found - values.begin());
}

Status check_count(std::span<const TensorView> outputs, std::size_t expected) {
    if (outputs.size() == expected) return {};
    return fail(ErrorCode::invalid_argument, "the model gave {} outputs, expected {}", outputs.size(), expected);
}

Result<std::span<const float>> read_output(std::span<const TensorView> outputs, const OutputSpec& expected) {
    if (expected.index >= outputs.size())
        return fail(ErrorCode::invalid_argument, "output '{}' is missing: the model gave {} outputs", expected.name,
                    outputs.size());
    const TensorView& output = outputs[expected.index];
    if (output.type != ElementType::f32)
        return fail(ErrorCode::invalid_argument, "output '{}' is {}, expected f32", expected.name, name(output.type));
    if (!matches(output.shape, expected.shape))
        return fail(ErrorCode::invalid_argument, "output '{}' has the shape {}, expected {}", expected.name,
                    to_string(output.shape), to_string(expected.shape));
    const auto values = output.values<float>();
    if (const auto position = find_not_finite(values))
        return fail(ErrorCode::corrupt, "output '{}' has the value {} at position {} of {}, expected finite numbers",
                    expected.name, values[*position], *position, values.size());
    return values;
}

bool matches(const Shape& declared, const Shape& expected) {
    return std::equal(declared.begin(), declared.end(), expected.begin(), expected.end(),
                      [](std::int64_t a, std::int64_t b) { return a == b || a < 0 || b < 0; });
}

std::optional<std::size_t> find_output(const backend::ModelFacts& facts, std::string_view name) {
    for (std::size_t i = 0; i < facts.outputs.size(); ++i)
        if (facts.outputs[i].name == name) return i;
    return std::nullopt;
}

namespace {

Result<OutputSpec> check_output(const model::Manifest& manifest, const backend::Port& port, std::size_t index,
                                const Shape& shape) {
    if (port.type == ElementType::f32 && matches(port.shape, shape)) return OutputSpec{port.name, index, shape};
    return fail(ErrorCode::invalid_argument,
                "model '{}': output '{}' is {}{}, but family {} with this manifest expects f32{}", manifest.name, port.name,
                name(port.type), to_string(port.shape), manifest.family, to_string(shape));
}

}  // namespace

Result<OutputSpec> expect_output(const model::Manifest& manifest, const backend::ModelFacts& facts, std::string_view name,
                                 const Shape& shape) {
    const auto index = find_output(facts, name);
    if (!index)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has no output '{}', which family {} expects",
                    manifest.name, name, manifest.family);
    return check_output(manifest, facts.outputs[*index], *index, shape);
}

Result<OutputSpec> expect_only_output(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                      const Shape& shape) {
    if (facts.outputs.size() != 1)
        return fail(ErrorCode::invalid_argument, "model '{}': the graph has {} outputs, but family {} expects 1",
                    manifest.name, facts.outputs.size(), manifest.family);
    return check_output(manifest, facts.outputs[0], 0, shape);
}

}  // namespace facet::expert
