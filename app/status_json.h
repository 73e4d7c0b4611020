#pragma once
// What a running `facet run` answers on its control socket.

#include <span>
#include <string>

#include "engine/live.h"

namespace facet::app {

/// One line: the process, its cameras and its experts, with rates and latencies of the last seconds. No passwords.
std::string status_json(const engine::LiveStatus& status);

/// One line: what a reload did. `ignored`: options that hold only from the start.
std::string change_json(const engine::LiveChange& change, std::span<const std::string> ignored);
/// The same for people and logs: "added north; 3 unchanged; not before a restart: budget.cores".
std::string change_text(const engine::LiveChange& change, std::span<const std::string> ignored);

/// {"ok": false, "error": ...}
std::string error_json(std::string_view message);

}  // namespace facet::app
