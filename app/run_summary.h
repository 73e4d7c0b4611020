#pragma once
// What `facet run` says of itself: the `--json` object, the line that is renewed every second, the table at the end.

#include <string>

#include "engine/live.h"

namespace facet::app {

/// One line of JSON with the keys of docs/interfaces.md: of the whole run, and per camera results a second, p50 and p99 in
/// ms, drops by reason.
std::string run_json(const engine::LiveStatus& status, double cpu_s);

/// "16 of 16 cameras up, 100.2 results/s, p50 31 ms, p99 88 ms, cores 81 % busy"
std::string run_line(const engine::LiveStatus& status);

/// A line per camera.
std::string run_table(const engine::LiveStatus& status);

}  // namespace facet::app
