#pragma once
// Repository: where model files lie on this machine, and how a name becomes a file.

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/catalogue.h"
#include "model/manifest.h"

namespace facet::model {

/// Folders that are searched in this order. Empty = not searched.
struct Repository {
    std::string mirror;  ///< a flat folder; files are found by size and sha256, whatever their names
    std::string store;   ///< where `facet model pull` puts files, under their catalogue's file name

    /// `mirror` if given, else FACET_MODEL_MIRROR; the store is $XDG_CACHE_HOME/facet/models or ~/.cache/facet/models.
    static Repository from_environment(std::string_view mirror);
};

struct FoundModel {
    std::string path;
    Manifest manifest;          ///< meaningful only where has_manifest
    bool has_manifest = false;  ///< false: a file that came without one; its graph must be recognised
};

/// A catalogue name becomes the file in the mirror or the store whose bytes match; a path (it has a '/' or ends in ".onnx")
/// becomes that file with the manifest beside it ("MODEL.onnx.yaml" or "MODEL.yaml"), or the catalogue's row of the same
/// sha256. Errors: not_found (unknown name with the nearest one; known but not here: says `facet model pull NAME`), corrupt
/// (the file's sha256 or size is not the manifest's).
Result<FoundModel> find_model(const std::string& name_or_path, const Catalogue& catalogue, const Repository& repository);

/// The file of `bytes` (0 = any) and `sha256` directly in `folder`, or "" where none is.
std::string find_by_sha256(const std::string& folder, std::size_t bytes, std::string_view sha256);

/// Fills `labels` of a manifest whose names are in a file of their own (labels_file): beside the model, or in the mirror or
/// store by labels_sha256. Where the file is nowhere, the labels stay empty and families number them.
Status resolve_labels(Manifest& manifest, const std::string& model_path, const Repository& repository);

}  // namespace facet::model
