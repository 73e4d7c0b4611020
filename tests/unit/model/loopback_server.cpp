#include "loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace facet::tests {

LoopbackServer::LoopbackServer(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (listener_ < 0 || ::bind(listener_, generic, length) != 0 || ::listen(listener_, 8) != 0 ||
        ::getsockname(listener_, generic, &length) != 0)
        throw std::runtime_error("no socket on the loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
    stopped_ = true;
    ::shutdown(listener_, SHUT_RDWR);  // wakes accept
    thread_.join();
    ::close(listener_);
}

std::string LoopbackServer::address() const { return "http://127.0.0.1:" + std::to_string(port_) + "/model.onnx"; }

std::vector<std::string> LoopbackServer::requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
}

void LoopbackServer::serve() {
    for (int number = 0; !stopped_; ++number) {
        const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) return;
        std::string request;
        char buffer[4096];
        while (request.find("\r\n\r\n") == std::string::npos) {
            const ssize_t count = ::recv(peer, buffer, sizeof buffer, 0);
            if (count <= 0) break;
            request.append(buffer, static_cast<std::size_t>(count));
        }
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
        }
        const Reply reply = answer_(request, number);
        std::size_t sent = 0;
        while (sent < reply.text.size()) {
            const ssize_t count = ::send(peer, reply.text.data() + sent, reply.text.size() - sent, MSG_NOSIGNAL);
            if (count <= 0) break;
            sent += static_cast<std::size_t>(count);
        }
        while (reply.hang && !stopped_) {  // until the client has gone
            pollfd wait{peer, POLLIN, 0};
            if (::poll(&wait, 1, 50) > 0 && ::recv(peer, buffer, sizeof buffer, 0) <= 0) break;
        }
        ::close(peer);
    }
}

std::size_t range_begin(const std::string& request) {
    const auto at = request.find("Range: bytes=");
    return at == std::string::npos ? 0 : std::stoul(request.substr(at + 13));
}

Reply file_reply(const std::string& request, const std::string& body, std::size_t cut) {
    const std::size_t begin = range_begin(request);
    if (begin >= body.size()) return {"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n"};
    const std::string part = body.substr(begin);
    std::string head = begin > 0 ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + std::to_string(begin) + "-" +
                                       std::to_string(body.size() - 1) + "/" + std::to_string(body.size()) + "\r\n"
                                 : "HTTP/1.1 200 OK\r\n";
    head += "Content-Length: " + std::to_string(part.size()) + "\r\nConnection: close\r\n\r\n";
    return {head + part.substr(0, cut)};
}

}  // namespace facet::tests
