#include "scene/fuse/labels.h"

#include <algorithm>

namespace facet::scene {

MergedLabels merge_labels(std::span<const std::vector<std::string>> experts) {
    MergedLabels merged;
    for (const auto& labels : experts) {
        auto& map = merged.maps.emplace_back();
        for (const auto& label : labels) {
            const auto found = std::find(merged.names.begin(), merged.names.end(), label);
            map.push_back(static_cast<int>(found - merged.names.begin()));
            if (found == merged.names.end()) merged.names.push_back(label);
        }
    }
    return merged;
}

}  // namespace facet::scene
