#pragma once
// Video: the finished pictures of an analysis as MP4.

#include "sink/sink.h"

namespace facet::sink {

/// Every picture that comes as FrameRecord::overlay, at its own time, as H.264 in MP4 (wrap/ffmpeg/video_writer.h). A video
/// has one size, that of its first picture; others are fitted into it. Of a record without an overlay nothing is written;
/// without any picture at all no file is made.
///
/// With one camera the file is NAME.mp4; with several it is NAME.CAMERA.mp4 for each of them, and there is no NAME.mp4.
/// Standard output, pipes and devices take one camera only; a second one is an Error.
extern const SinkInfo kOverlaySink;

}  // namespace facet::sink
