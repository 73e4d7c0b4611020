#pragma once
// Scenes that never were (docs/how-to/synthetic-scenes.md), played live: cameras without a camera.

#include "source/live/live_input.h"

namespace facet::source::live {

/// "synthetic:SCENE?key=value&...". Frames are due at the scene's rate; each is a key. Rendering is the decoder's
/// work, so that frames that nobody looks at cost nothing.
Result<std::unique_ptr<LiveInput>> open_synthetic(const std::string& address, const LiveInputOptions& options,
                                                  Interrupt& interrupt);

}  // namespace facet::source::live
