#pragma once
// What a Demuxer holds. For this folder alone.

#include <string>
#include <utility>
#include <vector>

#include "wrap/ffmpeg/demuxer.h"
#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/producer_clock.h"

struct AVInputFormat;

namespace facet::ffmpeg {

/// A camera that says nothing for so long is gone.
inline constexpr auto kSilenceMax = std::chrono::seconds(5);

/// A cursor over the bytes of Demuxer::open(bytes).
struct MemoryCursor {
    std::span<const std::uint8_t> bytes;
    std::int64_t position = 0;
};

/// How FFmpeg is to open a camera.
struct LiveOpening {
    std::string url;
    const AVInputFormat* format = nullptr;  ///< null = as it finds
    std::vector<std::pair<std::string, std::string>> options;
    int flags = 0;  ///< of AVFormatContext
    bool is_device = false;
};

/// What FFmpeg asks while it waits for a camera.
struct LiveWait {
    const std::atomic<bool>* stop = nullptr;
    TimePoint give_up{};

    bool is_over() const { return *stop || monotonic_now() > give_up; }
};

struct Demuxer::State {
    std::string path;
    std::optional<LiveOpening> live;  // of a camera
    LiveWait wait;                    // likewise
    MemoryCursor memory;              // of open(bytes)
    bool in_memory = false;
    AVIOContext* input = nullptr;
    AVFormatContext* format = nullptr;
    const AVStream* stream = nullptr;
    StreamFacts facts;
    std::string complaint;
    int codec = 0;                          // AVCodecID at the beginning
    std::optional<WallTime> produced_next;  // of the packet that will be read next
    std::optional<ProducerClock> produced_clock;

    ~State();

    Status open_format();
    Status choose_stream(std::optional<int> wanted);
    void read_facts();
    std::string video_streams() const;
    std::string missing_entries() const;
    /// What went wrong with a camera.
    Error live_error(std::string_view action, const MessageScope& messages, int code) const;
    bool waits_for_device(int code) const;
    std::optional<WallTime> take_produced(const AVPacket& packet, std::optional<Nanoseconds> time);
};

}  // namespace facet::ffmpeg
