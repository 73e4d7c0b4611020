#pragma once
// Compiled models and precision choices on disk, shared by processes. An entry is written under a name of its own and
// renamed, so readers see whole files; its checksum is verified, so a damaged one is a miss, never a fault.

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "media/tensor.h"

namespace facet::backend {

/// One entry: a description in our words and the vendor's bytes.
struct Blob {
    std::string description;
    Tensor payload;
};

/// Thread-safe and safe across processes. A folder that cannot be written is a warning in the log, not a failure: the cache
/// only saves time.
class BlobCache {
public:
    /// "" = keeps nothing and finds nothing.
    BlobCache(std::filesystem::path folder, Log& log) : folder_(std::move(folder)), log_(log) {}

    /// The entry, or nothing if it is missing or damaged. `key` consists of letters, digits and '-'.
    std::optional<Blob> find(std::string_view key) const;
    /// Keeps the entry and drops the least recently written ones beyond kEntriesMax and kBytesMax.
    void keep(std::string_view key, std::string_view description, std::string_view payload) const;
    /// Removes an entry that turned out to be of no use.
    void drop(std::string_view key) const;

    static constexpr std::size_t kEntriesMax = 256;
    static constexpr std::uintmax_t kBytesMax = std::uintmax_t{2} << 30;

private:
    std::filesystem::path path(std::string_view key) const;
    void make_room() const;

    std::filesystem::path folder_;
    Log& log_;
    mutable std::atomic<unsigned> kept_ = 0;
};

}  // namespace facet::backend
