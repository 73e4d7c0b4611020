#include "wrap/ffmpeg/messages.h"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "base/secrets.h"

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace facet::ffmpeg {

namespace {

constexpr std::size_t kLineBytesMax = 4096;

// FFmpeg's log callback has no user data that would lead from a message to its reader; the thread is what they share.
thread_local MessageScope* listener = nullptr;

}  // namespace

void keep_message(MessageScope& scope, std::string_view line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ' || line.back() == '.')) line.remove_suffix(1);
    scope.length_ = std::min(line.size(), scope.text_.size());
    std::transform(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(scope.length_), scope.text_.begin(),
                   [](char c) { return c >= ' ' && c <= '~' ? c : ' '; });
}

namespace {

void receive(void*, int level, const char* format, std::va_list arguments) {
    if (level > AV_LOG_ERROR || listener == nullptr || !listener->text().empty()) return;
    std::array<char, kLineBytesMax> line;
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (length <= 0) return;
    // Before it is cut: half a password would not be recognised.
    keep_message(*listener, without_secrets({line.data(), std::min(static_cast<std::size_t>(length), line.size() - 1)}));
}

}  // namespace

ErrorCode MessageScope::code_of(int code) {
    switch (code) {
        case AVERROR(ENOENT):
        case AVERROR(ENODEV):
        case AVERROR(ENXIO):
        case AVERROR_HTTP_NOT_FOUND: return ErrorCode::not_found;
        case AVERROR(EACCES):
        case AVERROR(EPERM):
        case AVERROR(EROFS):
        case AVERROR_HTTP_UNAUTHORIZED:
        case AVERROR_HTTP_FORBIDDEN: return ErrorCode::permission_denied;
        case AVERROR(EISDIR):
        case AVERROR(ENOTDIR):
        case AVERROR(EINVAL): return ErrorCode::invalid_argument;
        case AVERROR(ENOSPC):
        case AVERROR(EDQUOT):
        case AVERROR(EFBIG):
        case AVERROR(ENOMEM):
        case AVERROR(EMFILE):
        case AVERROR(ENFILE): return ErrorCode::resource_exhausted;
        case AVERROR(EBUSY):
        case AVERROR(ECONNREFUSED):
        case AVERROR(ECONNRESET):
        case AVERROR(ECONNABORTED):
        case AVERROR(EHOSTUNREACH):
        case AVERROR(ENETUNREACH):
        case AVERROR(ENETDOWN):
        case AVERROR(EPIPE):
        case AVERROR(ETIMEDOUT):
        case AVERROR_EXIT:
        case AVERROR_HTTP_SERVER_ERROR: return ErrorCode::unavailable;
        case AVERROR_DECODER_NOT_FOUND:
        case AVERROR_DEMUXER_NOT_FOUND:
        case AVERROR_ENCODER_NOT_FOUND:
        case AVERROR_MUXER_NOT_FOUND:
        case AVERROR_PATCHWELCOME: return ErrorCode::unsupported;
        default: return ErrorCode::corrupt;
    }
}

MessageScope::MessageScope() : outer_(listener) {
    static std::once_flag installed;
    std::call_once(installed, [] { av_log_set_callback(&receive); });
    listener = this;
}

MessageScope::~MessageScope() { listener = outer_; }

std::string MessageScope::describe(int code) const {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> words{};
    av_strerror(code, words.data(), words.size());
    return text().empty() ? std::string(words.data()) : fmt::format("{} ({})", words.data(), text());
}

tl::unexpected<Error> MessageScope::fail(std::string_view path, std::string_view action, int code) const {
    return facet::fail(code_of(code), "{}: cannot {}: {}", path, action, describe(code));
}

}  // namespace facet::ffmpeg
