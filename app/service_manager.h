#pragma once
// ServiceManager: readiness, status and signs of life for systemd, by its notification protocol (sd_notify(3)).

#include <string>
#include <string_view>

namespace facet::app {

/// Says nothing where no manager asked (NOTIFY_SOCKET is not set). Never blocks and never fails: a manager that does not
/// listen is no reason to stop watching cameras.
class ServiceManager {
public:
    ServiceManager();
    ~ServiceManager();
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;

    /// It works: ready (told once), alive, and this is what it does, in one line. To be called more often than the manager's
    /// WatchdogSec, by the thread whose hanging the watchdog is to find.
    void alive(std::string_view status);
    /// It ends now, on purpose.
    void stopping();

private:
    void send(const std::string& message) const;

    int socket_ = -1;
    std::string address_;
    bool is_ready_ = false;
};

}  // namespace facet::app
