#include "app/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace facet::app {

Progress::Progress(std::string_view unit)
    : unit_(unit), terminal_(isatty(STDERR_FILENO) == 1), began_(monotonic_now()), printed_(began_) {}

Progress::~Progress() {
    if (shown_ && terminal_) std::fputs("\r\033[K", stderr);
}

void Progress::update(std::int64_t done, std::int64_t expected) {
    const TimePoint now = monotonic_now();
    const auto interval = terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(10'000);
    if (now - printed_ < interval) return;
    printed_ = now;
    const double elapsed_s = seconds(now - began_);
    const double rate = static_cast<double>(done) / elapsed_s;
    std::string line = fmt::format("{} {}, {:.1f} {}/s", done, unit_, rate, unit_);
    if (expected > done && rate > 0)
        line = fmt::format("{} of {} {} ({:.0f} %), {:.1f} {}/s, {:.0f} s left", done, expected, unit_,
                           100.0 * static_cast<double>(done) / static_cast<double>(expected), rate, unit_,
                           static_cast<double>(expected - done) / rate);
    if (terminal_)
        fmt::print(stderr, "\r\033[K{}", line);
    else
        fmt::print(stderr, "facet: {}\n", line);
    std::fflush(stderr);
    shown_ = true;
}

}  // namespace facet::app
