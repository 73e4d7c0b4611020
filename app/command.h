#pragma once
// Sub-commands of `facet`: one file each, listed in app/commands.cpp.

#include <atomic>
#include <span>

#include "base/log.h"
#include "config/command_line.h"

namespace facet::app {

/// What the process returns; fixed, outside tools rely on it.
enum ExitCode : int {
    kDone = 0,
    kDoneInPart = 1,  ///< something was skipped or damaged, said on standard error
    kWrongUsage = 2,  ///< options or config
    kInputUnusable = 3,
    kModelUnusable = 4,
    kOutputUnwritable = 5,
    kInterrupted = 130,  ///< outputs are valid
};

/// What every sub-command gets.
struct Context {
    Log& log;
    const std::atomic<bool>& interrupted;  ///< set by Ctrl-C and SIGTERM: finish what is under way and return kInterrupted
};

struct Command {
    config::CommandSpec spec;  ///< spec.name is the word or words after `facet`: "analyze", "model pull"
    /// Returns an ExitCode. Messages of its own on standard error, results on standard output.
    int (*run)(const config::CommandLine& line, Context& context);
};

/// All sub-commands, in the order of the help text.
std::span<const Command* const> commands();

/// Prints "facet: MESSAGE" on standard error and returns `code`.
int fail_with(ExitCode code, std::string_view message);

}  // namespace facet::app
