#pragma once
// classification: one class for the whole picture or crop.
//
// Input: f32 as the manifest says; ImageNet networks: NCHW, RGB, short side to 256, centre cut out.
// Output: [1, classes], logits or probabilities.
// Parameters: activation: softmax|none (default softmax: the output is logits); top: number of classes given (default 5).
// The option `labels` filters; classes below the threshold are given too, because the best guess is worth having.

#include <array>

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kClassification;

namespace classification {

enum class Activation { softmax, none };

/// What a manifest may state in `parameters:`.
inline constexpr std::array<std::string_view, 2> kParameters{"activation", "top"};

/// The `count` most probable classes that selection keeps, by falling probability (equal ones by index). Where the output is
/// taken as it is, values outside of 0..1 become 0 or 1.
Classification decode(std::span<const float> values, Activation activation, std::size_t count, const Selection& selection);

/// For families that classify with facts of their own.
Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options);

}  // namespace classification
}  // namespace facet::expert
