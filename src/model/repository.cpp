#include "model/repository.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {

namespace fs = std::filesystem;

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::size_t size_of_file(const fs::path& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    return error ? 0 : static_cast<std::size_t>(size);
}

bool is_file(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

/// The manifest beside a model file: MODEL.onnx.yaml, then MODEL.yaml; "" where there is none.
std::string manifest_path(const fs::path& model) {
    for (const fs::path& candidate : {fs::path(model.string() + ".yaml"), fs::path(model).replace_extension(".yaml")})
        if (is_file(candidate)) return candidate.string();
    return "";
}

Status verify(const std::string& path, const Manifest& manifest) {
    const std::size_t bytes = size_of_file(path);
    if (manifest.bytes != 0 && bytes != manifest.bytes)
        return fail(ErrorCode::corrupt, "{}: {} bytes, but the manifest of '{}' says {}", path, bytes, manifest.name,
                    manifest.bytes);
    if (manifest.sha256.empty()) return {};
    FACET_TRY(const auto sha256, sha256_of_file(path));
    if (sha256 != manifest.sha256)
        return fail(ErrorCode::corrupt, "{}: sha256 is {}, but the manifest of '{}' says {}", path, sha256, manifest.name,
                    manifest.sha256);
    return {};
}

Result<FoundModel> find_by_path(const std::string& path, const Catalogue& catalogue) {
    if (!is_file(path)) return fail(ErrorCode::not_found, "{}: no such model file", path);
    FoundModel found{.path = path, .manifest = {}, .has_manifest = false};
    if (const std::string beside = manifest_path(path); !beside.empty()) {
        FACET_TRY(const auto node, config::load_yaml(beside));
        FACET_TRY(found.manifest, read_manifest(node));
        FACET_CHECK(verify(path, found.manifest));
        found.has_manifest = true;
        return found;
    }
    if (!catalogue.has_size(size_of_file(path))) return found;  // spares hashing what cannot be in the catalogue
    FACET_TRY(const auto sha256, sha256_of_file(path));
    if (const Manifest* row = catalogue.find_sha256(sha256)) {
        found.manifest = *row;
        found.has_manifest = true;
    }
    return found;
}

Result<FoundModel> find_by_name(const Manifest& row, const Repository& repository) {
    if (const auto path = find_by_sha256(repository.mirror, row.bytes, row.sha256); !path.empty())
        return FoundModel{path, row, true};
    const fs::path stored = fs::path(repository.store) / row.file;
    if (repository.store.empty() || !is_file(stored))
        return fail(ErrorCode::not_found, "model '{}' is not on this machine{}; run `facet model pull {}{}`{}", row.name,
                    repository.mirror.empty() ? "" : fmt::format(" (searched {})", repository.mirror), row.name,
                    row.address.empty() ? " --mirror DIR" : "",
                    row.address.empty() ? " (the catalogue knows no address)" : "");
    FACET_CHECK(verify(stored.string(), row));
    return FoundModel{stored.string(), row, true};
}

constexpr std::size_t kLabelsBytesMax = std::size_t{16} << 20;

}  // namespace

Repository Repository::from_environment(std::string_view mirror) {
    Repository repository;
    repository.mirror = mirror.empty() ? environment("FACET_MODEL_MIRROR") : std::string(mirror);
    std::string cache = environment("XDG_CACHE_HOME");
    if (cache.empty()) {
        const std::string home = environment("HOME");
        if (!home.empty()) cache = (fs::path(home) / ".cache").string();
    }
    if (!cache.empty()) repository.store = (fs::path(cache) / "facet" / "models").string();
    return repository;
}

Result<FoundModel> find_model(const std::string& name_or_path, const Catalogue& catalogue, const Repository& repository) {
    const bool is_path = name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".onnx");
    if (is_path) return find_by_path(name_or_path, catalogue);
    const Manifest* row = catalogue.find(name_or_path);
    if (!row) return fail(catalogue.unknown(name_or_path));
    return find_by_name(*row, repository);
}

std::string find_by_sha256(const std::string& folder, std::size_t bytes, std::string_view sha256) {
    if (folder.empty() || sha256.empty()) return "";
    std::error_code error;
    std::vector<fs::path> candidates;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        if (!is_file(entry->path())) continue;
        if (bytes == 0 || size_of_file(entry->path()) == bytes) candidates.push_back(entry->path());
    }
    std::sort(candidates.begin(), candidates.end());  // the same file on every run
    for (const fs::path& path : candidates)
        if (const auto found = sha256_of_file(path); found && *found == sha256) return path.string();
    return "";
}

Status resolve_labels(Manifest& manifest, const std::string& model_path, const Repository& repository) {
    if (!manifest.labels.empty() || manifest.labels_file.empty()) return {};
    const fs::path beside = fs::path(model_path).parent_path() / manifest.labels_file;
    std::string path = is_file(beside) ? beside.string() : "";
    for (const std::string& folder : {repository.mirror, repository.store})
        if (path.empty()) path = find_by_sha256(folder, 0, manifest.labels_sha256);
    if (path.empty()) return {};
    FACET_TRY(const auto text, read_file(path, kLabelsBytesMax));
    if (!manifest.labels_sha256.empty() && sha256_of(text) != manifest.labels_sha256)
        return fail(ErrorCode::corrupt, "{}: sha256 is {}, but the manifest of '{}' says {}", path, sha256_of(text),
                    manifest.name, manifest.labels_sha256);
    for (const auto line : split(text, '\n')) {
        if (trim(line).empty()) continue;
        const auto tab = line.find('\t');  // "wnid<TAB>name": the name is what people read
        manifest.labels.emplace_back(trim(tab == std::string_view::npos ? line : line.substr(tab + 1)));
    }
    return {};
}

}  // namespace facet::model
