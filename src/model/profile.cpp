#include "model/profile.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"

namespace facet::model {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kProfileBytesMax = std::size_t{4} << 20;
constexpr std::size_t kEntriesMax = 10'000;

Json to_json(const ProfileEntry& entry) {
    return {{"model", entry.model},     {"sha256", entry.sha256},       {"variant", entry.variant},
            {"machine", entry.machine}, {"cpu_ms", entry.cpu_ms},       {"image_ms", entry.image_ms},
            {"load_ms", entry.load_ms}, {"memory_mb", entry.memory_mb}, {"runs", entry.runs}};
}

std::string text_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_of(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

}  // namespace

Result<Profile> Profile::load(const std::string& path) {
    Profile profile;
    const auto text = read_file(path, kProfileBytesMax);
    if (!text) {
        if (text.error().code == ErrorCode::not_found) return profile;
        return fail(text.error());
    }
    const Json root = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
    const auto entries = root.is_object() ? root.find("entries") : root.end();
    if (!root.is_object() || entries == root.end() || !entries->is_array())
        return fail(ErrorCode::corrupt, "{}: not a profile; remove it and run `facet model profile` again", path);
    for (const Json& item : *entries) {
        if (!item.is_object() || profile.entries_.size() == kEntriesMax) continue;
        profile.entries_.push_back({.model = text_of(item, "model"),
                                    .sha256 = text_of(item, "sha256"),
                                    .variant = text_of(item, "variant"),
                                    .machine = text_of(item, "machine"),
                                    .cpu_ms = number_of(item, "cpu_ms"),
                                    .image_ms = number_of(item, "image_ms"),
                                    .load_ms = number_of(item, "load_ms"),
                                    .memory_mb = number_of(item, "memory_mb"),
                                    .runs = static_cast<int>(number_of(item, "runs"))});
    }
    return profile;
}

Status Profile::save(const std::string& path) const {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error) return fail(ErrorCode::permission_denied, "{}: cannot create its folder: {}", path, error.message());
    Json entries = Json::array();
    for (const ProfileEntry& entry : entries_) entries.push_back(to_json(entry));
    return write_file(path, Json{{"entries", entries}}.dump(2) + "\n");
}

const ProfileEntry* Profile::find(std::string_view sha256, std::string_view variant, std::string_view machine) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const ProfileEntry& entry) {
        return entry.sha256 == sha256 && entry.variant == variant && entry.machine == machine;
    });
    return found == entries_.end() ? nullptr : &*found;
}

void Profile::put(ProfileEntry entry) {
    std::erase_if(entries_, [&](const ProfileEntry& old) {
        return old.sha256 == entry.sha256 && old.model == entry.model && old.variant == entry.variant &&
               old.machine == entry.machine;
    });
    if (entries_.size() == kEntriesMax) entries_.erase(entries_.begin());
    entries_.push_back(std::move(entry));
}

std::string profile_path(const std::string& cache_folder) {
    return (std::filesystem::path(cache_folder) / "profile.json").string();
}

std::string machine_name() {
    const auto text = read_file("/proc/cpuinfo", kProfileBytesMax);
    if (!text) return "unknown";
    for (const auto line : split(*text, '\n')) {
        const auto colon = line.find(':');
        if (colon != std::string_view::npos && trim(line.substr(0, colon)) == "model name")
            return std::string(trim(line.substr(colon + 1)));
    }
    return "unknown";
}

}  // namespace facet::model
