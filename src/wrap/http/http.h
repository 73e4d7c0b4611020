#pragma once
// HTTP downloads (libcurl), streamed to a receiver. http:// and https:// only; certificates are checked.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace facet::http {

struct Request {
    std::string address;
    std::uint64_t offset = 0;     ///< asks for the bytes from here (Range); the server may answer with all of them
    std::uint64_t bytes_max = 0;  ///< of the whole thing, offset included; more is an Error
    Milliseconds connect_timeout{10'000};
    Milliseconds stall_timeout{20'000};  ///< gives up where less than one byte a second arrives for so long
    int redirects_max = 5;
};

/// Takes the body. An Error of either ends the transfer and is its Error.
struct Receiver {
    std::function<Status(std::uint64_t offset)> begin;  ///< once, before the first byte: what `data` begins with
    std::function<Status(std::string_view bytes)> data;
};

/// One GET. Errors name the address: invalid_argument (address), not_found (404, 410), permission_denied (401, 403),
/// resource_exhausted (longer than bytes_max), cancelled (`interrupted` became true), unavailable (everything that trying
/// again may heal: no connection, timeout, cut off before the announced length, 408, 429, 5xx). A range beyond the end (416)
/// is out of what the server has: corrupt. Any thread.
Status get(const Request& request, const Receiver& receiver, const std::atomic<bool>& interrupted);

}  // namespace facet::http
