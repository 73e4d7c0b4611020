#include "server/control_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <cerrno>
#include <exception>
#include <optional>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include "base/assert.h"
#include "base/text.h"

namespace facet::server {

namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;
using SystemError = boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);  // after a failed accept, which out of descriptors would spin
constexpr mode_t kOwnerOnly = 0600;

tl::unexpected<Error> fail_at(const std::string& path, ErrorCode code, std::string_view cause) {
    return fail(code, "control socket '{}': {}", path, cause);
}

tl::unexpected<Error> listen_error(const std::string& path, int number) {
    switch (number) {
        case ENOENT: return fail_at(path, ErrorCode::not_found, "its folder does not exist");
        case ENOTDIR: return fail_at(path, ErrorCode::not_found, "a part of its folder is no folder");
        case EACCES:
        case EPERM:
        case EROFS: return fail_at(path, ErrorCode::permission_denied, "it may not be made there");
        case EADDRINUSE: return fail_at(path, ErrorCode::already_exists, "another process took it just now");
        case EMFILE:
        case ENFILE: return fail_at(path, ErrorCode::resource_exhausted, "no file descriptor is left");
        default: return fail_at(path, ErrorCode::internal, std::generic_category().message(number));
    }
}

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

/// Removes a socket at which nobody listens any more.
Status clear_place(const std::string& path) {
    struct stat found {};
    if (lstat(path.c_str(), &found) != 0) return {};  // nothing there; whether something can be made there is said by bind
    if (!S_ISSOCK(found.st_mode))
        return fail_at(path, ErrorCode::invalid_argument, "something else lies there, expected a socket or nothing");
    const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0) return listen_error(path, errno);
    const sockaddr_un address = address_of(path);
    const bool is_taken =
        connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno == EAGAIN;
    close(probe);
    if (is_taken)
        return fail_at(path, ErrorCode::already_exists, "a running process listens there, expected a path of its own");
    if (unlink(path.c_str()) != 0) return listen_error(path, errno);
    return {};
}

/// A listening descriptor.
Result<int> listen_at(const std::string& path) {
    if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path))
        return fail_at(
            path, ErrorCode::invalid_argument,
            fmt::format("the path has {} bytes, expected 1 to {}", path.size(), sizeof(sockaddr_un::sun_path) - 1));
    FACET_CHECK(clear_place(path));
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return listen_error(path, errno);
    const sockaddr_un address = address_of(path);
    // The file gets the mode that its descriptor has (Linux): it is never open to others, not even for a moment.
    if (fchmod(descriptor, kOwnerOnly) != 0 ||
        bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        chmod(path.c_str(), kOwnerOnly) != 0 || listen(descriptor, SOMAXCONN) != 0) {
        const int number = errno;
        close(descriptor);
        return listen_error(path, number);
    }
    return descriptor;
}

/// Of kControlRefusals.
enum class Cause : std::size_t { clients, line, time };
constexpr std::array<std::string_view, 3> kCauses = {"clients", "line", "time"};

}  // namespace

/// The thread, the listening socket and the clients. All but construction, start(), stop() and Respond is on its thread.
class ControlSocket::Listener : public std::enable_shared_from_this<Listener> {
public:
    explicit Listener(const Options& options) : options_(options) {
        if (options_.metrics == nullptr) return;
        for (std::size_t i = 0; i < kCauses.size(); ++i)
            refusals_[i] = &options_.metrics->counter(kControlRefusals, {kCauses[i]});
    }
    ~Listener() { stop(); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    Status start() {
        FACET_TRY(const int descriptor, listen_at(options_.path));
        is_bound_ = true;
        SystemError error;
        acceptor_.assign(Local(), descriptor, error);
        if (error) {
            close(descriptor);
            return fail_at(options_.path, ErrorCode::internal, error.message());
        }
        accept();
        thread_ = std::thread([this] { run(); });
        return {};
    }

    void stop() {
        if (is_bound_) unlink(options_.path.c_str());
        is_bound_ = false;
        io_.stop();
        if (thread_.joinable()) thread_.join();
    }

private:
    class Client;

    void run() {
        while (!io_.stopped()) {
            try {
                io_.run();
            } catch (const std::exception&) {
                // Out of memory, or a callback's: what threw was a client's handler, and the client is gone with it.
            }
        }
    }

    void accept();
    void refused(Cause cause) {
        if (Counter* counter = refusals_[static_cast<std::size_t>(cause)]) counter->increment();
    }

    const Options options_;
    std::array<Counter*, kCauses.size()> refusals_{};  // null without metrics
    std::size_t clients_ = 0;                          // before io_, whose destructor ends the clients
    asio::io_context io_{1};
    Local::acceptor acceptor_{io_};
    asio::steady_timer pause_{io_};
    std::set<std::shared_ptr<Client>> waiting_;  // for an answer
    bool is_bound_ = false;
    std::thread thread_;
};

/// It lives as long as an operation of its own is under way, or its answer is awaited:
///
///   read --line--> wait for the answer --> write --> read
///    '--too long--> write --> end
class ControlSocket::Listener::Client : public std::enable_shared_from_this<Client> {
public:
    Client(Listener& listener, Local::socket socket) : listener_(listener), stream_(std::move(socket)) {
        ++listener_.clients_;
    }
    ~Client() { --listener_.clients_; }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void read() {
        stream_.expires_after(listener_.options_.time_max);
        asio::async_read_until(
            stream_, asio::dynamic_buffer(received_, kLineBytesMax), '\n',
            [self = shared_from_this()](const SystemError& error, std::size_t bytes) { self->on_line(error, bytes); });
    }

private:
    /// Where an answer goes. Answers come from other threads, also after the end; a client is only touched on its own.
    struct Way {
        std::weak_ptr<Listener> listener;
        std::weak_ptr<Client> client;
        std::atomic<bool> is_used{false};

        void send(std::optional<std::string> answer) {
            if (is_used.exchange(true)) return;
            const auto there = listener.lock();
            if (!there) return;
            asio::post(there->io_, [to = client, text = std::move(answer)] {
                if (const auto waiting = to.lock()) waiting->on_answer(text);
            });
        }
        ~Way() { send(std::nullopt); }
    };

    void on_line(const SystemError& error, std::size_t bytes) {
        if (error == asio::error::not_found) {
            listener_.refused(Cause::line);
            return write(listener_.options_.too_long, true);
        }
        if (error == boost::beast::error::timeout && !received_.empty()) listener_.refused(Cause::time);
        if (error) return;
        const std::string request(trim(std::string_view(received_).substr(0, bytes)));
        received_.erase(0, bytes);
        stream_.expires_never();
        auto way = std::make_shared<Way>();
        way->listener = listener_.weak_from_this();
        way->client = weak_from_this();
        listener_.waiting_.insert(shared_from_this());
        listener_.options_.handle(request, [way](std::string answer) { way->send(std::move(answer)); });
    }

    /// Without an answer the client is cut off.
    void on_answer(const std::optional<std::string>& answer) {
        const auto self = shared_from_this();
        listener_.waiting_.erase(self);
        if (answer) write(*answer, false);
    }

    void write(std::string answer, bool is_last) {
        sent_ = std::move(answer) + "\n";
        stream_.expires_after(listener_.options_.time_max);
        asio::async_write(stream_, asio::buffer(sent_),
                          [self = shared_from_this(), is_last](const SystemError& error, std::size_t) {
                              if (error == boost::beast::error::timeout) self->listener_.refused(Cause::time);
                              if (!error && !is_last) self->read();
                          });
    }

    Listener& listener_;
    boost::beast::basic_stream<Local> stream_;
    std::string received_;
    std::string sent_;
};

void ControlSocket::Listener::accept() {
    acceptor_.async_accept([this](const SystemError& error, Local::socket socket) {
        if (error) {
            pause_.expires_after(kAcceptPause);
            pause_.async_wait([this](const SystemError&) { accept(); });
            return;
        }
        accept();
        if (clients_ >= kClientsMax) return refused(Cause::clients);  // the socket closes with its scope
        std::make_shared<Client>(*this, std::move(socket))->read();
    });
}

ControlSocket::ControlSocket(std::shared_ptr<Listener> listener) : listener_(std::move(listener)) {}
ControlSocket::~ControlSocket() { listener_->stop(); }

Result<std::unique_ptr<ControlSocket>> ControlSocket::start(const Options& options) {
    FACET_ASSERT(options.handle != nullptr);
    try {
        auto listener = std::make_shared<Listener>(options);
        FACET_CHECK(listener->start());
        return std::unique_ptr<ControlSocket>(new ControlSocket(std::move(listener)));
    } catch (const std::system_error& error) {  // no thread, or no descriptor for waiting on sockets
        return fail_at(options.path, ErrorCode::resource_exhausted, error.what());
    }
}

}  // namespace facet::server
