#pragma once
// Command lines from option rows: parsing, --help and messages in one place.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.h"

namespace facet::config {

/// One sub-command. `positionals` is its usage text, for example "VIDEO|PICTURE|DIR..."; empty = none are taken.
struct CommandSpec {
    std::string_view name;  ///< "analyze", "model pull"
    std::string_view summary;
    std::string_view positionals;
    std::span<const OptionRow> options;  ///< key "max-frames" is written --max-frames N
};

struct CommandLine {
    Values values;
    std::vector<std::string> positionals;
    bool help = false;  ///< --help or -h was given; nothing else was checked
};

/// Parses what stands after the sub-command's name. `--key value`, `--key=value`, bare `--flag`, `--no-flag`, `--` ends the
/// options; `-c` stands for --config. Unknown options give the nearest name.
Result<CommandLine> parse_command_line(const CommandSpec& spec, std::span<const std::string> arguments);

/// The text of --help.
std::string help_text(const CommandSpec& spec);

}  // namespace facet::config
