// facet reload: a running `facet run` reads its config again.
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/control_client.h"

namespace facet::app {

namespace {

/// Experts are loaded before anything is changed, and large ones take their time.
constexpr auto kTimeMax = std::chrono::minutes(10);

int run_reload(const config::CommandLine& line, Context& context) {
    const auto socket = control_socket_of(line.values);
    if (!socket) return fail_with(kWrongUsage, socket.error().message);
    const auto answer = ask(*socket, "reload", kTimeMax, context.interrupted);
    if (!answer && answer.error().code == ErrorCode::cancelled) return kInterrupted;
    if (!answer) return fail_with(kInputUnusable, answer.error().message);
    const auto json = nlohmann::json::parse(*answer, nullptr, false);
    if (!json.is_object()) return fail_with(kInputUnusable, fmt::format("control socket '{}': no JSON came back", *socket));
    if (!json.value("ok", false)) return fail_with(kWrongUsage, json.value("error", "it was refused"));
    fmt::print("{}\n", json.value("text", ""));
    return kDone;
}

}  // namespace

extern const Command kReload{{"reload", "make a running `facet run` read its config again", "", kControlClientOptions},
                             run_reload};

}  // namespace facet::app
