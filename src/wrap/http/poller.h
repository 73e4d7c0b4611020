#pragma once
// Poller: one small document of an HTTP server, fetched again and again.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace facet::http {

struct PollerOptions {
    std::string address;  ///< http:// or https://, with "user:password@" where the server wants that (basic or digest)
    std::string name;     ///< stands for the address in messages: without its password
    std::uint64_t bytes_max = 0;
    Milliseconds connect_timeout{5'000};
    Milliseconds timeout{10'000};  ///< of one fetch
};

struct Document {
    bool is_unchanged = false;  ///< since the last one, says the server; body and type are then empty
    std::string body;
    std::string type;  ///< Content-Type
};

/// Keeps its connection and asks for what has changed alone, where the server gives an ETag or Last-Modified (RFC 9110, 13).
/// Certificates are checked; user and password go to no other host. Used by one thread.
class Poller {
public:
    /// Connects nowhere yet.
    static Result<Poller> open(PollerOptions options);
    Poller(Poller&&) noexcept;
    Poller& operator=(Poller&&) noexcept;
    ~Poller();

    /// Blocks; ends within a second when `interrupted` becomes true (cancelled). Errors are those of http::get(); after one,
    /// the next call may be made. A document longer than bytes_max is resource_exhausted.
    Result<Document> get(const std::atomic<bool>& interrupted);

private:
    struct State;
    explicit Poller(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace facet::http
