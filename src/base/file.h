#pragma once
// Whole files in, and files out that never stand half-written under their final name.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace facet {

/// The bytes of a regular file. Errors name the path: not_found, permission_denied, invalid_argument (a folder),
/// resource_exhausted (larger than `bytes_max`).
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max);

enum class Sync { yes, no };

/// A file that is being written. Bytes go to "NAME.partial" beside the target; commit() flushes, syncs and renames it to
/// the final name; without a commit the destructor removes it, so that nothing half-written is ever found under NAME.
/// A target that exists and is not a regular file (/dev/stdout, a pipe) is written directly. "-" is standard output.
/// Every failure, a full disk included, is an Error that names the path. Used by one thread at a time.
class OutputFile {
public:
    /// Opens for writing; fails at once where the folder is missing or not writable.
    static Result<OutputFile> create(const std::filesystem::path& path);

    /// Opens for adding lines to what is there, under the final name at once: for logs of processes that never end. A last
    /// line that was cut off (power, kill -9) is ended first, so that it spoils no other.
    static Result<OutputFile> append(const std::filesystem::path& path);

    OutputFile(OutputFile&&) noexcept;
    OutputFile& operator=(OutputFile&&) noexcept;
    ~OutputFile();

    Status write(std::string_view bytes);
    /// Hands buffered bytes to the system (for a reader who follows the file).
    Status flush();
    /// Gives the file its final name, or the Error of an earlier write again: a file that lacks bytes gets no name. Nothing
    /// may be written afterwards; a further commit does nothing. Without `sync` the disk is not waited for: a power cut may
    /// take the file away again, or its bytes.
    Status commit(Sync sync = Sync::yes);

    const std::filesystem::path& path() const { return path_; }

private:
    struct Close {
        void operator()(std::FILE* file) const;
    };
    OutputFile() = default;
    void discard();

    std::filesystem::path path_;
    std::filesystem::path partial_;  // empty where the target is written directly
    std::unique_ptr<std::FILE, Close> file_;
    int failure_ = 0;  // errno of the latest write that failed
};

/// Writes the whole of `bytes` through an OutputFile.
Status write_file(const std::filesystem::path& path, std::string_view bytes);

}  // namespace facet
