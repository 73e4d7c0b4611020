#include "wrap/ffmpeg/messages.h"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <mutex>

extern "C" {
#include <libavutil/error.h>
#include <libavutil/log.h>
}

namespace facet::ffmpeg {

namespace {

// FFmpeg's log callback has no user data that would lead from a message to its reader; the thread is what they share.
thread_local MessageScope* listener = nullptr;

ErrorCode code_of(int code) {
    switch (code) {
        case AVERROR(ENOENT): return ErrorCode::not_found;
        case AVERROR(EACCES):
        case AVERROR(EPERM):
        case AVERROR(EROFS): return ErrorCode::permission_denied;
        case AVERROR(EISDIR):
        case AVERROR(ENOTDIR):
        case AVERROR(EINVAL): return ErrorCode::invalid_argument;
        case AVERROR(ENOSPC):
        case AVERROR(EDQUOT):
        case AVERROR(EFBIG):
        case AVERROR(ENOMEM):
        case AVERROR(EMFILE):
        case AVERROR(ENFILE): return ErrorCode::resource_exhausted;
        case AVERROR_DECODER_NOT_FOUND:
        case AVERROR_DEMUXER_NOT_FOUND:
        case AVERROR_ENCODER_NOT_FOUND:
        case AVERROR_MUXER_NOT_FOUND:
        case AVERROR_PATCHWELCOME: return ErrorCode::unsupported;
        default: return ErrorCode::corrupt;
    }
}

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
    std::array<char, 256> line;
    const int length = std::vsnprintf(line.data(), line.size(), format, arguments);
    if (length > 0) keep_message(*listener, {line.data(), std::min(static_cast<std::size_t>(length), line.size() - 1)});
}

}  // namespace

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
