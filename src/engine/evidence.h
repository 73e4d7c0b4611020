#pragma once
// Evidence: pictures and clips of events, on disk, made by a thread of their own.
//
//     an event --> offer(): never waits --> queue --> pictures, begin of a clip --> claim settled --> its line is written
//                                           bounded                  ... after clip_after --> clip cut from the packets

#include <array>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
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
#include "media/event.h"
#include "media/picture.h"
#include "wrap/ffmpeg/packet_writer.h"

namespace facet::engine {

struct EvidenceOptions {
    ArchiveOptions archive;
    Nanoseconds clip_before{};  ///< with clip_after 0: no clips
    Nanoseconds clip_after{};
    bool wants_clips() const { return clip_before + clip_after > Nanoseconds{}; }
};

/// What becomes of one event's evidence: settled by who makes it, or given up by who waits for it, whichever comes first.
class EvidenceClaim {
public:
    /// Of the maker. False: nobody waits any more, so that what was made has no use.
    bool settle(Evidence evidence);
    bool is_settled() const { return state_.load() == State::settled; }
    /// Of who waits: from now on it is not settled any more. False where it is already.
    bool give_up();
    const Evidence& evidence() const { return evidence_; }  ///< of one that is settled

private:
    enum class State { open, settled, given_up };
    std::atomic<State> state_{State::open};
    Evidence evidence_;
};
using EvidenceClaimPtr = std::shared_ptr<EvidenceClaim>;

/// For every event, in FOLDER/CAMERA/YYYY-MM-DD/ (of the event's time, UTC): `ID.jpg`, the frame of the event's time (which
/// may be long before its decision: who left was seen last; decoded anew from the packets, or else the frame of the
/// decision); `ID.crop.jpg`, its box grown by a fifth, where it has one; `ID.mp4`, from the last key frame at least
/// clip_before ahead of it until clip_after behind it, as the camera sent it. Files are there as a whole or not at all. A
/// claim names what is on the disk, and the clip for which room on the disk was set aside. Slow and full disks cost
/// evidence, counted and said, and nothing else.
class EvidenceStore {
public:
    EvidenceStore(EvidenceOptions options, Metrics& metrics, Log& log);
    ~EvidenceStore();
    EvidenceStore(const EvidenceStore&) = delete;
    EvidenceStore& operator=(const EvidenceStore&) = delete;

    struct Camera;
    using CameraPtr = std::shared_ptr<const Camera>;

    /// Thread-safe. `ring`: packets for clips and pictures, null = none; `is_main`: of a better stream than the one that
    /// `frame` in offer() is of.
    CameraPtr add_camera(const std::string& name, std::shared_ptr<const PacketRing> ring, bool is_main);
    /// `settled` is called on the store's thread after each claim that is settled or has failed.
    void start(std::function<void()> settled);

    /// Thread-safe; never waits. `frame` is where the event was decided; it is kept until its pictures are written.
    EvidenceClaimPtr offer(const CameraPtr& camera, const Event& event, FramePtr frame);

    /// Makes what was offered and cuts open clips where they are. False where the disk took longer than `limit`: its
    /// thread then still uses this, which must stay until the process ends.
    bool close(Nanoseconds limit);

private:
    enum class Fate { written, failed, late, overflow, clip, clip_cut, clip_failed };
    struct Request {
        CameraPtr camera;
        EvidenceClaimPtr claim;
        std::string id;
        WallTime time{};
        std::optional<Box> box;
        std::int64_t frame_number = 0;
        FramePtr frame;         ///< of the decision
        Nanoseconds earlier{};  ///< by so much the event happened before the frame was taken
        TimePoint captured{};   ///< when what happened was seen
        TimePoint offered{};
    };
    struct OpenClip {
        CameraPtr camera;
        std::string path;  ///< under the folder
        StreamPtr stream;
        std::unique_ptr<ffmpeg::PacketWriter> writer;
        std::int64_t bytes_reserved = 0;
        TimePoint first{};
        TimePoint at{};
        TimePoint last{};
    };
    /// The picture that events of one frame share.
    struct Shown {
        FramePtr frame;
        CameraPtr camera;
        WallTime time{};
        Picture picture;
        std::string jpeg;
        bool is_main = false;
    };

    static void count(const Camera& camera, Fate fate);
    void work();
    static bool is_ready(const Request& request, TimePoint now);
    void make(const Request& request);
    Status make_pictures(const Request& request, const std::string& path, WallTime time, Evidence& evidence);
    void show(const Request& request);
    Status write(const std::string& path, std::string_view bytes, WallTime time);
    std::int64_t bytes_open() const;
    Status begin_clip(const Request& request, const std::string& path);
    void finish_clips(TimePoint now, bool all);
    Status finish_clip(OpenClip& clip);
    static bool is_due(const OpenClip& clip, TimePoint now);

    EvidenceOptions options_;
    Metrics& metrics_;
    std::function<void()> settled_;
    // Of the store's thread:
    FileArchive archive_;
    RareWarning warning_;
    std::vector<OpenClip> clips_;
    Shown shown_;

    std::mutex mutex_;  // guards what follows
    std::condition_variable changed_;
    std::deque<Request> queue_;
    bool closing_ = false;
    bool has_ended_ = false;
    std::thread thread_;
};

/// Whether a file name is one of evidence: an event's id and .jpg, .crop.jpg or .mp4.
bool is_evidence_name(std::string_view name);

/// The families that a store fills.
std::span<const MetricRow> evidence_metrics();

}  // namespace facet::engine
