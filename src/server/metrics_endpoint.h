#pragma once
// MetricsEndpoint: the small HTTP server that Prometheus and a supervisor (systemd, Kubernetes) ask.
//
//   GET, HEAD /metrics   the metrics as text (Prometheus' format 0.0.4)
//   GET, HEAD /live      200: the process answers
//   GET, HEAD /ready     200, or 503 where Options::ready says no
//
// Anything else is 404; another method on these is 405. What a client may cost is bounded: kConnectionsMax at once (further
// ones are closed when they come), kHeaderBytesMax and kBodyBytesMax a request, and a time for each step. All input and
// output is asynchronous on one thread, so a slow client delays no other.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/result.h"

namespace facet::server {

/// Counts what the endpoint's limits cost clients, where Options::metrics is set. Causes: connections (too many at once),
/// header, body (too large), malformed, time (a request or the taking of a response took too long; an idle connection that
/// is closed is none).
inline constexpr MetricRow kEndpointRefusals = {.name = "facet_endpoint_refusals_total",
                                                .type = MetricType::counter,
                                                .unit = "requests",
                                                .help = "Requests and connections that the metrics endpoint refused.",
                                                .labels = {"cause"}};

/// Serves from start() until its destructor.
class MetricsEndpoint {
public:
    static constexpr std::size_t kConnectionsMax = 16;
    static constexpr std::uint32_t kHeaderBytesMax = 8 * 1024;
    static constexpr std::size_t kBodyBytesMax = 8 * 1024;

    struct Options {
        /// ADDRESS:PORT, [IPV6]:PORT, or :PORT for all addresses of the machine; port 0 lets the system choose.
        std::string listen = "127.0.0.1:9464";
        /// The body of /metrics. This and `ready` are called on the endpoint's thread, one at a time, until the destructor
        /// has returned; while one runs, no client is served. An exception costs the client its connection.
        std::function<std::string()> text;
        std::function<bool()> ready;  ///< (optional) without it /ready is always 200
        Metrics* metrics = nullptr;   ///< (optional) has kEndpointRefusals declared, outlives the endpoint
        /// For an idle connection, for a request from its first to its last byte, and for the taking of a response.
        Milliseconds time_max = std::chrono::seconds(5);
    };

    /// Listens when it returns. Errors name the address: invalid_argument (its syntax), already_exists (in use),
    /// permission_denied, not_found (no address of this machine), resource_exhausted, internal.
    static Result<std::unique_ptr<MetricsEndpoint>> start(const Options& options);

    /// Stops at once: connections are cut, only a callback that runs is waited for. Not to be called by a callback.
    ~MetricsEndpoint();
    MetricsEndpoint(const MetricsEndpoint&) = delete;
    MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

    /// The port that it listens on.
    std::uint16_t port() const;
    /// Of the metrics, with the port that it listens on: http://127.0.0.1:9464/metrics; [::] stands for all addresses.
    std::string url() const;

private:
    class Listener;
    explicit MetricsEndpoint(std::unique_ptr<Listener> listener);

    std::unique_ptr<Listener> listener_;
};

}  // namespace facet::server
