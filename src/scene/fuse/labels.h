#pragma once
// Labels of several experts brought under one list, by name.

#include <span>
#include <string>
#include <vector>

namespace facet::scene {

struct MergedLabels {
    std::vector<std::string> names;      ///< each name once, in the order of the experts
    std::vector<std::vector<int>> maps;  ///< per expert: from its label to an index into `names`
};
MergedLabels merge_labels(std::span<const std::vector<std::string>> experts);

}  // namespace facet::scene
