#pragma once
// The options of one expert of a config: `experts: - {name: vehicles, model: yolox-nano, labels: [car, bus], threshold:
// 0.3}`.

#include <span>
#include <string>
#include <vector>

#include "backend/backend.h"
#include "base/result.h"
#include "config/node.h"
#include "config/options.h"
#include "expert/expert.h"

namespace facet::expert {

/// The rows of one item of `experts:`; docs/reference/ is generated from them.
std::span<const config::OptionRow> expert_options();

/// One checked item of `experts:`.
struct ExpertConfig {
    std::string name;
    std::string model;      ///< catalogue name, path of a model file, or "motion"
    ExpertOptions options;  ///< threshold, suppression, labels
    backend::Precision precision = backend::Precision::automatic;
    int every = 1;                       ///< runs on every n-th decoded frame
    std::string group;                   ///< experts of one group are fused; empty = a group of its own
    float weight = 1;                    ///< in the fusion of its group
    std::string of;                      ///< cascade: the expert whose detections are the crops; empty = whole frames
    std::vector<std::string> of_labels;  ///< cascade: which of its labels trigger; empty = all
    float margin = 0;                    ///< cascade: share of the crop's width and height added on each side
    int crops_max = 16;                  ///< cascade: at most so many crops a frame, the highest scores first
};

/// Reads one item; Errors name the place in the file and the expert. A relative path of `model` (one with a '/') is made
/// relative to the config's folder. `of` is checked for existence and cycles by check_cascades (expert/cascade.h).
Result<ExpertConfig> read_expert(const config::Node& node);

}  // namespace facet::expert
