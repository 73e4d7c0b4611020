#include "source/file/video_file.h"

#include <algorithm>
#include <utility>

#include "source/file/pixels.h"

namespace facet::source::file {

namespace {

/// A decoder that fails on this many packets in a row, minutes of video, is not going to recover.
constexpr int kFailuresInRowMax = 5000;
/// Frames further apart than this are stepped as by a clock of 25 Hz where nothing else is known.
constexpr Nanoseconds kIntervalUnknown = std::chrono::milliseconds(40);

Nanoseconds interval_of(double frames_per_second) {
    return frames_per_second >= 0.001 ? from_seconds(1 / frames_per_second) : kIntervalUnknown;
}

}  // namespace

SourceFacts facts_of(const ffmpeg::StreamFacts& stream) {
    SourceFacts facts;
    const bool swapped = ffmpeg::swaps_sides(stream.orientation);
    facts.size = swapped ? Size{stream.height, stream.width} : Size{stream.width, stream.height};
    facts.frames_per_second = stream.frames_per_second;
    facts.frames = stream.packets;
    if (facts.frames == 0)
        facts.frames = static_cast<std::int64_t>(seconds(stream.duration) * stream.frames_per_second + 0.5);
    facts.codec = stream.codec;
    facts.colour = to_colour(stream.matrix, stream.full_range);
    facts.started = stream.creation_time.value_or(WallTime{});
    return facts;
}

VideoFile::VideoFile(ffmpeg::Demuxer demuxer, ffmpeg::Decoder decoder)
    : demuxer_(std::move(demuxer)),
      decoder_(std::move(decoder)),
      facts_(facts_of(demuxer_.facts())),
      timeline_(interval_of(facts_.frames_per_second)) {}

Result<std::unique_ptr<Source>> VideoFile::open(Result<ffmpeg::Demuxer> demuxer, const VideoFileOptions& options) {
    if (!demuxer) return fail(std::move(demuxer.error()));
    FACET_TRY(auto decoder, ffmpeg::Decoder::open(*demuxer, options.threads, kPixelsMax));
    return std::unique_ptr<Source>(new VideoFile(std::move(*demuxer), std::move(decoder)));
}

Result<std::unique_ptr<Source>> VideoFile::open(const std::string& path, const VideoFileOptions& options) {
    return open(ffmpeg::Demuxer::open(path, options.stream), options);
}

Result<std::unique_ptr<Source>> VideoFile::open(std::span<const std::uint8_t> bytes, const std::string& name,
                                                const VideoFileOptions& options) {
    return open(ffmpeg::Demuxer::open(bytes, name, options.stream), options);
}

Result<FramePtr> VideoFile::next() {
    const Nanoseconds cost_start = thread_cpu_time();
    ffmpeg::DecodedFrame decoded;
    while (!ended_) {
        const auto received = decoder_.receive(decoded);
        if (!received) {
            note_failure(received.error());
        } else if (*received == ffmpeg::Decoder::Next::frame) {
            auto frame = make_frame(decoded, cost_start);
            if (frame) return frame;
            note_failure(frame.error());
        } else if (*received == ffmpeg::Decoder::Next::end || !feed()) {
            ended_ = true;
        }
        if (failures_in_row_ > kFailuresInRowMax) ended_ = true;
    }
    return end();
}

/// Gives the decoder the next packet, or after the last one the order to drain. False where neither is possible.
bool VideoFile::feed() {
    if (draining_) return false;
    const auto read = demuxer_.read(packet_);
    if (!read || !*read) {
        // Demuxers end quietly where the bytes do; what they complain about then is the missing rest.
        const std::string complaint = read ? demuxer_.complaint() : read.error().message;
        if (!complaint.empty() && !cut_off_)
            damage_.add(kTruncated,
                        read ? fmt::format("{}: ends too early: {}", demuxer_.facts().path, complaint) : complaint);
        draining_ = true;
        return decoder_.drain().has_value();
    }
    ++packets_;
    key_seen_ |= packet_.is_key();
    cut_off_ = packet_.is_corrupt();
    if (cut_off_)
        damage_.add(kTruncated, fmt::format("{}: bytes are missing at {:.3f} s", demuxer_.facts().path,
                                            seconds(packet_.time().value_or(Nanoseconds{}))));
    if (const auto sent = decoder_.send(packet_, monotonic_now()); !sent) note_failure(sent.error());
    return true;
}

void VideoFile::note_failure(const Error& error) {
    ++failures_in_row_;
    if (failure_first_.empty()) failure_first_ = error.message;
    // A recording may begin between two key frames: what comes before the first is not damage. A packet that lacks bytes
    // has been counted.
    if (!key_seen_ || cut_off_) return;
    damage_.add(kCorruptPacket, fmt::format("{}: packet at {:.3f} s: {}", demuxer_.facts().path,
                                            seconds(packet_.time().value_or(Nanoseconds{})), error.message));
}

Result<FramePtr> VideoFile::make_frame(ffmpeg::DecodedFrame& decoded, Nanoseconds cost_start) {
    FACET_TRY(auto image, converter_.convert(decoded, demuxer_.facts().orientation));
    const Timeline::Stamp stamp = timeline_.next(decoded.pts, decoded.duration);
    if (stamp.repaired)
        damage_.add(kTimestamp, fmt::format("{}: frame {} has a time that does not follow its predecessor's",
                                            demuxer_.facts().path, frames_));
    if (decoded.is_concealed)
        damage_.add(kConcealedFrame, fmt::format("{}: parts of the frame at {:.3f} s are damaged and were guessed",
                                                 demuxer_.facts().path, seconds(stamp.t)));
    failures_in_row_ = 0;
    auto frame = std::make_shared<Frame>();
    frame->picture = to_picture(std::move(image));
    frame->sequence = frames_++;
    frame->t = stamp.t;
    frame->pts = stamp.pts;
    frame->captured = facts_.started + stamp.t;
    frame->arrived = decoded.arrived;
    frame->decode_cost = thread_cpu_time() - cost_start;
    return FramePtr(std::move(frame));
}

Result<FramePtr> VideoFile::end() {
    if (frames_ > 0) return FramePtr();
    if (packets_ == 0)
        return fail(ErrorCode::corrupt, "{}: no complete {} frame in it, expected a video", demuxer_.facts().path,
                    facts_.codec);
    return fail(ErrorCode::corrupt, "{}: none of its {} {} packets can be decoded: {}", demuxer_.facts().path, packets_,
                facts_.codec, failure_first_.empty() ? "no picture comes out" : failure_first_);
}

}  // namespace facet::source::file
