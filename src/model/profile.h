#pragma once
// Profile: what a model costs on this machine, measured once and kept, so that plans and results can name a cost that does
// not change from run to run.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace facet::model {

struct ProfileEntry {
    std::string model;     ///< name in the catalogue, or the file's
    std::string sha256;    ///< of the model file; empty for plain code
    std::string variant;   ///< "openvino bf16 416x256"
    std::string machine;   ///< the processor's name: costs of another machine do not count
    double cpu_ms = 0;     ///< CPU time of one inference, median
    double image_ms = 0;   ///< CPU time of one 1080p picture to the tensor, median
    double load_ms = 0;    ///< wall time until the session was ready
    double memory_mb = 0;  ///< resident memory that the session added
    int runs = 0;          ///< that the medians are of
};

/// Value type; nothing is shared with the file until save().
class Profile {
public:
    /// The profile in `path`; empty where there is none. A file that is no profile is an Error.
    static Result<Profile> load(const std::string& path);
    /// Replaces the file as a whole.
    Status save(const std::string& path) const;

    /// Null where it was not measured.
    const ProfileEntry* find(std::string_view sha256, std::string_view variant, std::string_view machine) const;
    /// Adds, or replaces the one of the same sha256, model, variant and machine.
    void put(ProfileEntry entry);
    std::span<const ProfileEntry> entries() const { return entries_; }

private:
    std::vector<ProfileEntry> entries_;
};

/// "profile.json" in the cache folder.
std::string profile_path(const std::string& cache_folder);
/// The processor's name as /proc/cpuinfo tells it, or "unknown".
std::string machine_name();

}  // namespace facet::model
