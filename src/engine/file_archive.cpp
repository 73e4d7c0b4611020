#include "engine/file_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace facet::engine {

namespace {

constexpr std::string_view kPartial = ".partial";

bool is_digit(char character) { return character >= '0' && character <= '9'; }

/// "2026-11-21"
bool is_date(std::string_view name) {
    if (name.size() != 10) return false;
    for (std::size_t i = 0; i < name.size(); ++i)
        if (i == 4 || i == 7 ? name[i] != '-' : !is_digit(name[i])) return false;
    return true;
}

bool is_plain(char character) {
    return is_digit(character) || (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
           character == '-' || character == '_' || character == '.' || (character & 0x80) != 0;
}

/// The entries of a folder; none where it cannot be read.
std::vector<std::filesystem::directory_entry> entries_of(const std::filesystem::path& folder) {
    std::vector<std::filesystem::directory_entry> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
        entries.push_back(*entry);
    return entries;
}

bool is_folder(const std::filesystem::directory_entry& entry) {
    std::error_code ignored;
    return std::filesystem::is_directory(entry.symlink_status(ignored));
}

}  // namespace

FileArchive::FileArchive(ArchiveOptions options, bool (*is_ours)(std::string_view name))
    : options_(std::move(options)), is_ours_(is_ours) {}

Status FileArchive::prepare(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error && !std::filesystem::is_directory(folder, error)) error = std::make_error_code(std::errc::not_a_directory);
    if (!error && access(folder.c_str(), W_OK | X_OK) != 0) error = std::error_code(errno, std::generic_category());
    if (error)
        return fail(ErrorCode::permission_denied, "{}: cannot write files to this folder: {}", folder.string(),
                    error.message());
    return {};
}

void FileArchive::scan() {
    for (const auto& camera : entries_of(options_.folder)) {
        if (!is_folder(camera)) continue;
        for (const auto& day : entries_of(camera.path())) {
            if (!is_folder(day) || !is_date(day.path().filename().string())) continue;
            for (const auto& file : entries_of(day.path())) {
                const std::string name = file.path().filename().string();
                struct stat facts {};
                if (lstat(file.path().c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
                if (name.ends_with(kPartial) && is_ours_(name.substr(0, name.size() - kPartial.size())))
                    unlink(file.path().c_str());
                else if (is_ours_(name))
                    add((camera.path().filename() / day.path().filename() / name).string(), facts.st_size,
                        WallTime(std::chrono::seconds(facts.st_mtim.tv_sec) + Nanoseconds(facts.st_mtim.tv_nsec)));
            }
        }
    }
}

std::string FileArchive::subfolder(std::string_view camera, WallTime time) {
    std::string name;
    for (const char character : camera) {
        const bool is_hidden = name.empty() && character == '.';
        if (is_plain(character) && !is_hidden)
            name += character;
        else
            name += fmt::format("%{:02X}", static_cast<unsigned char>(character));
    }
    return (name.empty() ? "%" : name) + "/" + rfc3339(time).substr(0, 10);
}

Status FileArchive::make_folder_of(const std::string& path) const {
    const std::filesystem::path folder = (options_.folder / path).parent_path();
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(ErrorCode::unavailable, "{}: cannot make the folder: {}", folder.string(), error.message());
    return {};
}

void FileArchive::remove_oldest() {
    const auto oldest = files_.begin();
    const std::filesystem::path path = options_.folder / oldest->first.second;
    unlink(path.c_str());
    rmdir(path.parent_path().c_str());  // fails where there is anything left
    bytes_ -= oldest->second;
    files_.erase(oldest);
}

Status FileArchive::make_room(std::int64_t bytes, WallTime now) {
    if (options_.bytes_max > 0 && bytes > options_.bytes_max)
        return fail(ErrorCode::resource_exhausted, "{}: {} bytes to write, bytes_max is {}", options_.folder.string(), bytes,
                    options_.bytes_max);
    const auto is_too_old = [&] {
        return options_.age_max > Nanoseconds{} && files_.begin()->first.first < now - options_.age_max;
    };
    const auto is_too_much = [&] { return options_.bytes_max > 0 && bytes_ + bytes > options_.bytes_max; };
    while (!files_.empty() && (is_too_old() || is_too_much() || files_.size() > kFilesMax)) remove_oldest();
    return {};
}

void FileArchive::add(const std::string& path, std::int64_t bytes, WallTime time) {
    std::int64_t& known = files_[{time, path}];
    bytes_ += bytes - known;
    known = bytes;
}

void FileArchive::remove(const std::string& path, WallTime time) {
    unlink((options_.folder / path).c_str());
    const auto known = files_.find({time, path});
    if (known == files_.end()) return;
    bytes_ -= known->second;
    files_.erase(known);
}

}  // namespace facet::engine
