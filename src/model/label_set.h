#pragma once
// Label sets: class names that many models share, by the name used in manifests.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace facet::model {

/// "coco80", "voc21", "road4" (Open Model Zoo road-segmentation-adas), "plate_colours", "lprnet68" (characters of Chinese
/// plates, the last one is the CTC blank), "person", "face", "plate", "motion". Nothing where the name is not one of them.
std::optional<std::vector<std::string>> label_set(std::string_view name);

/// The name of the set that has exactly these labels, or "".
std::string_view label_set_of(const std::vector<std::string>& labels);

/// "class 0" ... "class N-1": for models whose names nobody stated.
std::vector<std::string> numbered_labels(std::size_t count);

}  // namespace facet::model
