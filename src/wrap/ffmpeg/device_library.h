#pragma once
// libavdevice, loaded when the first device is opened.

#include "base/result.h"

namespace facet::ffmpeg {

/// Makes FFmpeg know capture devices. The library brings some sixty others with it (sound, X11, OpenGL), which no other use
/// of Facet should have to load, or even to install. Thread-safe; after the first success it does nothing.
Status load_device_library();

}  // namespace facet::ffmpeg
