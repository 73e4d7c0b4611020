#pragma once
// ControlSocket: the Unix socket by which a running process is asked and told, by `facet top`, `facet reload` and scripts.
//
//   A client sends a line and gets a line, as often as it likes. What they mean is Options::handle's business.
//
// What a client may cost is bounded: kClientsMax at once (further ones are closed when they come), kLineBytesMax a request,
// and a time for the sending of a line and for the taking of an answer. All input and output is asynchronous on one thread,
// so a slow client delays no other.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"

namespace facet::server {

/// Counts what the socket's limits cost clients, where Options::metrics is set. Causes: clients (too many at once), line
/// (too long), time (a line or the taking of an answer took too long; an idle client that is closed is none).
inline constexpr MetricRow kControlRefusals = {.name = "facet_control_refusals_total",
                                               .type = MetricType::counter,
                                               .unit = "requests",
                                               .help = "Requests and clients that the control socket refused.",
                                               .labels = {"cause"}};

/// Serves from start() until its destructor.
class ControlSocket {
public:
    static constexpr std::size_t kClientsMax = 8;
    static constexpr std::size_t kLineBytesMax = 256;

    /// Sends the answer, which has no line break; from any thread, at any time, also after the socket's end. The first call
    /// counts. A client whose request is dropped without an answer is cut off.
    using Respond = std::function<void(std::string answer)>;

    struct Options {
        std::string path;  ///< of the socket; its folder must exist
        /// Called on the socket's thread with a request, without its line break and white space around it; while it runs, no
        /// client is served, so what takes long is answered later. An exception costs the client its connection.
        std::function<void(const std::string& request, Respond respond)> handle;
        std::string too_long;        ///< the answer to a line beyond kLineBytesMax, after which the connection is closed
        Metrics* metrics = nullptr;  ///< (optional) has kControlRefusals declared, outlives the socket
        Milliseconds time_max = std::chrono::seconds(5);
    };

    /// Listens when it returns, for this user alone (mode 0600). A socket that a process left behind is replaced. Errors
    /// name the path: invalid_argument (too long, or something else lies there), already_exists (a process listens there),
    /// not_found (no such folder), permission_denied, resource_exhausted, internal.
    static Result<std::unique_ptr<ControlSocket>> start(const Options& options);

    /// Stops at once and removes the socket: connections are cut, only a callback that runs is waited for.
    ~ControlSocket();
    ControlSocket(const ControlSocket&) = delete;
    ControlSocket& operator=(const ControlSocket&) = delete;

private:
    class Listener;
    explicit ControlSocket(std::shared_ptr<Listener> listener);

    std::shared_ptr<Listener> listener_;
};

}  // namespace facet::server
