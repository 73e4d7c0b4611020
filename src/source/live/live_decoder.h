#pragma once
// LiveDecoder: frames out of the packets of one connection, as they are asked for.

#include <optional>
#include <vector>

#include "media/picture.h"
#include "source/live/capture_clock.h"
#include "source/live/live_packet.h"

namespace facet::source::live {

/// Not thread-safe; used by one worker at a time. Starts no thread.
class LiveDecoder {
public:
    virtual ~LiveDecoder() = default;
    /// Decodes one packet of the input that made it and appends the frames that come out: none, one, or more where they were
    /// held back. Packets may be left out as their kinds allow. An Error concerns this packet; nothing that refers to it
    /// will decode before the next key frame.
    virtual Status decode(const LivePacket& packet, std::vector<FramePtr>& out) = 0;
};

/// Where a camera's frames stand in time, over all its connections.
struct LiveTimeline {
    std::optional<TimePoint> first;  ///< capture of the first frame
    TimePoint last{};                ///< capture of the latest one: times never step back
    std::int64_t frames = 0;
};

/// A decoded picture and what its packet said.
struct LivePicture {
    Picture picture;
    std::optional<Nanoseconds> pts;  ///< by whatever clock the stream has
    TimePoint arrived{};
    Nanoseconds cost{};  ///< CPU time
};

/// Numbers and times for the frames of one connection. Frame::t follows the stream's own clock (CaptureClock); so does
/// Frame::captured, unless the camera's wall clock is known: then that. For decoders; not thread-safe.
class LiveFrames {
public:
    /// `timeline` is the camera's and outlives this; of the decoders of a camera one works at a time.
    explicit LiveFrames(LiveTimeline& timeline) : timeline_(timeline) {}

    /// The camera's wall clock says that what has this `pts` was taken then. Holds until it is told anew: wall clocks and
    /// timestamps of a stream keep step.
    void set_clock(Nanoseconds pts, TimePoint captured) { camera_offset_ = captured.time_since_epoch() - pts; }
    /// It is not known any more.
    void clear_clock() { camera_offset_.reset(); }
    FramePtr make(LivePicture picture);

private:
    LiveTimeline& timeline_;
    CaptureClock clock_;
    std::optional<Nanoseconds> camera_offset_;
};

}  // namespace facet::source::live
