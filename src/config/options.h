#pragma once
// Options are declared once, as rows. The rows give the parser for YAML, command line and environment, the help text, the
// reference pages in docs/reference/ and the checks.
//
//   constexpr OptionRow kLineOptions[] = {
//       {.key = "points", .type = OptionType::points, .required = true, .help = "two points, in 0..1 of the picture"},
//       {.key = "hysteresis", .type = OptionType::number, .fallback = "0.01", .minimum = 0, .maximum = 0.5,
//        .unit = "of the picture's height", .help = "how far a box must be beyond the line to count"},
//   };
//   FACET_TRY(auto values, Values::read(kLineOptions, node, "rule 'stop-line'"));
//   const double hysteresis = values.number("hysteresis");

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "config/node.h"

namespace facet::config {

enum class OptionType {
    flag,  ///< true or false; on the command line a bare --key is true
    integer,
    number,
    text,
    choice,    ///< one of `choices`
    duration,  ///< "250ms", "5s", "10m", "2h"; a bare number is seconds
    bytes,     ///< "500MB", "10GB", "64KiB"; a bare number is bytes
    path,      ///< a file; relative ones are relative to the config's folder
    texts,     ///< a list of texts; on the command line separated by commas
    point,     ///< [x, y]
    points,    ///< [[x, y], ...]
    polygons,  ///< [[[x, y], ...], ...]
    node,      ///< a sub-tree with rows of its own
};

/// A pair of numbers as written in a config; their meaning (0..1 of the picture, metres) is the reader's.
using Coordinates = std::array<float, 2>;

/// When a changed value takes effect in a running process.
enum class OptionChange { startup, live };

struct OptionRow {
    std::string_view key;
    OptionType type = OptionType::text;
    std::string_view fallback = "";  ///< the default, written as in YAML; "" = not set
    bool required = false;
    double minimum = -std::numeric_limits<double>::infinity();  ///< of numbers, of durations in seconds, of bytes
    double maximum = std::numeric_limits<double>::infinity();
    std::string_view choices = "";  ///< "auto|f32|bf16"
    std::string_view unit = "";
    OptionChange change = OptionChange::startup;
    std::string_view help = "";
};

/// Values that have been checked against their rows. Asking for a key that has no row, or by the wrong type, is a bug and
/// asserts. A key that is not set and has no default gives the empty value of its type; `has` tells.
class Values {
public:
    /// Checks every member of `map` (which may be null = nothing set): unknown key (with the nearest name), wrong type, out
    /// of range, missing. A message starts with the place in the file and names `owner`, for example "camera 'north'".
    static Result<Values> read(std::span<const OptionRow> rows, const Node& map, std::string_view owner);

    bool has(std::string_view key) const;  ///< set by the user (not by default)
    bool flag(std::string_view key) const;
    long long integer(std::string_view key) const;
    double number(std::string_view key) const;
    const std::string& text(std::string_view key) const;  ///< text, choice
    std::string path(std::string_view key) const;         ///< made relative to the config's folder
    Nanoseconds duration(std::string_view key) const;
    std::int64_t bytes(std::string_view key) const;
    std::vector<std::string> texts(std::string_view key) const;
    Coordinates point(std::string_view key) const;
    std::vector<Coordinates> points(std::string_view key) const;
    std::vector<std::vector<Coordinates>> polygons(std::string_view key) const;
    const Node& node(std::string_view key) const;  ///< a null node where not set

    /// Where the key's value stood, for messages about its meaning: "site.yaml:12".
    std::string place(std::string_view key) const;

private:
    const Node& get(std::string_view key, OptionType type) const;
    std::span<const OptionRow> rows_;
    std::map<std::string, Node, std::less<>> nodes_;  // what was set, and the defaults
    std::map<std::string, bool, std::less<>> set_;
};

/// "250ms", "5s", "1.5m", "2h", "3" (seconds).
Result<Nanoseconds> parse_duration(std::string_view text);

/// "500MB", "1.5GB", "64KiB", "3" (bytes); kB, MB, GB and TB are powers of 1000, KiB, MiB, GiB and TiB of 1024.
Result<std::int64_t> parse_bytes(std::string_view text);

/// An error for a name that nobody knows: "{place}: unknown {kind} 'foo', did you mean 'fool'?" with all names if few.
Error unknown_name(std::string_view place, std::string_view kind, std::string_view name,
                   std::span<const std::string_view> known);

/// Rows as a Markdown table for docs/reference/: key, type, default, range, unit, startup or live, help.
std::string to_markdown(std::span<const OptionRow> rows);

}  // namespace facet::config
