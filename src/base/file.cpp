#include "base/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace facet {

namespace {

ErrorCode code_of(int error) {
    switch (error) {
        case ENOENT: return ErrorCode::not_found;
        case EACCES:
        case EPERM:
        case EROFS: return ErrorCode::permission_denied;
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
        case EMFILE:
        case ENFILE:
        case ENOMEM: return ErrorCode::resource_exhausted;
        case EISDIR:
        case ENOTDIR:
        case ENAMETOOLONG: return ErrorCode::invalid_argument;
        default: return ErrorCode::unavailable;
    }
}

tl::unexpected<Error> fail_errno(const std::filesystem::path& path, std::string_view action, int error) {
    return fail(code_of(error), "{}: cannot {}: {}", path.string(), action, std::strerror(error));
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(ErrorCode::invalid_argument, "{}: is a folder, expected a file", path.string());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (!file) return fail_errno(path, "read", errno);
    std::string bytes;
    char block[1 << 16];
    while (const std::size_t count = std::fread(block, 1, sizeof block, file.get())) {
        if (bytes.size() + count > bytes_max)
            return fail(ErrorCode::resource_exhausted, "{}: larger than the {} bytes that are accepted here", path.string(),
                        bytes_max);
        bytes.append(block, count);
    }
    if (std::ferror(file.get())) return fail_errno(path, "read", errno);
    return bytes;
}

void OutputFile::Close::operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
}

OutputFile::OutputFile(OutputFile&&) noexcept = default;

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
    if (this == &other) return *this;
    discard();
    path_ = std::move(other.path_);
    partial_ = std::move(other.partial_);
    file_ = std::move(other.file_);
    failure_ = other.failure_;
    return *this;
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
    if (!file_) return;
    file_.reset();
    if (!partial_.empty()) unlink(partial_.c_str());
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
    OutputFile out;
    out.path_ = path;
    if (path == "-") {
        out.file_.reset(stdout);
        return out;
    }
    std::error_code ignored;
    const auto status = std::filesystem::status(path, ignored);
    if (std::filesystem::is_directory(status))
        return fail(ErrorCode::invalid_argument, "{}: is a folder, expected a file to write", path.string());
    const bool direct = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    if (!direct) {
        out.partial_ = path;
        out.partial_ += ".partial";
    }
    out.file_.reset(std::fopen(direct ? path.c_str() : out.partial_.c_str(), "wbe"));
    if (!out.file_) return fail_errno(path, "write", errno);
    return out;
}

Result<OutputFile> OutputFile::append(const std::filesystem::path& path) {
    if (path == "-") return create(path);
    OutputFile out;
    out.path_ = path;
    out.file_.reset(std::fopen(path.c_str(), "a+be"));
    if (!out.file_) return fail_errno(path, "write", errno);
    // Reading may go anywhere, "a" writes at the end all the same. What cannot seek (a pipe) has no last line.
    if (std::fseek(out.file_.get(), -1, SEEK_END) == 0 && std::fgetc(out.file_.get()) != '\n') {
        std::fseek(out.file_.get(), 0, SEEK_END);
        FACET_CHECK(out.write("\n"));
    }
    std::fseek(out.file_.get(), 0, SEEK_END);
    return out;
}

Status OutputFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
    failure_ = errno;
    return fail_errno(path_, "write", failure_);
}

Status OutputFile::flush() {
    if (std::fflush(file_.get()) == 0) return {};
    failure_ = errno;
    return fail_errno(path_, "write", failure_);
}

Status OutputFile::commit(Sync sync) {
    if (!file_) return {};
    // Bytes are missing, even if the disk has room again.
    if (failure_ != 0) return fail_errno(path_, "write", failure_);
    FACET_CHECK(flush());
    if (partial_.empty()) {
        file_.reset();
        return {};
    }
    if (sync == Sync::yes && fsync(fileno(file_.get())) != 0) return fail_errno(path_, "write", errno);
    if (std::rename(partial_.c_str(), path_.c_str()) != 0) return fail_errno(path_, "write", errno);
    partial_.clear();
    file_.reset();
    return {};
}

Status write_file(const std::filesystem::path& path, std::string_view bytes) {
    FACET_TRY(auto out, OutputFile::create(path));
    FACET_CHECK(out.write(bytes));
    return out.commit();
}

}  // namespace facet
