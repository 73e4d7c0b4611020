#pragma once
// Cameras that FFmpeg receives.

#include "source/live/live_input.h"

namespace facet::source::live {

/// rtsp, rtsps, http, https: motion JPEG, HLS and whatever else FFmpeg reads. "?transport=udp" behind an RTSP address for
/// UDP.
Result<std::unique_ptr<LiveInput>> open_network(const std::string& address, const LiveInputOptions& options,
                                                Interrupt& interrupt);

}  // namespace facet::source::live
