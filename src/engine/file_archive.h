#pragma once
// FileArchive: files of cameras by day in one folder, of which the oldest go when they are too old or too many.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/result.h"

namespace facet::engine {

struct ArchiveOptions {
    std::filesystem::path folder;
    Nanoseconds age_max{};       ///< 0 = any
    std::int64_t bytes_max = 0;  ///< 0 = any
};

/// Files are FOLDER/CAMERA/YYYY-MM-DD/NAME, days in UTC. Only such whose name is ours are ever counted or removed; what else
/// lies in the folder is left alone. Not thread-safe.
class FileArchive {
public:
    /// At most so many files, whatever the options say: it knows each by name.
    static constexpr std::size_t kFilesMax = 1'000'000;

    /// `is_ours` knows a file by its name; leftovers are such names with ".partial" behind.
    FileArchive(ArchiveOptions options, bool (*is_ours)(std::string_view name));

    /// Makes the folder and tries whether files can be written to it.
    static Status prepare(const std::filesystem::path& folder);
    /// Looks once at what is there from earlier runs and removes what they left half-written.
    void scan();

    /// "CAMERA/YYYY-MM-DD" for a camera of any name: what a file name should not have stands as %XX.
    static std::string subfolder(std::string_view camera, WallTime time);
    /// Makes the folder that a file with this path relative to folder() lies in. After make_room(), which removes empty
    /// ones.
    Status make_folder_of(const std::string& path) const;
    const std::filesystem::path& folder() const { return options_.folder; }

    /// Removes the oldest files until `bytes` more have room, and what is too old at `now`. An Error where they never will.
    Status make_room(std::int64_t bytes, WallTime now);
    /// A file is complete. `path` is relative to the folder.
    void add(const std::string& path, std::int64_t bytes, WallTime time);
    /// Removes a file that was added at `time`, or none that is known.
    void remove(const std::string& path, WallTime time);

    std::int64_t bytes() const { return bytes_; }
    std::size_t files() const { return files_.size(); }

private:
    void remove_oldest();

    ArchiveOptions options_;
    bool (*is_ours_)(std::string_view);
    std::map<std::pair<WallTime, std::string>, std::int64_t> files_;  // by time and path: bytes
    std::int64_t bytes_ = 0;
};

}  // namespace facet::engine
