#pragma once
// MOTChallenge text: confirmed tracks, one line per track and frame.

#include <string>

#include "sink/sink.h"

namespace facet::sink {

/// `frame,id,left,top,width,height,confidence,-1,-1,-1`: frames count from 1 (the first frame of the stream), coordinates
/// are those of MOTChallenge, in which the picture's top left pixel is (1, 1). Only confirmed tracks, on frames on which
/// they were seen.
///
/// The format knows no cameras. With one camera the file is NAME.txt; with several it is NAME.CAMERA.txt for each of them,
/// and there is no NAME.txt. Standard output, pipes and devices take one camera only; a second one is an Error.
extern const SinkInfo kTracksSink;

/// The lines of one frame, each with its line break.
std::string mot_lines(const FrameRecord& record);

}  // namespace facet::sink
