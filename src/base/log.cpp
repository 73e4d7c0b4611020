#include "base/log.h"

#include <cstdio>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace facet {

namespace {

constexpr auto kRepeatInterval = std::chrono::seconds(5);
constexpr std::size_t kRemembered = 256;  // messages whose repeats are counted; beyond, the memory starts afresh

std::string_view prefix(LogLevel level) {
    switch (level) {
        case LogLevel::error: return "facet: error: ";
        case LogLevel::warning: return "facet: warning: ";
        default: return "facet: ";
    }
}

}  // namespace

struct Log::Repeats {
    struct Entry {
        TimePoint written;
        std::size_t left_out = 0;
    };
    std::mutex mutex;
    std::unordered_map<std::string, Entry> entries;
};

Log::Log(LogLevel level) : level_(level), repeats_(std::make_unique<Repeats>()) {}
Log::~Log() = default;

void Log::write(LogLevel level, std::string_view message) {
    if (!enabled(level)) return;
    const TimePoint now = monotonic_now();
    std::size_t left_out = 0;
    const std::lock_guard lock(repeats_->mutex);
    if (repeats_->entries.size() >= kRemembered) repeats_->entries.clear();
    const auto [found, first] = repeats_->entries.try_emplace(std::string(message), Repeats::Entry{now, 0});
    if (!first) {
        if (now - found->second.written < kRepeatInterval) {
            ++found->second.left_out;
            return;
        }
        left_out = std::exchange(found->second.left_out, 0);
        found->second.written = now;
    }
    std::string line = fmt::format("{}{}", prefix(level), message);
    for (char& character : line)  // one line a message, also where a file name carries control characters
        if (static_cast<unsigned char>(character) < 0x20) character = ' ';
    if (left_out > 0) line += fmt::format(" (repeated {} times)", left_out);
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace facet
