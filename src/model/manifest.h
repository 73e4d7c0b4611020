#pragma once
// Manifest: what a model file is, stated beside it ("MODEL.yaml") or in models/catalogue.yaml.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/node.h"
#include "config/options.h"
#include "image/tensor_spec.h"
#include "media/tensor.h"

namespace facet::model {

/// All that decoding needs to know and the graph does not say.
struct Manifest {
    std::string name;                 ///< "yolox-nano"
    std::string family;               ///< name of an expert family: "yolox"
    std::string task;                 ///< "detect"
    image::TensorSpec input;          ///< size = the model's own; layout, channel order, fit, pad, mean, scale
    bool follows_aspect = false;      ///< the input may be cut to the camera's aspect
    int stride = 0;                   ///< to multiples of this; needed where follows_aspect
    std::vector<std::string> labels;  ///< names by index
    std::string labels_file;          ///< where the names are in a file of their own; see resolve_labels (repository.h)
    std::string labels_sha256;        ///< of that file; empty = not checked
    std::string licence;
    std::string sha256;   ///< of the file, lower-case hexadecimal; empty = not checked
    std::string address;  ///< where it can be downloaded; empty = mirror only
    std::string file;     ///< file name under which it is kept
    std::size_t bytes = 0;
    std::vector<std::pair<std::string, std::string>> parameters;  ///< of the family, for example {"decoded", "false"}
};

/// Reads one manifest from a map. `labels` is a list of names, the name of a built-in set (model/label_set.h), or a map
/// {file: NAME, sha256: HEX} whose file is found later (resolve_labels). Unknown keys and wrong values are
/// Errors with the place. One manifest:
///
///   name: yolox-nano
///   family: yolox
///   input: {size: [416, 416], layout: nchw, channels: bgr, fit: letterbox_top_left, pad: 114}
///   follows_aspect: true
///   stride: 32
///   labels: coco80
///   licence: Apache-2.0
Result<Manifest> read_manifest(const config::Node& node);

/// The value of a family's parameter, or `fallback` where the manifest does not set it.
std::string_view parameter(const Manifest& manifest, std::string_view key, std::string_view fallback);

/// "f32[1,3,416,416] nchw bgr letterbox_top_left": the input in words, for messages and `facet model inspect`.
std::string to_string(const image::TensorSpec& spec);

/// The rows of a manifest and of its `input:`, for docs/reference/.
std::span<const config::OptionRow> manifest_options();
std::span<const config::OptionRow> input_options();

}  // namespace facet::model
