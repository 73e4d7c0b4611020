#pragma once
// Small text helpers shared by parsers and messages.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace facet {

/// The candidate with the smallest edit distance to `word`, if that is at most a third of the word's length (at least
/// 1): the "did you mean" of every message about an unknown name.
std::optional<std::string_view> nearest_name(std::string_view word, std::span<const std::string_view> candidates);

/// Parts between separators, empty ones included; "" gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Without white space at both ends.
std::string_view trim(std::string_view text);

/// The whole of `text` as a number, or nothing. Locale-independent; accepts what std::from_chars accepts, and only finite
/// values.
std::optional<double> parse_number(std::string_view text);
std::optional<long long> parse_integer(std::string_view text);

/// Length of the well-formed UTF-8 sequence that `text`, which is not empty, begins with (Unicode 15, table 3-7), or 0.
std::size_t utf8_length(std::string_view text);

/// RFC 3339 in UTC with microseconds: "1970-01-01T00:00:01.500000Z".
std::string rfc3339(WallTime time);

}  // namespace facet
