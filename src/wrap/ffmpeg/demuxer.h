#pragma once
// Demuxer: the compressed packets of one video stream out of a file or out of memory.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "wrap/ffmpeg/handles.h"
#include "wrap/ffmpeg/image.h"

struct AVStream;

namespace facet::ffmpeg {

struct LiveOpening;

/// What the container says of the stream. Unknown values are 0 or empty.
struct StreamFacts {
    std::string path;       ///< or name, for messages
    int index = 0;          ///< among all streams of the file
    std::string container;  ///< FFmpeg's name of the format: "matroska,webm"
    std::string codec;      ///< "h264"
    int width = 0;          ///< as stored, before the orientation is applied
    int height = 0;
    Orientation orientation = Orientation::upright;
    ImageMatrix matrix = ImageMatrix::bt601;
    bool full_range = false;
    double frames_per_second = 0;
    std::int64_t packets = 0;  ///< as declared
    Nanoseconds duration{};    ///< as declared
    std::optional<WallTime> creation_time;
};

/// One compressed unit. May be read into again and again, or be moved away to be kept: that moves no bytes. One that was
/// moved from may only be read into, assigned or destroyed.
class Packet {
public:
    Packet();
    Packet(Packet&&) noexcept = default;
    Packet& operator=(Packet&&) noexcept = default;
    ~Packet() = default;

    /// Another owner of the same bytes: they are not copied, and whoever changes one of the packets leaves the others alone.
    Result<Packet> reference() const;
    /// As the container says.
    bool is_key() const;
    /// How much it compressed to.
    std::size_t bytes() const;
    /// The container knows that bytes are missing or wrong.
    bool is_corrupt() const;
    /// Presentation time, else decoding time, as in the container.
    std::optional<Nanoseconds> time() const { return time_; }
    /// As in the container; it grows from packet to packet, also where frames are shown in another order.
    std::optional<Nanoseconds> decoding_time() const { return decoding_time_; }
    /// When time() was, by the sender's own wall clock, once it has told (RTCP sender reports). That clock may be wrong.
    std::optional<WallTime> produced() const { return produced_; }

private:
    friend class Demuxer;
    friend class Decoder;
    friend class PacketWriter;
    friend class UnitReader;
    Handle<AVPacket> packet_;
    std::optional<Nanoseconds> time_;
    std::optional<Nanoseconds> decoding_time_;
    std::optional<WallTime> produced_;
};

/// What is wanted of a capture device; what is 0 or empty it chooses itself.
struct CaptureDevice {
    std::string path;  ///< "/dev/video0"
    int width = 0;
    int height = 0;
    double frames_per_second = 0;  ///< the nearest that it gives
    std::string format;            ///< FFmpeg's name of a codec or of a pixel format: "mjpeg", "h264", "yuyv422"
};

/// Not thread-safe. Starts no thread. Opens no network connection and no file but the given one and those that a playlist
/// in it names.
class Demuxer {
public:
    /// `stream`: index of the wanted video stream, or nothing for FFmpeg's best. Errors name the path and what was expected:
    /// not a video, no video stream (audio only, a mere cover picture), no such stream.
    static Result<Demuxer> open(const std::string& path, std::optional<int> stream);
    /// The same for bytes in memory, which must outlive the demuxer. `name` stands for the path in messages.
    static Result<Demuxer> open(std::span<const std::uint8_t> bytes, const std::string& name, std::optional<int> stream);

    /// A camera's address: rtsp(s), http(s). `name` stands for it in messages, without secrets. RTSP goes over TCP unless
    /// the address ends in "?transport=udp". Like all that opens a camera: gives up after 10 s without a stream and later
    /// after 5 s without a packet (unavailable), and at once when `stop` becomes true (cancelled); that must outlive the
    /// demuxer.
    static Result<Demuxer> open_network(const std::string& address, const std::string& name, const std::atomic<bool>& stop);
    /// RTP as the SDP file at `path` describes it (RFC 8866). Listens on the ports that it names; opens nothing else.
    static Result<Demuxer> open_session_description(const std::string& path, const std::atomic<bool>& stop);

    /// A camera at this machine (V4L2). Errors name the path: not there, in use, does not give that format or exactly that
    /// size.
    static Result<Demuxer> open_device(const CaptureDevice& device, const std::atomic<bool>& stop);

    Demuxer(Demuxer&&) noexcept;
    Demuxer& operator=(Demuxer&&) noexcept;
    ~Demuxer();

    const StreamFacts& facts() const;
    /// Reads the stream's next packet; false at the end. An Error means that nothing more can be read, and of a camera also
    /// that it has turned to another codec.
    Result<bool> read(Packet& packet);
    /// Back to the beginning, of what can be read twice.
    Status rewind();
    /// What FFmpeg complained about in the latest read(), or "".
    const std::string& complaint() const;

private:
    friend class Decoder;
    friend class StreamParameters;
    friend class UnitReader;
    struct State;
    explicit Demuxer(std::unique_ptr<State> state);
    static Result<Demuxer> open_live(LiveOpening opening, const std::string& name, const std::atomic<bool>& stop);
    static Result<Demuxer> open(std::unique_ptr<State> state, std::optional<int> stream);
    const AVStream& stream() const;

    std::unique_ptr<State> state_;
};

}  // namespace facet::ffmpeg
