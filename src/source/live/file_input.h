#pragma once
// A file, played at its own pace: a rehearsal for a camera.

#include "source/live/live_input.h"

namespace facet::source::live {

/// Whatever FFmpeg reads; packets come in the order and at the times of sending, which are their decoding times.
Result<std::unique_ptr<LiveInput>> open_file(const std::string& path, const LiveInputOptions& options, Interrupt& interrupt);

}  // namespace facet::source::live
