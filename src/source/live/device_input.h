#pragma once
// Cameras at this machine: V4L2 devices.

#include <span>
#include <string_view>

#include "config/options.h"
#include "source/live/live_input.h"

namespace facet::source::live {

/// "/dev/video0", "/dev/v4l/by-id/NAME", with options behind the path: "?size=1280x720&fps=30&format=mjpeg".
bool is_device(std::string_view address);
/// What may stand behind "?".
std::span<const config::OptionRow> device_options();
/// What is wanted of the device that an address names; errors name the key, the value and what was expected.
Result<ffmpeg::CaptureDevice> read_device(std::string_view address);

Result<std::unique_ptr<LiveInput>> open_device(const std::string& address, const LiveInputOptions& options,
                                               Interrupt& interrupt);

}  // namespace facet::source::live
