#pragma once
// Catalogue: the models that Facet knows by name. models/catalogue.yaml is embedded at build time.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/manifest.h"

namespace facet::model {

class Catalogue {
public:
    /// The catalogue of this build.
    static Result<Catalogue> builtin();
    /// Another catalogue: `models:` is a list of manifests (model/manifest.h). Errors name the file and line: repeated
    /// names, a row without name, family, file or sha256.
    static Result<Catalogue> load(const std::string& path);
    static Result<Catalogue> parse(std::string_view yaml, const std::string& file);

    std::span<const Manifest> models() const { return models_; }
    /// Null where the name is not known.
    const Manifest* find(std::string_view name) const;
    const Manifest* find_sha256(std::string_view sha256) const;
    bool has_size(std::size_t bytes) const;
    /// The Error for a name that is not in the catalogue, with the nearest one.
    Error unknown(std::string_view name) const;

private:
    std::vector<Manifest> models_;
};

}  // namespace facet::model
