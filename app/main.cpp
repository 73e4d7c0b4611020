// facet: finds the sub-command and runs it.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "app/command.h"
#include "base/text.h"

namespace facet::app {
namespace {

std::atomic<bool> interrupted{false};  // the one mutable global: a signal handler can reach nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

void on_signal(int signal) {
    if (interrupted.exchange(true)) {  // asked twice: stop at once, as people expect of the second Ctrl-C
        std::signal(signal, SIG_DFL);
        std::raise(signal);
    }
}

/// All commands, or those whose first word is `family`.
void print_usage(std::FILE* out, const std::string& family = {}) {
    fmt::print(out, "usage: facet COMMAND [options]\n\ncommands:\n");
    for (const Command* command : commands())
        if (family.empty() || command->spec.name.starts_with(family + " "))
            fmt::print(out, "  {:<16} {}\n", command->spec.name, command->spec.summary);
    fmt::print(out, "\n'facet COMMAND --help' lists a command's options.\n");
}

/// The command whose name is the longest prefix of the arguments; its word count goes to `words`.
const Command* find(const std::vector<std::string>& arguments, std::size_t& words) {
    const Command* found = nullptr;
    words = 0;
    for (const Command* command : commands()) {
        const auto parts = split(command->spec.name, ' ');
        if (parts.size() <= words || parts.size() > arguments.size()) continue;
        if (!std::equal(parts.begin(), parts.end(), arguments.begin())) continue;
        found = command;
        words = parts.size();
    }
    return found;
}

bool asks_for_help(const std::string& argument) { return argument == "--help" || argument == "-h" || argument == "help"; }

/// "model" where there are "model list", "model pull" ...
bool is_family(const std::string& word) {
    return std::any_of(commands().begin(), commands().end(),
                       [&](const Command* command) { return command->spec.name.starts_with(word + " "); });
}

int unknown_command(const std::vector<std::string>& arguments) {
    std::vector<std::string_view> names;
    std::string given = arguments[0];
    for (const Command* command : commands()) {
        names.push_back(command->spec.name);
        if (arguments.size() > 1 && command->spec.name.starts_with(arguments[0] + " "))
            given = arguments[0] + " " + arguments[1];
    }
    const auto nearest = nearest_name(given, names);
    return fail_with(kWrongUsage, fmt::format("unknown command '{}'{}", given,
                                              nearest ? fmt::format(", did you mean '{}'?", *nearest)
                                                      : std::string("; 'facet --help' lists the commands")));
}

int main(std::vector<std::string> arguments) {
    if (arguments.empty()) {
        print_usage(stderr);
        return kWrongUsage;
    }
    if (asks_for_help(arguments[0])) {
        print_usage(stdout);
        return kDone;
    }
    if (is_family(arguments[0]) && (arguments.size() == 1 || asks_for_help(arguments[1]))) {
        print_usage(arguments.size() == 1 ? stderr : stdout, arguments[0]);
        return arguments.size() == 1 ? kWrongUsage : kDone;
    }
    if (arguments[0] == "--version") {
        fmt::print("facet {}\n", FACET_VERSION);
        return kDone;
    }
    std::size_t words = 0;
    const Command* command = find(arguments, words);
    if (!command) return unknown_command(arguments);
    arguments.erase(arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(words));
    const auto line = config::parse_command_line(command->spec, arguments);
    if (!line) return fail_with(kWrongUsage, line.error().message);
    if (line->help) {
        fmt::print("{}", config::help_text(command->spec));
        return kDone;
    }
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write error with a message, not a silent death
    Log log;
    Context context{log, interrupted};
    return command->run(*line, context);
}

}  // namespace

}  // namespace facet::app

int main(int argc, char** argv) { return facet::app::main(std::vector<std::string>(argv + 1, argv + argc)); }
