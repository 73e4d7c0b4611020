#pragma once
// A plain TCP client on the loopback: sends any bytes, reads with a bound in time.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace facet::test {

class Client {
public:
    static constexpr int kPatienceMs = 20'000;  // reached only by a failing test

    explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    }
    ~Client() { ::close(socket_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    bool connected() const { return connected_; }

    /// False where the server has gone.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// Whether bytes, or the end, come within this time.
    bool readable(int time_ms) {
        pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
        return ::poll(&ready, 1, time_ms) > 0;
    }

    /// One response: its header and, where `with_body`, as many bytes as Content-Length says. What came where it ends
    /// before.
    std::string response(bool with_body = true) {
        std::size_t end = 0;
        while ((end = received_.find("\r\n\r\n")) == std::string::npos)
            if (!receive()) return std::exchange(received_, {});
        end += 4;
        const auto at = received_.find("Content-Length: ");
        if (with_body && at < end) end += static_cast<std::size_t>(std::strtoul(received_.c_str() + at + 16, nullptr, 10));
        while (received_.size() < end)
            if (!receive()) break;
        std::string whole = received_.substr(0, end);
        received_.erase(0, end);
        return whole;
    }

    /// Whether the server closes, or resets, this connection without a further byte.
    bool closed() { return !receive() && !timed_out_ && received_.empty(); }

private:
    bool receive() {
        timed_out_ = !readable(kPatienceMs);
        if (timed_out_) return false;
        std::array<char, 65536> bytes;
        const auto count = ::recv(socket_, bytes.data(), bytes.size(), 0);
        if (count <= 0) return false;
        received_.append(bytes.data(), static_cast<std::size_t>(count));
        return true;
    }

    int socket_;
    bool connected_ = false;
    bool timed_out_ = false;
    std::string received_;
};

}  // namespace facet::test
