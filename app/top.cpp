// facet top: what a running `facet run` does, once a second.
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>

#include "app/command.h"
#include "app/control_client.h"
#include "app/top_view.h"

namespace facet::app {

namespace {

using config::OptionRow;
using config::OptionType;

constexpr std::array kTopOptions{
    kControlClientOptions[0],
    kControlClientOptions[1],
    OptionRow{.key = "once",
              .type = OptionType::flag,
              .help = "print the table once; so it is where standard output is no terminal"},
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print the status once as one line of JSON"},
};

constexpr auto kInterval = std::chrono::seconds(1);
constexpr auto kAnswerMax = std::chrono::seconds(5);
constexpr std::size_t kPlainWidth = 80;

/// The terminal's other screen without a cursor, and keys as they are pressed; given back with the scope.
class Screen {
public:
    Screen() {
        has_keys_ = tcgetattr(STDIN_FILENO, &before_) == 0;
        if (has_keys_) {
            termios raw = before_;
            raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // ISIG stays: Ctrl-C ends the command as any other
            tcsetattr(STDIN_FILENO, TCSANOW, &raw);
        }
        std::fputs("\033[?1049h\033[?25l", stdout);
    }
    ~Screen() {
        std::fputs("\033[?25h\033[?1049l", stdout);
        std::fflush(stdout);
        if (has_keys_) tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const std::vector<std::string>& lines) const {
        std::string text = "\033[H";
        for (std::size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\r\n" : "") + lines[i] + "\033[K";
        std::fputs((text + "\033[J").c_str(), stdout);
        std::fflush(stdout);
    }

    /// Waits so long; true where q was pressed before.
    bool is_left_within(Nanoseconds time) const {
        if (!has_keys_) {
            poll(nullptr, 0, static_cast<int>(std::chrono::duration_cast<Milliseconds>(time).count()));
            return false;
        }
        const TimePoint until = monotonic_now() + time;
        for (TimePoint now = monotonic_now(); now < until; now = monotonic_now()) {
            pollfd key{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
            const auto left = std::chrono::duration_cast<Milliseconds>(until - now).count();
            if (poll(&key, 1, static_cast<int>(left) + 1) <= 0) return false;  // the time is over, or a signal came
            char pressed = 0;
            if (read(STDIN_FILENO, &pressed, 1) != 1) return true;  // the terminal has gone
            if (pressed == 'q' || pressed == 'Q') return true;
        }
        return false;
    }

private:
    termios before_{};
    bool has_keys_ = false;
};

/// Columns and lines of the terminal.
std::pair<std::size_t, std::size_t> screen_size() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {kPlainWidth, 24};
    return {size.ws_col, size.ws_row};
}

int print_once(const std::string& socket, bool wants_json, Context& context) {
    const auto answer = ask(socket, "status", kAnswerMax, context.interrupted);
    if (!answer) return fail_with(kInputUnusable, answer.error().message);
    const auto lines = top_view(*answer, kPlainWidth, 0);
    if (!lines) return fail_with(kInputUnusable, lines.error().message);
    if (wants_json) {
        fmt::print("{}\n", *answer);
    } else {
        for (const auto& line : *lines) fmt::print("{}\n", line);
    }
    if (std::fflush(stdout) != 0) return fail_with(kOutputUnwritable, "standard output: cannot write");
    return kDone;
}

/// Until q, Ctrl-C or the run's end.
Status watch(const std::string& socket, Context& context) {
    FACET_TRY(auto answer, ask(socket, "status", kAnswerMax, context.interrupted));  // before the screen is taken
    const Screen screen;
    while (!context.interrupted) {
        const auto [width, height] = screen_size();
        FACET_TRY(const auto lines, top_view(answer, width, height));
        screen.show(lines);
        if (screen.is_left_within(kInterval) || context.interrupted) return {};
        FACET_TRY(answer, ask(socket, "status", kAnswerMax, context.interrupted));
    }
    return {};
}

int run_top(const config::CommandLine& line, Context& context) {
    const auto socket = control_socket_of(line.values);
    if (!socket) return fail_with(kWrongUsage, socket.error().message);
    const bool wants_json = line.values.flag("json");
    if (wants_json || line.values.flag("once") || isatty(STDOUT_FILENO) != 1)
        return print_once(*socket, wants_json, context);
    const Status watched = watch(*socket, context);
    if (!watched && watched.error().code != ErrorCode::cancelled) return fail_with(kInputUnusable, watched.error().message);
    return context.interrupted ? kInterrupted : kDone;
}

}  // namespace

extern const Command kTop{{"top", "what a running `facet run` does, once a second", "", kTopOptions}, run_top};

}  // namespace facet::app
