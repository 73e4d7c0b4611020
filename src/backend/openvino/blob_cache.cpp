#include "backend/openvino/blob_cache.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "wrap/openssl/sha256.h"

namespace facet::backend {

namespace {

// A file is: magic, line of three numbers and a checksum, description, zeros up to a multiple of 64, payload.
constexpr std::string_view kMagic = "facet-compiled-model 1\n";
constexpr std::string_view kSuffix = ".blob";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kBlobBytesMax = std::size_t{2} << 30;
constexpr std::size_t kChecksumLength = 64;

std::size_t aligned(std::size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::string checksum(std::string_view description, std::string_view payload) {
    return sha256_of(sha256_of(description) + sha256_of(payload));
}

/// The next line; removed from `rest`.
std::string_view take_line(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

}  // namespace

std::filesystem::path BlobCache::path(std::string_view key) const { return folder_ / fmt::format("{}{}", key, kSuffix); }

std::optional<Blob> BlobCache::find(std::string_view key) const {
    if (folder_.empty()) return {};
    auto file = read_file(path(key), kBlobBytesMax);
    if (!file) return {};
    const auto damaged = [&]() -> std::optional<Blob> {
        log_.warning("compiled model in the cache is damaged and will be made again path={}", path(key).string());
        drop(key);
        return {};
    };
    std::string_view rest = *file;
    if (!rest.starts_with(kMagic)) return damaged();
    rest.remove_prefix(kMagic.size());
    const auto numbers = split(take_line(rest), ' ');
    if (numbers.size() != 3 || numbers[2].size() != kChecksumLength) return damaged();
    const auto description_bytes = parse_integer(numbers[0]);
    const auto payload_bytes = parse_integer(numbers[1]);
    if (!description_bytes || !payload_bytes || *description_bytes < 0 || *payload_bytes < 0) return damaged();
    const auto description_size = static_cast<std::size_t>(*description_bytes);
    const auto payload_size = static_cast<std::size_t>(*payload_bytes);
    const std::size_t start = file->size() - rest.size();
    if (description_size > rest.size()) return damaged();
    const std::size_t offset = aligned(start + description_size);
    if (offset > file->size() || payload_size != file->size() - offset) return damaged();
    const std::string_view description = rest.substr(0, description_size);
    const std::string_view payload = std::string_view(*file).substr(offset);
    if (checksum(description, payload) != numbers[2]) return damaged();
    Blob blob{std::string(description), Tensor(ElementType::u8, {static_cast<std::int64_t>(payload_size)})};
    std::memcpy(blob.payload.data(), payload.data(), payload_size);
    return blob;
}

void BlobCache::keep(std::string_view key, std::string_view description, std::string_view payload) const {
    if (folder_.empty()) return;
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    std::string head = fmt::format("{}{} {} {}\n{}", kMagic, description.size(), payload.size(),
                                   checksum(description, payload), description);
    head.resize(aligned(head.size()), '\0');
    // Several processes may keep the same entry at once: each writes a file of its own name, the last rename stays.
    const auto own = folder_ / fmt::format("{}.{}-{}-{}{}", key, getpid(), fmt::ptr(this), kept_++, kSuffix);
    const auto write = [&]() -> Status {
        FACET_TRY(auto out, OutputFile::create(own));
        FACET_CHECK(out.write(head));
        FACET_CHECK(out.write(payload));
        return out.commit();
    };
    if (const Status written = write(); !written) {
        log_.warning("compiled model is not kept: {}", written.error().message);
        return;
    }
    std::filesystem::rename(own, path(key), error);
    if (error) log_.warning("compiled model is not kept: {}: {}", path(key).string(), error.message());
    make_room();
}

void BlobCache::drop(std::string_view key) const {
    std::error_code ignored;
    std::filesystem::remove(path(key), ignored);
}

void BlobCache::make_room() const {
    struct Entry {
        std::filesystem::file_time_type written;
        std::uintmax_t bytes;
        std::filesystem::path path;
    };
    std::vector<Entry> entries;
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder_, error)) {
        const auto extension = file.path().extension();
        if (extension != kSuffix && extension != ".partial") continue;
        const auto bytes = file.file_size(error);
        const auto written = file.last_write_time(error);
        if (!error) entries.push_back({written, bytes, file.path()});
    }
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.written > b.written; });
    std::uintmax_t total = 0;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        total += entries[i].bytes;
        if (i < kEntriesMax && total <= kBytesMax) continue;
        log_.debug("compiled model leaves the cache, which is full path={}", entries[i].path.string());
        std::filesystem::remove(entries[i].path, error);
    }
}

}  // namespace facet::backend
