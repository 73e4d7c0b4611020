#pragma once
// Manifest: what a model file is, stated beside it ("MODEL.yaml") or in models/catalogue.yaml.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/node.h"
#include "image/tensor_spec.h"
#include "media/tensor.h"

namespace facet::model {

/// All that decoding needs to know and the graph does not say.
struct Manifest {
    std::string name;          ///< "yolox-nano"
    std::string family;        ///< name of an expert family: "yolox"
    std::string task;          ///< "detect"
    image::TensorSpec input;   ///< size = the model's own; layout, channel order, fit, pad, mean, scale
    bool follows_aspect = false;        ///< the input may be cut to the camera's aspect
    int stride = 0;                     ///< to multiples of this; needed where follows_aspect
    std::vector<std::string> labels;    ///< names by index
    std::string licence;
    std::string sha256;        ///< of the file, lower-case hexadecimal; empty = not checked
    std::string address;       ///< where it can be downloaded; empty = mirror only
    std::string file;          ///< file name under which it is kept
    std::size_t bytes = 0;
    std::vector<std::pair<std::string, std::string>> parameters;  ///< of the family, for example {"decoded", "false"}
};

/// Reads one manifest from a map; `folder` resolves relative names (labels: FILE). Unknown keys, wrong values: Errors with
/// the place.
Result<Manifest> read_manifest(const config::Node& node, const std::string& folder);

}  // namespace facet::model
