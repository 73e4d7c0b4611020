#pragma once
// VideoFile: the frames of one video stream of a file.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "source/file/damage.h"
#include "source/file/timeline.h"
#include "source/source.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/demuxer.h"

namespace facet::source::file {

/// Twice 8192 x 4096: what H.264 and HEVC allow at their highest levels. A damaged header may ask for anything.
inline constexpr std::int64_t kPixelsMax = std::int64_t{1} << 26;

/// What a stream's container says, as facts of a source.
SourceFacts facts_of(const ffmpeg::StreamFacts& stream);

struct VideoFileOptions {
    std::optional<int> stream;  ///< index in the file; nothing: FFmpeg's best
    int threads = 1;            ///< of the decoder; with 1 it starts none, and Frame::decode_cost is all of the cost
};

/// Every frame that the file presents, in order, upright. Pixels are the decoder's own, not copied. Damage: corrupt_packet,
/// concealed_frame, truncated, timestamp. A file of which no frame at all can be decoded ends with an Error, and so does
/// none other.
class VideoFile : public Source {
public:
    static Result<std::unique_ptr<Source>> open(const std::string& path, const VideoFileOptions& options);
    /// The same for a file in memory; `bytes` must outlive the source, `name` stands for the path in messages.
    static Result<std::unique_ptr<Source>> open(std::span<const std::uint8_t> bytes, const std::string& name,
                                                const VideoFileOptions& options);

    const SourceFacts& facts() const override { return facts_; }
    Result<FramePtr> next() override;
    std::span<const Damage> damage() const override { return damage_.list(); }

private:
    VideoFile(ffmpeg::Demuxer demuxer, ffmpeg::Decoder decoder);
    static Result<std::unique_ptr<Source>> open(Result<ffmpeg::Demuxer> demuxer, const VideoFileOptions& options);

    bool feed();
    void note_failure(const Error& error);
    Result<FramePtr> make_frame(ffmpeg::DecodedFrame& decoded, Nanoseconds cost_start);
    Result<FramePtr> end();

    ffmpeg::Demuxer demuxer_;
    ffmpeg::Decoder decoder_;
    ffmpeg::Packet packet_;
    ffmpeg::Converter converter_;
    SourceFacts facts_;
    Timeline timeline_;
    DamageList damage_;
    bool key_seen_ = false;
    bool cut_off_ = false;  // the latest packet lacks bytes
    bool draining_ = false;
    bool ended_ = false;
    std::int64_t packets_ = 0;
    std::int64_t frames_ = 0;
    int failures_in_row_ = 0;
    std::string failure_first_;
};

}  // namespace facet::source::file
