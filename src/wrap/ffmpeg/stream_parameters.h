#pragma once
// StreamParameters: what decoding and writing a stream's packets needs beside them, for those who outlive its demuxer or
// work on another thread.

#include <memory>

#include "wrap/ffmpeg/demuxer.h"

struct AVCodecParameters;

namespace facet::ffmpeg {

/// A copy of what the container said when it was opened. Immutable; shared by packets' keepers, decoders and writers.
class StreamParameters {
public:
    static Result<std::shared_ptr<const StreamParameters>> of(const Demuxer& demuxer);

    const StreamFacts& facts() const { return facts_; }

private:
    friend class Decoder;
    friend class PacketWriter;
    StreamParameters() = default;

    StreamFacts facts_;
    std::shared_ptr<const AVCodecParameters> codec_;
    int time_base_num_ = 0;
    int time_base_den_ = 1;
};

}  // namespace facet::ffmpeg
