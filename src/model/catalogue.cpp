#include "model/catalogue.h"

#include <algorithm>

#include "base/file.h"
#include "config/options.h"

namespace facet::model {

namespace embedded {
extern const std::string_view kCatalogue;  // models/catalogue.yaml, written by CMake (catalogue_text.cpp.in)
}

namespace {

constexpr std::size_t kCatalogueBytesMax = std::size_t{1} << 20;

Status check_complete(const Manifest& manifest, const config::Node& node) {
    const auto missing = manifest.file.empty()     ? "file"
                         : manifest.sha256.empty() ? "sha256"
                         : manifest.bytes == 0     ? "bytes"
                                                   : "";
    if (*missing == '\0') return {};
    return fail(ErrorCode::invalid_argument, "{}: model '{}': '{}' is missing; a catalogue's rows need it", node.place(),
                manifest.name, missing);
}

}  // namespace

Result<Catalogue> Catalogue::builtin() { return parse(embedded::kCatalogue, "catalogue.yaml"); }

Result<Catalogue> Catalogue::load(const std::string& path) {
    FACET_TRY(const auto text, read_file(path, kCatalogueBytesMax));
    return parse(text, path);
}

Result<Catalogue> Catalogue::parse(std::string_view yaml, const std::string& file) {
    // A catalogue comes from elsewhere: it must not be able to read the environment.
    FACET_TRY(const auto root, config::parse_yaml(yaml, file, [](const char*) -> const char* { return nullptr; }));
    static constexpr config::OptionRow kRows[] = {
        {.key = "models", .type = config::OptionType::node, .required = true, .help = "a list of manifests"},
    };
    FACET_TRY(const auto values, config::Values::read(kRows, root, "catalogue"));
    const config::Node& list = values.node("models");
    if (list.kind != config::Node::Kind::list)
        return fail(ErrorCode::invalid_argument, "{}: models is not a list of manifests", list.place());
    Catalogue catalogue;
    for (const config::Node& item : list.items) {
        FACET_TRY(auto manifest, read_manifest(item));
        FACET_CHECK(check_complete(manifest, item));
        if (catalogue.find(manifest.name))
            return fail(ErrorCode::invalid_argument, "{}: model '{}' stands twice in the catalogue", item.place(),
                        manifest.name);
        catalogue.models_.push_back(std::move(manifest));
    }
    return catalogue;
}

const Manifest* Catalogue::find(std::string_view name) const {
    const auto found = std::find_if(models_.begin(), models_.end(), [&](const Manifest& row) { return row.name == name; });
    return found == models_.end() ? nullptr : &*found;
}

const Manifest* Catalogue::find_sha256(std::string_view sha256) const {
    const auto found =
        std::find_if(models_.begin(), models_.end(), [&](const Manifest& row) { return row.sha256 == sha256; });
    return found == models_.end() ? nullptr : &*found;
}

bool Catalogue::has_size(std::size_t bytes) const {
    return std::any_of(models_.begin(), models_.end(), [&](const Manifest& row) { return row.bytes == bytes; });
}

Error Catalogue::unknown(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const Manifest& row : models_) names.push_back(row.name);
    Error error = config::unknown_name("model", "name", name, names);
    error.code = ErrorCode::not_found;
    return error;
}

}  // namespace facet::model
