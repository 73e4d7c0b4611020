#pragma once
// VideoWriter: pictures to an MP4 file.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "wrap/ffmpeg/image.h"

namespace facet::ffmpeg {

struct VideoWriterOptions {
    double frames_per_second = 25;    ///< nominal: rate control, and how long the last picture is shown
    int quality = 23;                 ///< constant rate factor: 0 = lossless, 51 = worst
    std::string preset = "veryfast";  ///< of x264: ultrafast ... placebo
    int keyframe_interval = 250;      ///< pictures between key frames, at most
    int threads = 1;                  ///< the same bytes come out for the same number of threads
    ImageMatrix matrix = ImageMatrix::bt601;
    bool full_range = false;
    std::optional<WallTime> creation_time =
        std::nullopt;  ///< written as the container's tag; without it nothing of the run's clock is
};

/// Encodes to H.264 (x264), or MPEG-4 part 2 where FFmpeg was built without it, in MP4 with the index at the front.
/// The bytes go to "NAME.partial" beside the target; finish() renames it to the final name; without a finish() the
/// destructor removes it. A target that exists and is no regular file (a pipe, a device), and "-", standard output, are
/// written directly, as fragmented MP4. Failures, a full disk included, are Errors that name the path; after one, nothing
/// more may be written and the destructor cleans up.
///
///   FACET_TRY(auto writer, ffmpeg::VideoWriter::create("out.mp4", 1280, 720, {.frames_per_second = 30}));
///   FACET_CHECK(writer.write({picture.data, picture.stride}, frame.t));       // i420 planes of 1280x720
///   FACET_CHECK(writer.finish());
///
/// Used by one thread at a time; with threads = 1 it starts none.
class VideoWriter {
public:
    /// Opens the target, so that one that cannot be written fails here. An odd width or height is stored one larger, with
    /// the edge repeated (4:2:0 wants even sizes). At most 16384 a side.
    static Result<VideoWriter> create(const std::filesystem::path& path, int width, int height,
                                      const VideoWriterOptions& options = {});

    VideoWriter(VideoWriter&&) noexcept;
    VideoWriter& operator=(VideoWriter&&) noexcept;
    ~VideoWriter();

    /// Adds one picture in layout i420 of the size given at creation; the pixels are copied. Times may be spaced freely and
    /// are stored in 1/90000 s; one that does not grow is moved to 1/90000 s after its predecessor.
    Status write(const ImagePlanes& i420, Nanoseconds t);
    /// The same for any layout and size: converted, and fitted into the video's size with black bars. `owner` may be empty.
    Status write(const Image& image, Nanoseconds t);
    /// Completes the file and gives it its final name. Nothing may be written afterwards.
    Status finish();

    std::int64_t pictures() const;  ///< written so far

private:
    struct State;
    explicit VideoWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace facet::ffmpeg
