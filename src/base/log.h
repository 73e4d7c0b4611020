#pragma once
// Log: what people read on standard error. Levels by meaning: error = someone must act; warning = degraded; info = state
// changed; debug = details of a state change, never per frame; trace = per frame. One line a message, `key=value` for
// values. Repeats of one message are written at most once in 5 s, with the count of those left out.

#include <fmt/format.h>

#include <memory>
#include <string_view>
#include <utility>

namespace facet {

enum class LogLevel { trace, debug, info, warning, error, off };

/// Thread-safe. Handed down by reference from main; there is no global log.
class Log {
public:
    /// Writes lines of `level` and above to standard error.
    explicit Log(LogLevel level = LogLevel::info);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    bool enabled(LogLevel level) const { return level >= level_; }
    void write(LogLevel level, std::string_view message);

    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) {
        write(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void warning(fmt::format_string<Args...> format, Args&&... args) {
        write(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) {
        if (enabled(LogLevel::info)) write(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) {
        if (enabled(LogLevel::debug)) write(LogLevel::debug, fmt::format(format, std::forward<Args>(args)...));
    }

private:
    struct Repeats;
    LogLevel level_;
    std::unique_ptr<Repeats> repeats_;
};

}  // namespace facet
