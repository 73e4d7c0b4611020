#include "model/download.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

#include "wrap/http/http.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {

namespace fs = std::filesystem;

namespace {

ErrorCode code_of(int error) {
    if (error == ENOSPC || error == EDQUOT) return ErrorCode::resource_exhausted;
    if (error == EACCES || error == EPERM || error == EROFS) return ErrorCode::permission_denied;
    return error == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
}

/// FILE.partial, locked against a second pull, growing. Kept on destruction: the next pull goes on with it.
class PartialFile {
public:
    static Result<PartialFile> open(const fs::path& path) {
        PartialFile file;
        file.path_ = path;
        file.descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (file.descriptor_ < 0) return file.failed("open");
        if (::flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0)
            return fail(ErrorCode::unavailable, "{}: another pull of this file is under way", path.string());
        const auto end = ::lseek(file.descriptor_, 0, SEEK_END);
        if (end < 0) return file.failed("read");
        file.size_ = static_cast<std::uint64_t>(end);
        return file;
    }
    PartialFile(PartialFile&& other) noexcept
        : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}
    PartialFile& operator=(PartialFile&&) = delete;
    ~PartialFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    std::uint64_t size() const { return size_; }

    Status cut_to(std::uint64_t size) {
        if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0 || ::lseek(descriptor_, 0, SEEK_END) < 0)
            return failed("cut");
        size_ = size;
        return {};
    }

    Status append(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return failed("write");
            bytes.remove_prefix(static_cast<std::size_t>(written));
            size_ += static_cast<std::uint64_t>(written);
        }
        return {};
    }

    Status commit(const fs::path& final_path) {
        if (::fsync(descriptor_) != 0) return failed("sync");
        std::error_code error;
        fs::rename(path_, final_path, error);
        if (error) return fail(code_of(error.value()), "{}: cannot rename: {}", path_.string(), error.message());
        return {};
    }

    void discard() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    const fs::path& path() const { return path_; }

private:
    PartialFile() = default;
    tl::unexpected<Error> failed(std::string_view action) const {
        const int error = errno;
        return fail(code_of(error), "{}: cannot {}: {}", path_.string(), action, std::strerror(error));
    }

    fs::path path_;
    int descriptor_ = -1;
    std::uint64_t size_ = 0;
};

void report(const PullOptions& options, const PartialFile& file, const Manifest& manifest) {
    if (options.progress) options.progress(file.size(), manifest.bytes);
}

/// Copies a local file from where the partial one ends.
Status copy(const fs::path& source, PartialFile& file, const Manifest& manifest, const PullOptions& options,
            const std::atomic<bool>& interrupted) {
    const auto close = [](std::FILE* in) { std::fclose(in); };
    const std::unique_ptr<std::FILE, decltype(close)> in(std::fopen(source.c_str(), "rbe"), close);
    if (!in) return fail(code_of(errno), "{}: {}", source.string(), std::strerror(errno));
    FACET_CHECK(file.cut_to(0));
    std::vector<char> buffer(std::size_t{1} << 16);
    while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), in.get())) {
        if (interrupted.load()) return fail(ErrorCode::cancelled, "{}: interrupted", source.string());
        if (file.size() + count > manifest.bytes)
            return fail(ErrorCode::corrupt, "{}: more than the {} bytes that the catalogue says", source.string(),
                        manifest.bytes);
        FACET_CHECK(file.append({buffer.data(), count}));
        report(options, file, manifest);
    }
    if (std::ferror(in.get()))
        return fail(ErrorCode::unavailable, "{}: cannot read: {}", source.string(), std::strerror(errno));
    return {};
}

/// One connection: goes on where the partial file ends.
Status fetch_once(PartialFile& file, const Manifest& manifest, const PullOptions& options,
                  const std::atomic<bool>& interrupted) {
    http::Request request;
    request.address = manifest.address;
    request.offset = file.size();
    request.bytes_max = manifest.bytes;
    request.connect_timeout = options.connect_timeout;
    request.stall_timeout = options.stall_timeout;
    const http::Receiver receiver{[&](std::uint64_t offset) { return file.cut_to(offset); },
                                  [&](std::string_view bytes) -> Status {
                                      FACET_CHECK(file.append(bytes));
                                      report(options, file, manifest);
                                      return {};
                                  }};
    FACET_CHECK(http::get(request, receiver, interrupted));
    if (file.size() < manifest.bytes)
        return fail(ErrorCode::unavailable, "{}: ended after {} of {} bytes", manifest.address, file.size(), manifest.bytes);
    return {};
}

/// Waits, but not longer than it takes to notice an interruption.
void wait(Milliseconds duration, const std::atomic<bool>& interrupted) {
    std::mutex mutex;
    std::condition_variable never;
    const auto until = monotonic_now() + duration;
    std::unique_lock lock(mutex);
    while (!interrupted.load() && monotonic_now() < until)
        never.wait_until(lock, std::min(until, monotonic_now() + Milliseconds(50)));
}

Status fetch(PartialFile& file, const Manifest& manifest, const PullOptions& options, const std::atomic<bool>& interrupted) {
    Milliseconds pause = options.pause;
    for (int attempt = 1;; ++attempt) {
        const std::uint64_t before = file.size();
        auto fetched = fetch_once(file, manifest, options, interrupted);
        if (fetched) return {};
        Error error = std::move(fetched.error());
        const bool is_beyond_end = error.code == ErrorCode::corrupt && before > 0;  // what we have is not what it serves
        if (is_beyond_end) FACET_CHECK(file.cut_to(0));
        if ((error.code != ErrorCode::unavailable && !is_beyond_end) || attempt >= options.attempts)
            return fail(std::move(error));
        wait(pause, interrupted);
        if (interrupted.load()) return fail(ErrorCode::cancelled, "{}: interrupted", manifest.address);
        pause *= 2;
    }
}

Status verify(const PartialFile& file, const Manifest& manifest, const std::string& from) {
    if (file.size() != manifest.bytes)
        return fail(ErrorCode::corrupt, "{}: {} bytes, but the catalogue says {} for model '{}'", from, file.size(),
                    manifest.bytes, manifest.name);
    FACET_TRY(const auto sha256, sha256_of_file(file.path()));
    if (sha256 != manifest.sha256)
        return fail(ErrorCode::corrupt, "{}: sha256 is {}, but the catalogue says {} for model '{}'", from, sha256,
                    manifest.sha256, manifest.name);
    return {};
}

/// Fills the partial file from wherever the model can be had; gives where that was.
Result<std::string> fill(PartialFile& file, const Manifest& manifest, const Repository& repository,
                         const PullOptions& options, const std::atomic<bool>& interrupted) {
    constexpr std::string_view kFile = "file://";
    if (const auto mirrored = find_by_sha256(repository.mirror, manifest.bytes, manifest.sha256); !mirrored.empty()) {
        FACET_CHECK(copy(mirrored, file, manifest, options, interrupted));
        return std::string("mirror");
    }
    if (manifest.address.starts_with(kFile)) {
        FACET_CHECK(copy(manifest.address.substr(kFile.size()), file, manifest, options, interrupted));
        return manifest.address;
    }
    if (file.size() > manifest.bytes) FACET_CHECK(file.cut_to(0));
    const bool is_resumed = file.size() > 0;
    if (file.size() < manifest.bytes) FACET_CHECK(fetch(file, manifest, options, interrupted));
    if (is_resumed && !verify(file, manifest, manifest.address)) {  // it began as something else: once more from the start
        FACET_CHECK(file.cut_to(0));
        FACET_CHECK(fetch(file, manifest, options, interrupted));
    }
    return manifest.address;
}

}  // namespace

Result<Pulled> pull(const Manifest& manifest, const Repository& repository, const PullOptions& options,
                    const std::atomic<bool>& interrupted) {
    if (manifest.sha256.empty() || manifest.bytes == 0 || manifest.file.empty())
        return fail(ErrorCode::invalid_argument, "model '{}': the manifest lacks file, bytes or sha256", manifest.name);
    if (repository.store.empty())
        return fail(ErrorCode::invalid_argument, "no folder for models: set HOME or XDG_CACHE_HOME");
    const fs::path target = fs::path(repository.store) / manifest.file;
    std::error_code error;
    if (fs::is_regular_file(target, error) && fs::file_size(target, error) == manifest.bytes) {
        const auto sha256 = sha256_of_file(target);
        if (sha256 && *sha256 == manifest.sha256) return Pulled{target.string(), "store", 0};
    }
    const bool is_mirrored = !find_by_sha256(repository.mirror, manifest.bytes, manifest.sha256).empty();
    if (manifest.address.empty() && !is_mirrored)
        return fail(ErrorCode::not_found, "model '{}': the catalogue knows no address, and {}", manifest.name,
                    repository.mirror.empty() ? std::string("no mirror is given (--mirror DIR, FACET_MODEL_MIRROR)")
                                              : fmt::format("{} does not have it", repository.mirror));
    fs::create_directories(repository.store, error);
    if (error) return fail(code_of(error.value()), "{}: cannot create: {}", repository.store, error.message());
    FACET_TRY(auto file, PartialFile::open(target.string() + ".partial"));
    const std::uint64_t before = file.size();
    auto from = fill(file, manifest, repository, options, interrupted);
    if (!from) {
        // What may be gone on with stays; what can never become right does not.
        if (from.error().code != ErrorCode::unavailable && from.error().code != ErrorCode::cancelled) file.discard();
        return fail(std::move(from.error()));
    }
    if (auto verified = verify(file, manifest, *from); !verified) {
        file.discard();
        return fail(std::move(verified.error()));
    }
    FACET_CHECK(file.commit(target));
    return Pulled{target.string(), *from, file.size() - std::min(before, file.size())};
}

}  // namespace facet::model
