#pragma once
// Which video codecs this machine's FFmpeg has, for `facet doctor`.

#include <string>
#include <vector>

namespace facet::ffmpeg {

struct CodecSupport {
    std::string name;  ///< "h264"
    bool decodes = false;
    bool encodes = false;
};

/// The codecs that cameras and files use, whether present or not.
std::vector<CodecSupport> codecs();

}  // namespace facet::ffmpeg
