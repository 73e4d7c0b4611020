#include "app/service_manager.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace facet::app {

ServiceManager::ServiceManager() {
    const char* address = std::getenv("NOTIFY_SOCKET");
    if (!address || (address[0] != '/' && address[0] != '@')) return;
    address_ = address;
    if (address_.size() < sizeof(sockaddr_un::sun_path))
        socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

ServiceManager::~ServiceManager() {
    if (socket_ >= 0) close(socket_);
}

void ServiceManager::alive(std::string_view status) {
    send(fmt::format("{}STATUS={}\nWATCHDOG=1\n", is_ready_ ? "" : "READY=1\n", status));
    is_ready_ = true;
}

void ServiceManager::stopping() { send("STOPPING=1\n"); }

void ServiceManager::send(const std::string& message) const {
    if (socket_ < 0) return;
    sockaddr_un target{};
    target.sun_family = AF_UNIX;
    std::copy(address_.begin(), address_.end(), target.sun_path);
    if (target.sun_path[0] == '@') target.sun_path[0] = '\0';  // an abstract name
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
    static_cast<void>(
        sendto(socket_, message.data(), message.size(), MSG_NOSIGNAL, reinterpret_cast<sockaddr*>(&target), length));
}

}  // namespace facet::app
