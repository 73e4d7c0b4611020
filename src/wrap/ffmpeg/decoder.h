#pragma once
// Decoder: packets to decoded frames, still in FFmpeg's form (converter.h makes Images of them).

#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/result.h"
#include "wrap/ffmpeg/demuxer.h"
#include "wrap/ffmpeg/handles.h"
#include "wrap/ffmpeg/stream_parameters.h"

namespace facet::ffmpeg {

struct DecodedFrame {
    std::shared_ptr<const AVFrame> frame;  ///< reference-counted pixels, shared with the decoder, never copied
    std::optional<Nanoseconds> pts;        ///< as in the container, or the decoder's best guess
    Nanoseconds duration{};                ///< 0 = unknown
    TimePoint arrived{};                   ///< as given with its packet
    bool is_concealed = false;             ///< parts of it (HEVC: or of a frame near it) were lost and have been guessed
};

/// One stream's decoder. Goes on after errors. Not thread-safe; with one thread it starts none.
class Decoder {
public:
    enum class Next {
        frame,        ///< one was received
        need_packet,  ///< send more
        end,          ///< after drain(): nothing is left
    };

    /// For the demuxer's stream. Pictures beyond `pixels_max` are refused by the decoder.
    static Result<Decoder> open(const Demuxer& demuxer, int threads, std::int64_t pixels_max);
    /// The same for packets that a UnitReader of that demuxer has read (unit_reader.h), the first of them a key. It knows
    /// nothing but what those packets say, and the time of a frame is its own packet's where that has one.
    static Result<Decoder> open_annex_b(const Demuxer& demuxer, int threads, std::int64_t pixels_max);
    /// For packets as the demuxer gave them, wherever that is now.
    static Result<Decoder> open(const StreamParameters& stream, int threads, std::int64_t pixels_max);

    /// Gives one packet, after which receive() is called until it needs a packet. `arrived` comes back with its frame. An
    /// Error concerns this packet alone, does not name the file, and the next may be sent.
    Status send(const Packet& packet, TimePoint arrived);
    /// No more packets will come; receive() then gives what the decoder still holds.
    Status drain();
    /// An Error concerns one packet alone.
    Result<Next> receive(DecodedFrame& out);

private:
    Decoder() = default;
    static Result<Decoder> open(const StreamParameters& stream, int threads, std::int64_t pixels_max, bool annex_b);
    bool annex_b_ = false;
    int time_base_num_ = 0;
    int time_base_den_ = 1;
    bool complained_ = false;  // about what came since the last frame
    Handle<AVCodecContext> codec_;
    Handle<AVFrame> spare_;  // for the next receive()
};

}  // namespace facet::ffmpeg
