#pragma once
// What FFmpeg has to say goes into Errors, never to standard error.

#include <array>
#include <string>
#include <string_view>

#include "base/result.h"

namespace facet::ffmpeg {

/// While it lives, keeps the first line that FFmpeg logs as an error on this thread (at most 200 bytes; the rest is
/// dropped), without the passwords of the addresses in it. Scopes may nest; the innermost listens. Errors logged while none
/// listens are dropped.
class MessageScope {
public:
    MessageScope();
    ~MessageScope();
    MessageScope(const MessageScope&) = delete;
    MessageScope& operator=(const MessageScope&) = delete;

    /// What FFmpeg said, or "" where it said nothing.
    std::string_view text() const { return {text_.data(), length_}; }
    /// FFmpeg's words for the negative `code`, with what it said: "Invalid data found when processing input (moov atom not
    /// found)".
    std::string describe(int code) const;
    /// What a negative `code` of FFmpeg's means.
    static ErrorCode code_of(int code);
    /// The Error for a negative `code`: "PATH: cannot ACTION: WORDS".
    [[nodiscard]] tl::unexpected<Error> fail(std::string_view path, std::string_view action, int code) const;

private:
    friend void keep_message(MessageScope& scope, std::string_view line);
    MessageScope* outer_;
    std::size_t length_ = 0;
    std::array<char, 200> text_;
};

}  // namespace facet::ffmpeg
