#pragma once
// The lines of `facet top`.

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace facet::app {

/// Lays out an answer to `status` (app/status_json.h) as plain lines of at most `width` characters, names cut where they do
/// not fit. Where `height` lines are too few for all cameras (0 = they never are), those that are not up come first and a
/// line says how many are left out. An Error where the text is no such answer.
Result<std::vector<std::string>> top_view(const std::string& status_json, std::size_t width, std::size_t height);

}  // namespace facet::app
