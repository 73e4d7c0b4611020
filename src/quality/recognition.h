#pragma once
// Small measures of whole pictures: class among the best k, text, similarity of embeddings.

#include <cstddef>
#include <span>
#include <string_view>

#include "media/observation.h"

namespace facet::quality {

/// Whether fewer than `count` other classes score as much as `label` (top-k accuracy is the share of pictures for which this
/// holds). A tie counts against the label, so that a network with few different scores gains nothing from their order.
/// Classes that `classification` does not list are taken to score less than those that it lists.
bool among_best(const Classification& classification, int label, std::size_t count);

/// The least number of inserted, deleted and replaced characters (UTF-8 code points) between two texts (Levenshtein 1966).
/// Over the length of the truth it is the character error rate; 0 = exact match.
std::size_t edit_distance(std::string_view truth, std::string_view found);

/// Number of code points of a UTF-8 text.
std::size_t character_count(std::string_view text);

/// Cosine of the angle between two vectors of one length, in [-1, 1]; 0 where either has no length.
double cosine(std::span<const float> a, std::span<const float> b);

}  // namespace facet::quality
