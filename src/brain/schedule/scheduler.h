#pragma once
// Scheduler: which packet to decode and which frame to look at next, on which terms to refuse. Facts with times in, commands
// out; no thread, no clock, and no allocation after add_camera(). The engine and the simulator drive the same one.
//
// The intuition. Every frame has a deadline: the arrival of its own packet plus the camera's latency target. Whenever a
// worker is free, the work with the earliest deadline goes first (EDF is optimal while all can be met: Liu and Layland, JACM
// 1973). Where not all can be met, three things keep the promise:
//   - shares: a camera that has used more than its weighted share of the workers' time waits behind those that have not
//     (virtual time, as in weighted fair queueing: Demers, Keshav and Shenker, SIGCOMM 1989);
//   - admission: a frame whose inference would predictably end after its deadline is refused, not run;
//   - giving up: where decoding fell behind and catching up would predictably take longer than the next key frame takes to
//     come, the packets up to that key frame are dropped. One camera after the other, the one that has had most first.
// Of one camera the newest decoded frame wins, and its results are `Pace::interval()` apart.
//
// A lazy camera dozes while nothing happens: its packets are kept for a group of pictures or two, only key frames are
// decoded and looked at (probes). It wakes when the sizes of its packets begin to tell of activity (CompressedActivity), or
// when a probe says that the scene has changed; then what was kept is decoded from where the decoder stands, or from the key
// before the probe, so that the moments before are seen too. Those frames are looked at in their order, behind the live
// frames of others (`is_catch_up`). Sizes only call, looks decide: at the first key frame after they have shown no change
// for a while it dozes again.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "brain/schedule/activity.h"
#include "brain/schedule/estimate.h"
#include "brain/schedule/pace.h"
#include "brain/schedule/packet_kind.h"

namespace facet::brain {

using CameraIndex = std::size_t;

enum class DecodePolicy {
    all,         ///< every packet
    references,  ///< not those that nothing refers to
    forward,     ///< neither these nor bidirectional ones: no reordering is left
    keys,        ///< key frames only
    automatic,   ///< `references` while the workers have time for it, else `forward`
    lazy,        ///< while nothing happens `keys`, else `automatic`, from before it began; see Scheduler
};
/// Whether the policy, which is neither `automatic` nor `lazy`, decodes packets of this kind. `forward` has its price:
/// encoders let forward frames refer to bidirectional ones ("b-pyramid"), and then pixels are off until the next key frame.
bool wants(DecodePolicy policy, PacketKind kind);

std::string_view name(DecodePolicy policy);

struct CameraTerms {
    double weight = 1;  ///< of its share of the workers' time; positive
    Nanoseconds latency_target = std::chrono::milliseconds(200);
    DecodePolicy policy = DecodePolicy::automatic;
};

/// @{ Facts. Packets of a camera are numbered by the caller, rising.
struct CameraUp {
    CameraIndex camera = 0;
};
/// What is pending of it is forgotten (dropped); jobs that run are still reported as done.
struct CameraDown {
    CameraIndex camera = 0;
};
struct PacketArrived {
    CameraIndex camera = 0;
    std::int64_t packet = 0;
    PacketKind kind = PacketKind::key;
    std::size_t bytes = 0;
};
/// A decode job gave a picture. Frames of a camera are numbered by the caller, rising, apart from its packets.
struct FrameDecoded {
    CameraIndex camera = 0;
    std::int64_t frame = 0;
    TimePoint arrived{};  ///< of the picture's own packet
};
/// The decode job of this camera has ended, after its frames were reported.
struct DecodeDone {
    CameraIndex camera = 0;
    Nanoseconds cost{};   ///< CPU time
    bool failed = false;  ///< nothing decodes before the next key frame
};
struct InferenceDone {
    CameraIndex camera = 0;
    Nanoseconds cost{};
    bool failed = false;   ///< it says nothing of what the next one will cost
    bool changed = false;  ///< something happens: for cameras that are lazy
};
/// Time passes; to be told some times a second.
struct Tick {};
/// @}
using Fact = std::variant<CameraUp, CameraDown, PacketArrived, FrameDecoded, DecodeDone, InferenceDone, Tick>;

enum class DropReason {
    policy,      ///< the decode policy does not want it
    no_key,      ///< it refers to what was dropped
    superseded,  ///< a newer frame of the camera came before its turn
    late,        ///< its result would miss the deadline
    behind,      ///< decoding fell behind: skipped to the next key frame
    overflow,    ///< too many packets were pending
    pace,        ///< the camera had a result just before
    down,        ///< the camera went away
};
inline constexpr std::size_t kDropReasons = 8;
std::string_view name(DropReason reason);

enum class CommandKind {
    decode,  ///< give packet `first` to the decoder: occupies a worker until DecodeDone. Only what comes after it in time
             ///< is asked for later, except where `keeps`
    infer,   ///< run the experts on frame `first`: occupies a worker until InferenceDone
    drop_packets,  ///< packets `first`..`last` will not be asked for
    drop_frame,    ///< frame `first` will not be asked for
};
struct Command {
    CommandKind kind = CommandKind::decode;
    CameraIndex camera = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    DropReason reason = DropReason::policy;  ///< of drops
    bool keeps = false;                      ///< of decode: the packet stays pending and may be asked for again
    bool rewinds = false;                    ///< of decode: the decoder has seen later packets; its times step back
    bool is_catch_up = false;                ///< of infer: the frame is looked at afterwards, because of what came after it
    bool is_probe = false;  ///< of infer: where the look says `changed`, its observations do not count: the camera's frames
                            ///< before it are looked at first, then it once more
};

struct SchedulerOptions {
    std::size_t workers = 1;
    std::size_t packets_pending_max = 512;       ///< per camera
    std::size_t bytes_pending_max = 16U << 20U;  ///< per camera
    /// Under pressure results come less often, but at least so often while they take no more than a share of the workers.
    Nanoseconds result_interval_max = std::chrono::milliseconds(200);
};

class Scheduler {
public:
    explicit Scheduler(const SchedulerOptions& options);

    /// Cameras are numbered from 0 in the order in which they are added; the numbers of removed ones are given again first.
    CameraIndex add_camera(const CameraTerms& terms);
    /// Forgets a camera that is down and whose jobs have been reported as done. Its number means nothing from now on.
    void remove_camera(CameraIndex camera);
    /// From the next packet on.
    void set_terms(CameraIndex camera, const CameraTerms& terms) { cameras_[camera].terms = terms; }

    /// `now` never decreases. Appends to `out`, at most as many workers as are free begin something.
    void on(const Fact& fact, TimePoint now, std::vector<Command>& out);

    /// Share of the workers' time that jobs took in the last seconds.
    double busy() const { return busy_; }
    /// Whether something of the camera is to be done or being done. What a dozing camera keeps is not.
    bool has_work(CameraIndex camera) const { return has_work(cameras_[camera]); }
    /// Whether the camera is lazy and nothing happens there.
    bool is_dozing(CameraIndex camera) const { return cameras_[camera].dozes; }
    /// What `automatic` means now.
    DecodePolicy automatic_policy() const { return automatic_; }
    /// Between the results of a camera of weight 1.
    Nanoseconds result_interval() const { return pace_.interval(); }

private:
    struct Pending {
        std::int64_t packet = 0;
        PacketKind kind = PacketKind::key;
        TimePoint arrived{};
        std::size_t bytes = 0;
        bool is_wanted = false;  ///< its cost is part of the backlog; false for what a dozing camera keeps
    };
    struct Waiting {
        std::int64_t frame = 0;
        TimePoint arrived{};
        bool is_catch_up = false;
    };
    struct Camera {
        CameraTerms terms;
        std::vector<Pending> ring;  ///< pending packets: `count` of them from `head`
        std::size_t head = 0;
        std::size_t count = 0;
        std::size_t keys_pending = 0;
        std::size_t bytes_pending = 0;
        std::int64_t popped = 0;  ///< packets that have left the ring, so that places in it have lasting numbers
        bool is_removed = false;
        bool is_up = false;
        bool waits_for_key = true;
        bool decodes = false;
        bool infers = false;
        PacketKind decoding_kind = PacketKind::key;
        std::optional<Waiting> frame;          ///< decoded, newest
        std::optional<TimePoint> last_result;  ///< arrival of the last frame that was looked at
        TimePoint next_result{};               ///< frames that arrived before are not looked at
        TimePoint last_answer{};               ///< when that was; before the first one, when the camera came up
        std::optional<TimePoint> last_key;     ///< arrival
        Estimate key_interval{std::chrono::seconds(2)};
        std::array<Estimate, kPacketKinds> decode_cost{
            Estimate{std::chrono::milliseconds(4)}, Estimate{std::chrono::milliseconds(4)},
            Estimate{std::chrono::milliseconds(4)}, Estimate{std::chrono::milliseconds(4)}};
        Estimate inference_cost{std::chrono::milliseconds(10)};
        Nanoseconds backlog{};  ///< predicted cost of what is pending and wanted
        double used_s = 0;      ///< virtual time: CPU seconds / weight

        // Of a lazy camera (lazy.cpp):
        CompressedActivity activity;
        bool dozes = false;
        std::optional<std::int64_t> key_wanted;  ///< place of the key that is to be decoded while dozing
        std::optional<std::int64_t> decoder_at;  ///< place of the latest packet that was kept when it was decoded
        bool rewinds = false;                    ///< the next packet begins anew
        bool catches_up = false;
        bool has_changed = false;  ///< since it woke
        TimePoint woken{};
        TimePoint awake_until{};
        std::optional<TimePoint> probe_before;  ///< `last_result` before the latest probe

        Pending& at(std::size_t index) { return ring[(head + index) % ring.size()]; }
        const Pending& at(std::size_t index) const { return ring[(head + index) % ring.size()]; }
        const Estimate& cost_of(PacketKind kind) const { return decode_cost[static_cast<std::size_t>(kind)]; }
    };
    struct Candidate {
        CameraIndex camera = 0;
        bool is_inference = false;
        bool is_over_share = false;
        TimePoint deadline{};
        double used_s = 0;
    };

    void apply(const CameraUp& fact, TimePoint now, std::vector<Command>& out);
    void apply(const CameraDown& fact, TimePoint now, std::vector<Command>& out);
    void apply(const PacketArrived& fact, TimePoint now, std::vector<Command>& out);
    void apply(const FrameDecoded& fact, TimePoint now, std::vector<Command>& out);
    void apply(const DecodeDone& fact, TimePoint now, std::vector<Command>& out);
    void apply(const InferenceDone& fact, TimePoint now, std::vector<Command>& out);
    void apply(const Tick& fact, TimePoint now, std::vector<Command>& out);

    void dispatch(TimePoint now, std::vector<Command>& out);
    void give_up_where_hopeless(TimePoint now, std::vector<Command>& out);
    bool is_late(const Camera& camera, TimePoint now) const;
    void consider(CameraIndex index, TimePoint now, double least_used_s, std::vector<Command>& out,
                  std::optional<Candidate>& best);
    void begin(const Candidate& candidate, TimePoint now, std::vector<Command>& out);
    void drop_packets(CameraIndex index, std::size_t count, DropReason reason, std::vector<Command>& out);
    void drop_frame(CameraIndex index, DropReason reason, std::vector<Command>& out);
    Pending pop(Camera& camera);
    void want(Camera& camera, Pending& pending, TimePoint now);
    void forget(Camera& camera, Nanoseconds cost);
    bool make_room(CameraIndex index, std::size_t bytes, std::vector<Command>& out);
    static bool has_work(const Camera& camera);
    static std::size_t newest_key(const Camera& camera);
    static const Pending& at(const Camera& camera, std::int64_t place);

    // Of lazy cameras, in lazy.cpp:
    void note_size(CameraIndex index, PacketKind kind, std::size_t bytes, TimePoint now, std::vector<Command>& out);
    void note_key(CameraIndex index, TimePoint now, std::vector<Command>& out);
    void doze(Camera& camera);
    void wake(CameraIndex index, bool from_before_probe, TimePoint now, std::vector<Command>& out);
    Pending take_key(Camera& camera, TimePoint now);
    static TimePoint due(const Camera& camera, TimePoint arrived);
    static bool has_caught_up(const Camera& camera, TimePoint arrived, TimePoint now);

    Nanoseconds result_interval(const Camera& camera) const;
    double least_used() const;
    void account(TimePoint now);
    void relieve(TimePoint now);

    /// CPU seconds a second that something takes, as a sum that decays.
    class Demand {
    public:
        void add(Nanoseconds cost, TimePoint now);
        double per_second(TimePoint now) const;

    private:
        double sum_s_ = 0;
        TimePoint at_{};
    };

    SchedulerOptions options_;
    Pace pace_;
    std::vector<Camera> cameras_;
    std::size_t cameras_up_ = 0;
    std::size_t running_ = 0;  ///< jobs
    Nanoseconds backlog_{};    ///< of all cameras
    double misses_ = 0;        ///< decaying count of frames and groups that were refused because of time
    double answers_ = 0;       ///< of inferences
    double busy_ = 0;
    double occupied_s_ = 0;  ///< job seconds since the last tick
    std::optional<TimePoint> accounted_;
    std::optional<TimePoint> ticked_;
    Demand demand_;         ///< of all that was asked for
    Demand bidirectional_;  ///< of bidirectional packets of automatic cameras, decoded or not
    DecodePolicy automatic_ = DecodePolicy::references;
    int ticks_under_pressure_ = 0;  ///< in a row
};

}  // namespace facet::brain
