#pragma once
// Cameras that FFmpeg receives.

#include "source/live/live_input.h"

namespace facet::source::live {

/// What has been opened, or the error of that.
Result<std::unique_ptr<LiveInput>> open_stream(Result<ffmpeg::Demuxer> opened, const LiveInputOptions& options,
                                               Interrupt& interrupt);

/// rtsp, rtsps, http, https: motion JPEG, HLS and whatever else FFmpeg reads. "?transport=udp" behind an RTSP address for
/// UDP.
Result<std::unique_ptr<LiveInput>> open_network(const std::string& address, const LiveInputOptions& options,
                                                Interrupt& interrupt);

/// RTP as a session description (a local file, RFC 8866) says: this machine listens, the camera or a switch sends.
Result<std::unique_ptr<LiveInput>> open_session_description(const std::string& path, const LiveInputOptions& options,
                                                            Interrupt& interrupt);

}  // namespace facet::source::live
