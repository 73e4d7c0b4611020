#include "server/metrics_endpoint.h"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace facet::server {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // after a failed accept, which out of descriptors would spin
constexpr std::size_t kBufferBytesMax = MetricsEndpoint::kHeaderBytesMax + MetricsEndpoint::kBodyBytesMax;
constexpr std::string_view kAllowedMethods = "GET, HEAD";

/// Beast's string_view is Boost's own before Boost 1.80.
std::string_view text(beast::string_view view) { return {view.data(), view.size()}; }

struct Listen {
    std::optional<asio::ip::address> address;  // none: all of the machine's
    std::uint16_t port = 0;
};

Result<Listen> parse_listen(const std::string& text) {
    const auto bad = [&text](std::string_view cause) {
        return fail(
            ErrorCode::invalid_argument,
            "metrics address '{}': {}; expected ADDRESS:PORT (127.0.0.1:9464), [IPV6]:PORT ([::1]:9464) or :PORT (:9464)",
            text, cause);
    };
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return bad("it has no port");
    const auto port = parse_integer(std::string_view(text).substr(colon + 1));
    if (!port || *port < 0 || *port > 65535) return bad("the port is no number from 0 to 65535");
    Listen listen{.address = std::nullopt, .port = static_cast<std::uint16_t>(*port)};
    const std::string host = text.substr(0, colon);
    if (host.empty()) return listen;
    SystemError error;
    if (host.front() == '[' && host.back() == ']')
        listen.address = asio::ip::make_address_v6(host.substr(1, host.size() - 2), error);
    else
        listen.address = asio::ip::make_address_v4(host, error);
    if (error) return bad(fmt::format("'{}' is no IP address", host));
    return listen;
}

tl::unexpected<Error> listen_error(const std::string& address, const SystemError& error) {
    const auto because = [&](ErrorCode code, std::string_view cause) {
        return fail(code, "metrics address '{}': {}", address, cause);
    };
    if (error == asio::error::address_in_use)
        return because(ErrorCode::already_exists, "the port is in use by another program; expected a free one");
    if (error == asio::error::access_denied)
        return because(ErrorCode::permission_denied,
                       "listening there is not permitted; expected a port from 1024, or the right to bind lower ones");
    if (error == boost::system::errc::address_not_available || error == asio::error::address_family_not_supported)
        return because(ErrorCode::not_found, "this machine has no such address");
    if (error == asio::error::no_descriptors) return because(ErrorCode::resource_exhausted, "no file descriptor is left");
    return because(ErrorCode::internal, error.message());
}

SystemError open_at(Tcp::acceptor& acceptor, const Tcp::endpoint& place, bool both_families) {
    SystemError error;
    acceptor.open(place.protocol(), error);
    if (!error)
        acceptor.set_option(Tcp::acceptor::reuse_address(true), error);  // a restart need not wait for old connections
    if (!error && both_families) acceptor.set_option(asio::ip::v6_only(false), error);
    if (!error) acceptor.bind(place, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        SystemError ignored;
        acceptor.close(ignored);
    }
    return error;
}

SystemError open(Tcp::acceptor& acceptor, const Listen& listen) {
    if (listen.address) return open_at(acceptor, {*listen.address, listen.port}, false);
    const SystemError error = open_at(acceptor, {Tcp::v6(), listen.port}, true);
    const bool without_v6 =
        error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
    return without_v6 ? open_at(acceptor, {Tcp::v4(), listen.port}, false) : error;
}

/// Of kEndpointRefusals.
enum class Cause : std::size_t { connections, header, body, malformed, time };
constexpr std::array<std::string_view, 5> kCauses = {"connections", "header", "body", "malformed", "time"};

/// Which limit a failed read ran into, and what to say to the client.
struct Refusal {
    Cause cause;
    http::status status;
};

std::optional<Refusal> refusal_of(const beast::error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
        return Refusal{Cause::header, http::status::request_header_fields_too_large};
    if (error == http::error::body_limit) return Refusal{Cause::body, http::status::payload_too_large};
    // The peer's going in the middle of a request is its own business.
    if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
    if (error.category() == http::make_error_code(http::error::bad_method).category())
        return Refusal{Cause::malformed, http::status::bad_request};
    return std::nullopt;
}

}  // namespace

/// The thread, the listening socket and the connections. All but construction, start() and destruction is on its thread.
class MetricsEndpoint::Listener {
public:
    explicit Listener(const Options& options) : options_(options) {
        if (options_.metrics == nullptr) return;
        for (std::size_t i = 0; i < kCauses.size(); ++i)
            refusals_[i] = &options_.metrics->counter(kEndpointRefusals, {kCauses[i]});
    }
    ~Listener() {
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    Status start(const Listen& listen);
    const Tcp::endpoint& place() const { return place_; }

private:
    class Connection;

    void accept();
    void run();
    void refused(Cause cause) {
        if (Counter* counter = refusals_[static_cast<std::size_t>(cause)]) counter->increment();
    }
    http::response<http::string_body> answer(const http::request<http::string_body>& request) const;

    const Options options_;
    std::array<Counter*, kCauses.size()> refusals_{};  // null without metrics
    std::size_t connections_ = 0;                      // before io_, whose destructor ends the connections
    asio::io_context io_{1};
    Tcp::acceptor acceptor_{io_};
    asio::steady_timer pause_{io_};
    Tcp::endpoint place_;
    std::thread thread_;
};

/// One client. It lives as long as an operation of its own is under way:
///
///   idle --first bytes--> read --request--> write --keep-alive--> idle
///                          |                  '--close--> linger --> end
///                          '--refusal--> write
class MetricsEndpoint::Listener::Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Listener& listener, Tcp::socket socket) : listener_(listener), stream_(std::move(socket)) {
        ++listener_.connections_;
    }
    ~Connection() { --listener_.connections_; }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void idle() {
        if (buffer_.size() > 0) return read();  // of a request that came together with the one before
        allow_time();
        stream_.async_read_some(buffer_.prepare(kChunkBytes),
                                [self = shared_from_this()](const beast::error_code& error, std::size_t bytes) {
                                    if (error) return;
                                    self->buffer_.commit(bytes);
                                    self->read();
                                });
    }

private:
    static constexpr std::size_t kChunkBytes = 1024;
    static constexpr std::size_t kLingerBytesMax = 1024 * 1024;

    void allow_time() { stream_.expires_after(listener_.options_.time_max); }

    void read() {
        parser_.emplace();
        parser_->header_limit(kHeaderBytesMax);
        parser_->body_limit(kBodyBytesMax);
        allow_time();
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this()](const beast::error_code& error, std::size_t) { self->on_request(error); });
    }

    void on_request(const beast::error_code& error) {
        if (error) {
            if (error == beast::error::timeout) listener_.refused(Cause::time);
            const auto refusal = refusal_of(error);
            if (!refusal) return;
            listener_.refused(refusal->cause);
            http::response<http::string_body> response(refusal->status, 11);
            response.set(http::field::content_type, "text/plain; charset=utf-8");
            response.body() = fmt::format("{}\n", text(http::obsolete_reason(refusal->status)));
            response.keep_alive(false);
            response.prepare_payload();
            return write(std::move(response));
        }
        const auto& request = parser_->get();
        auto response = listener_.answer(request);
        response.version(request.version());
        response.keep_alive(request.keep_alive());
        response.prepare_payload();
        if (request.method() != http::verb::head) return write(std::move(response));
        http::response<http::empty_body> header(std::move(response.base()));
        write(std::move(header));
    }

    template <class Body>
    void write(http::response<Body> response) {
        allow_time();
        const auto kept = std::make_shared<const http::response<Body>>(std::move(response));
        http::async_write(stream_, *kept, [self = shared_from_this(), kept](const beast::error_code& error, std::size_t) {
            if (error == beast::error::timeout) self->listener_.refused(Cause::time);
            if (error) return;
            if (kept->keep_alive()) return self->idle();
            SystemError ignored;
            self->stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
            self->allow_time();
            self->linger(0);
        });
    }

    /// Takes what the client still sends: closing with unread bytes would reset the connection and could destroy the
    /// response before the client has read it. Bounded in bytes, and by the one time that was allowed before.
    void linger(std::size_t taken) {
        stream_.async_read_some(asio::buffer(discarded_),
                                [self = shared_from_this(), taken](const beast::error_code& error, std::size_t bytes) {
                                    if (!error && taken + bytes < kLingerBytesMax) self->linger(taken + bytes);
                                });
    }

    Listener& listener_;
    beast::tcp_stream stream_;
    beast::flat_buffer buffer_{kBufferBytesMax};
    std::optional<http::request_parser<http::string_body>> parser_;
    std::array<char, 4096> discarded_;
};

Status MetricsEndpoint::Listener::start(const Listen& listen) {
    SystemError error = open(acceptor_, listen);
    if (!error) place_ = acceptor_.local_endpoint(error);
    if (error) return listen_error(options_.listen, error);
    accept();
    thread_ = std::thread([this] { run(); });
    return {};
}

void MetricsEndpoint::Listener::run() {
    while (!io_.stopped()) {
        try {
            io_.run();
        } catch (const std::exception&) {
            // Out of memory, or a callback's: what threw was a connection's handler, and the connection is gone with it.
        }
    }
}

void MetricsEndpoint::Listener::accept() {
    acceptor_.async_accept([this](const SystemError& error, Tcp::socket socket) {
        if (error) {
            pause_.expires_after(kAcceptPause);
            pause_.async_wait([this](const SystemError&) { accept(); });
            return;
        }
        accept();
        if (connections_ >= kConnectionsMax) return refused(Cause::connections);  // the socket closes with its scope
        std::make_shared<Connection>(*this, std::move(socket))->idle();
    });
}

http::response<http::string_body> MetricsEndpoint::Listener::answer(const http::request<http::string_body>& request) const {
    const auto plain = [](http::status status, std::string body) {
        http::response<http::string_body> response(status, 11);
        response.set(http::field::content_type, "text/plain; charset=utf-8");
        response.body() = std::move(body);
        return response;
    };
    const std::string_view target = text(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    if (path != "/metrics" && path != "/live" && path != "/ready")
        return plain(http::status::not_found, "not found; expected /metrics, /live or /ready\n");
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
        auto response = plain(http::status::method_not_allowed, "method not allowed; expected GET or HEAD\n");
        response.set(http::field::allow, beast::string_view(kAllowedMethods.data(), kAllowedMethods.size()));
        return response;
    }
    if (path == "/live") return plain(http::status::ok, "live\n");
    if (path == "/ready") {
        if (!options_.ready || options_.ready()) return plain(http::status::ok, "ready\n");
        return plain(http::status::service_unavailable, "not ready\n");
    }
    auto response = plain(http::status::ok, options_.text());
    response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    return response;
}

MetricsEndpoint::MetricsEndpoint(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
MetricsEndpoint::~MetricsEndpoint() = default;

std::uint16_t MetricsEndpoint::port() const { return listener_->place().port(); }
std::string MetricsEndpoint::url() const {
    std::ostringstream place;
    place << listener_->place();
    return fmt::format("http://{}/metrics", place.str());
}

Result<std::unique_ptr<MetricsEndpoint>> MetricsEndpoint::start(const Options& options) {
    FACET_ASSERT(options.text != nullptr);
    FACET_TRY(const Listen listen, parse_listen(options.listen));
    try {
        auto listener = std::make_unique<Listener>(options);
        FACET_CHECK(listener->start(listen));
        return std::unique_ptr<MetricsEndpoint>(new MetricsEndpoint(std::move(listener)));
    } catch (const std::system_error& error) {  // no thread, or no descriptor for waiting on sockets
        return fail(ErrorCode::resource_exhausted, "metrics address '{}': {}", options.listen, error.what());
    }
}

}  // namespace facet::server
