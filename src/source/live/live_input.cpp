#include "source/live/live_input.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/secrets.h"
#include "source/live/device_input.h"
#include "source/live/file_input.h"
#include "source/live/picture_input.h"
#include "source/live/stream_input.h"
#include "source/live/synthetic_input.h"
#include "source/synthetic/address.h"

namespace facet::source::live {

namespace {

bool is_network(std::string_view address) {
    return address.find("://") != std::string_view::npos && !address.starts_with("file:");
}

constexpr std::array<std::string_view, 7> kSchemes{"rtsp://", "rtsps://", "http://", "https://",
                                                   "rtp://",  "udp://",   "tcp://"};

bool has_known_scheme(std::string_view address) {
    return std::any_of(kSchemes.begin(), kSchemes.end(),
                       [address](std::string_view scheme) { return address.starts_with(scheme); });
}

bool is_http(std::string_view address) { return address.starts_with("http://") || address.starts_with("https://"); }

bool is_synthetic(std::string_view address) { return address.starts_with(synthetic::kScheme); }

}  // namespace

Status LiveInput::check(const std::string& address, const LiveInputOptions& options) {
    if (options.poll > Nanoseconds{} && !is_http(address))
        return fail(ErrorCode::invalid_argument, "poll: source '{}' is not polled, expected an http:// or https:// address",
                    without_secrets(address));
    if (is_synthetic(address)) FACET_CHECK(synthetic::read_address(address));
    if (is_device(address)) FACET_CHECK(read_device(address));
    if (is_network(address) && !has_known_scheme(address))
        return fail(ErrorCode::invalid_argument, "source '{}' cannot be watched, expected {} or a file",
                    without_secrets(address), fmt::join(kSchemes, ", "));
    return {};
}

Result<std::unique_ptr<LiveInput>> LiveInput::open(const std::string& address, const LiveInputOptions& options,
                                                   Interrupt& interrupt) {
    if (is_synthetic(address)) return open_synthetic(address, options, interrupt);
    if (is_http(address) && options.poll > Nanoseconds{}) return open_pictures(address, options, interrupt);
    if (is_network(address)) return open_network(address, options, interrupt);
    if (is_device(address)) return open_device(address, options, interrupt);
    if (address.ends_with(".sdp")) return open_session_description(address, options, interrupt);
    return open_file(address, options, interrupt);
}

}  // namespace facet::source::live
