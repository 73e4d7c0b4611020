#include "app/control_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "engine/site.h"

namespace facet::app {

namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024 * 1024;
constexpr Nanoseconds kPoll = std::chrono::milliseconds(200);  // how late an interruption may be noticed

/// A descriptor that closes with its scope.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

private:
    int number_;
};

tl::unexpected<Error> nobody_there(const std::string& path, int number) {
    return fail(ErrorCode::unavailable,
                "control socket '{}': {}; expected a `facet run` whose config has it as control.socket", path,
                std::generic_category().message(number));
}

/// Waits until the descriptor is readable or writable.
Status wait_for(const Descriptor& socket, short what, const std::string& path, TimePoint until,
                const std::atomic<bool>& interrupted) {
    while (!interrupted) {
        const TimePoint now = monotonic_now();
        if (now >= until) return fail(ErrorCode::unavailable, "control socket '{}': no answer", path);
        const auto left = std::chrono::duration_cast<Milliseconds>(std::min<Nanoseconds>(until - now, kPoll));
        pollfd ready{.fd = socket.number(), .events = what, .revents = 0};
        if (poll(&ready, 1, static_cast<int>(left.count()) + 1) > 0) return {};
    }
    return fail(ErrorCode::cancelled, "interrupted");
}

}  // namespace

Result<std::string> control_socket_of(const config::Values& values) {
    if (values.has("socket")) return values.path("socket");
    if (!values.has("config"))
        return fail(ErrorCode::invalid_argument,
                    "expected --config CONFIG (-c) or --socket PATH, to tell which run is meant");
    FACET_TRY(const auto root, config::load_yaml(values.path("config")));
    const config::Node* section = root.find("control");
    FACET_TRY(const auto control,
              config::Values::read(engine::control_options(), section ? *section : config::Node(), "control"));
    if (!control.has("socket"))
        return fail(ErrorCode::invalid_argument, "{}: it has no socket, expected control: {{socket: PATH}}",
                    values.path("config"));
    return control.path("socket");
}

Result<std::string> ask(const std::string& path, const std::string& request, Nanoseconds time_max,
                        const std::atomic<bool>& interrupted) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return nobody_there(path, ENAMETOOLONG);
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.number() < 0 || connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return nobody_there(path, errno);
    const TimePoint until = monotonic_now() + time_max;
    const std::string line = request + "\n";
    for (std::size_t sent = 0; sent < line.size();) {
        FACET_CHECK(wait_for(socket, POLLOUT, path, until, interrupted));
        const auto bytes = send(socket.number(), line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
        if (bytes < 0 && errno != EAGAIN && errno != EINTR) return nobody_there(path, errno);
        sent += bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
    }
    std::string answer;
    std::array<char, 65536> buffer;
    while (answer.empty() || answer.back() != '\n') {
        FACET_CHECK(wait_for(socket, POLLIN, path, until, interrupted));
        const auto bytes = recv(socket.number(), buffer.data(), buffer.size(), 0);
        if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (bytes <= 0 || answer.size() > kAnswerBytesMax)
            return fail(ErrorCode::unavailable, "control socket '{}': the run ended, or has too many who ask it", path);
        answer.append(buffer.data(), static_cast<std::size_t>(bytes));
    }
    answer.pop_back();
    return answer;
}

}  // namespace facet::app
