#pragma once
// The other end of the control socket, for `facet top` and `facet reload`.

#include <array>
#include <atomic>
#include <string>

#include "config/options.h"

namespace facet::app {

/// Rows of every command that asks a running process: config, socket.
inline constexpr std::array kControlClientOptions{
    config::OptionRow{.key = "config",
                      .type = config::OptionType::path,
                      .help = "the config of the `facet run` in question, which names its socket under control (-c)"},
    config::OptionRow{.key = "socket", .type = config::OptionType::path, .help = "its socket, without a config"},
};

/// The path of the socket; invalid_argument where neither option leads to one.
Result<std::string> control_socket_of(const config::Values& values);

/// Sends one request and waits for its answer, at most so long or until `interrupted`. unavailable where nobody listens or
/// no answer comes; cancelled where it was interrupted. Names the path.
Result<std::string> ask(const std::string& socket, const std::string& request, Nanoseconds time_max,
                        const std::atomic<bool>& interrupted);

}  // namespace facet::app
