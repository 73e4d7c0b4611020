#pragma once
// Recorder: all that cameras send, to segments on disk, without encoding anything again.
//
//     a camera's receiver --> a run of packets --> queue --> segments
//     put(): never waits      up to a second       bounded   a thread of the recorder

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"
#include "engine/file_archive.h"
#include "engine/packet_ring.h"
#include "engine/rare_warning.h"
#include "wrap/ffmpeg/packet_writer.h"

namespace facet::engine {

struct RecorderOptions {
    ArchiveOptions archive;
    Nanoseconds segment{};                               ///< a new file at the first key after so long
    std::size_t queue_bytes_max = std::size_t{1} << 24;  ///< of one camera: what waits for the disk
};

/// Segments are `FOLDER/CAMERA/YYYY-MM-DD/HH-MM-SS.mmm.mp4`, named by when their first packet arrived, in UTC. Each begins
/// with a key and plays up to its last second at any time, also after a kill. A disk that is slow or full costs packets:
/// from the first that finds no room to the next key, counted and said, and the recording goes on in a new segment. A new
/// connection begins one too.
class Recorder {
public:
    Recorder(RecorderOptions options, Metrics& metrics, Log& log);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    class Camera;
    using CameraPtr = std::shared_ptr<Camera>;

    // Thread-safe; none waits for the disk:

    CameraPtr add_camera(const std::string& name);
    void start();
    /// A connection begins.
    void begin(const CameraPtr& camera, StreamPtr stream);
    void put(const CameraPtr& camera, KeptPacketPtr packet);
    /// The camera is paused or gone: its segment ends.
    void end(const CameraPtr& camera);

    /// Writes what is queued and ends the segments. False where the disk took longer than `limit`: its thread then still
    /// uses this, which must stay until the process ends.
    bool close(Nanoseconds limit);

private:
    struct Run {
        CameraPtr camera;
        StreamPtr stream;
        std::vector<KeptPacketPtr> packets;  ///< none: the camera's segment ends
        std::size_t bytes = 0;
        bool follows_gap = false;
    };

    void enqueue(const CameraPtr& camera);
    void work();
    void write(Run& run);
    Status open_segment(const CameraPtr& owner, const Run& run);
    Status append(Camera& camera, const Run& run);
    void end_segment(Camera& camera, bool is_whole);
    bool is_large(const ffmpeg::PacketWriter& segment) const;
    std::int64_t bytes_open() const;

    RecorderOptions options_;
    Metrics& metrics_;
    FileArchive archive_;          // of the recorder's thread
    RareWarning warning_;          // likewise
    std::vector<CameraPtr> open_;  // likewise: those with a segment
    std::mutex mutex_;             // guards what follows, and what Camera says
    std::condition_variable changed_;
    std::vector<std::weak_ptr<Camera>> cameras_;
    std::deque<Run> queue_;
    bool closing_ = false;
    bool has_ended_ = false;
    std::thread thread_;
};

/// Whether a file name is a segment's.
bool is_segment_name(std::string_view name);

/// The families that a recorder fills.
std::span<const MetricRow> recorder_metrics();

}  // namespace facet::engine
