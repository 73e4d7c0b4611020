#pragma once
// embedding: a vector by which one recognises a person or vehicle again; similarity is the cosine.
//
// Input: f32 as the manifest says, stretched to the crop (persons: 128 wide, 256 high).
// Output: [1, dimensions]; given with unit length.

#include "expert/model_expert.h"

namespace facet::expert {

extern const FamilyInfo kEmbedding;

namespace embedding {

/// The vector scaled to unit length; a vector of no length is an Error that names the output.
Result<Embedding> decode(std::span<const float> values, std::string_view output);

}  // namespace embedding

}  // namespace facet::expert
