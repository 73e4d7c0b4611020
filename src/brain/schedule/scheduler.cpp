#include "brain/schedule/scheduler.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace facet::brain {

namespace {

/// How far a camera may be ahead of its share before the others go first; also the credit that an idle one keeps.
constexpr double kShareSlack_s = 0.05;
/// A camera that has had no result for so long gets one even if it comes late: a slow answer tells more than none, and the
/// estimate of its cost would never be corrected.
constexpr auto kStarved = std::chrono::seconds(2);
/// Of the running mean of `busy_` per tick: a second or two, longer than cameras' groups of pictures make it swing.
constexpr double kBusyGain = 0.15;
/// Share of the workers' time above which there is pressure, and below which there is room for more.
constexpr double kBusyHigh = 0.92;
constexpr double kBusyWithMisses = 0.85;
constexpr double kBusyRoom = 0.75;
constexpr int kPressureTicks = 4;
/// Share of refused frames and skipped groups above which there is pressure, and the memory of both counts per tick.
constexpr double kMissShare = 0.03;
constexpr double kMissMemory = 0.9;
/// Leaving out what takes less than this share of the workers' time would relieve nobody.
constexpr double kWorthLeavingOut = 0.02;
/// Results that take no more than this share of the workers' time are not made rarer: what is short then is time to decode,
/// and groups of pictures are cut short for it.
constexpr double kResultShare = 0.4;
/// Memory of the measured demand.
constexpr double kDemandMemory_s = 2.0;
/// A lazy camera stays awake so long after the last look that showed a change.
constexpr auto kAwake = std::chrono::seconds(3);
/// Between the looks at frames that are caught up with: closer than tracks need.
constexpr auto kCatchUpInterval = std::chrono::milliseconds(80);

}  // namespace

bool wants(DecodePolicy policy, PacketKind kind) {
    switch (policy) {
        case DecodePolicy::all: return true;
        case DecodePolicy::references: return kind != PacketKind::disposable;
        case DecodePolicy::forward: return kind == PacketKind::key || kind == PacketKind::forward;
        case DecodePolicy::keys: return kind == PacketKind::key;
        case DecodePolicy::automatic:
        case DecodePolicy::lazy: break;
    }
    return true;
}

std::string_view name(DecodePolicy policy) {
    constexpr std::array<std::string_view, 6> kNames{"all", "references", "forward", "keys", "auto", "lazy"};
    return kNames[static_cast<std::size_t>(policy)];
}

std::string_view name(DropReason reason) {
    constexpr std::array<std::string_view, kDropReasons> kNames{"policy", "no_key",   "superseded", "late",
                                                                "behind", "overflow", "pace",       "down"};
    return kNames[static_cast<std::size_t>(reason)];
}

Scheduler::Scheduler(const SchedulerOptions& options) : options_(options), pace_(options.result_interval_max) {
    FACET_ASSERT(options.workers > 0 && options.packets_pending_max > 0);
}

CameraIndex Scheduler::add_camera(const CameraTerms& terms) {
    FACET_ASSERT(terms.weight > 0);
    auto free = std::find_if(cameras_.begin(), cameras_.end(), [](const Camera& camera) { return camera.is_removed; });
    if (free == cameras_.end()) {
        free = cameras_.emplace(cameras_.end());
        free->ring.resize(options_.packets_pending_max);
    }
    free->is_removed = false;
    free->terms = terms;
    return static_cast<CameraIndex>(free - cameras_.begin());
}

void Scheduler::remove_camera(CameraIndex index) {
    Camera& camera = cameras_[index];
    FACET_ASSERT(!camera.is_removed && !camera.is_up && !camera.decodes && !camera.infers);
    FACET_ASSERT(camera.count == 0 && !camera.frame);
    backlog_ -= camera.backlog;
    Camera forgotten;
    forgotten.ring = std::move(camera.ring);
    forgotten.is_removed = true;
    camera = std::move(forgotten);
}

void Scheduler::on(const Fact& fact, TimePoint now, std::vector<Command>& out) {
    account(now);
    std::visit([&](const auto& value) { apply(value, now, out); }, fact);
    dispatch(now, out);
}

void Scheduler::account(TimePoint now) {
    if (accounted_) occupied_s_ += static_cast<double>(running_) * seconds(now - *accounted_);
    accounted_ = now;
}

void Scheduler::apply(const CameraUp& fact, TimePoint now, std::vector<Command>&) {
    Camera& camera = cameras_[fact.camera];
    cameras_up_ += camera.is_up ? 0 : 1;
    camera.is_up = true;
    camera.waits_for_key = true;
    camera.last_answer = now;
    camera.last_result.reset();
    camera.next_result = {};
    camera.last_key.reset();
    camera.dozes = false;  // one good look before the first nap
    camera.awake_until = now + kAwake;
    camera.decoder_at.reset();
    camera.catches_up = false;
}

void Scheduler::apply(const CameraDown& fact, TimePoint, std::vector<Command>& out) {
    Camera& camera = cameras_[fact.camera];
    drop_packets(fact.camera, camera.count, DropReason::down, out);
    drop_frame(fact.camera, DropReason::down, out);
    cameras_up_ -= camera.is_up ? 1 : 0;
    camera.is_up = false;
}

void Scheduler::apply(const PacketArrived& fact, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[fact.camera];
    const auto drop = [&](DropReason reason) {
        out.push_back({CommandKind::drop_packets, fact.camera, fact.packet, fact.packet, reason});
    };
    if (fact.kind == PacketKind::key) {
        if (camera.last_key) camera.key_interval.add(now - *camera.last_key);
        camera.last_key = now;
    }
    if (!camera.is_up) return drop(DropReason::down);
    const bool is_lazy = camera.terms.policy == DecodePolicy::lazy;
    if (is_lazy) note_size(fact.camera, fact.kind, fact.bytes, now, out);
    if (camera.dozes && !is_lazy) wake(fact.camera, false, now, out);
    const bool is_automatic = is_lazy || camera.terms.policy == DecodePolicy::automatic;
    if (is_automatic && !camera.dozes && fact.kind == PacketKind::bidirectional)
        bidirectional_.add(camera.cost_of(fact.kind).mean(), now);
    if (!wants(is_automatic ? automatic_ : camera.terms.policy, fact.kind)) return drop(DropReason::policy);
    if (camera.waits_for_key && camera.keys_pending == 0 && fact.kind != PacketKind::key) return drop(DropReason::no_key);
    if (!make_room(fact.camera, fact.bytes, out) && fact.kind != PacketKind::key) return drop(DropReason::no_key);
    // Who had nothing to do keeps a bounded credit: it may not make up for hours of silence now.
    if (!has_work(camera)) camera.used_s = std::max(camera.used_s, least_used() - kShareSlack_s);
    Pending& pending = camera.at(camera.count++);
    pending = {fact.packet, fact.kind, now, fact.bytes, false};
    camera.bytes_pending += fact.bytes;
    if (fact.kind == PacketKind::key) ++camera.keys_pending;
    if (!camera.dozes) want(camera, pending, now);
    if (is_lazy && fact.kind == PacketKind::key) note_key(fact.camera, now, out);
}

/// Room for one more packet. False where that cost all that was pending: nothing decodes before the next key.
bool Scheduler::make_room(CameraIndex index, std::size_t bytes, std::vector<Command>& out) {
    Camera& camera = cameras_[index];
    const auto has_room = [&] {
        return camera.count < camera.ring.size() &&
               (camera.bytes_pending + bytes <= options_.bytes_pending_max || camera.count == 0);
    };
    if (!has_room() && camera.dozes && camera.keys_pending > 1)
        drop_packets(index, newest_key(camera), DropReason::overflow, out);
    if (has_room()) return true;
    drop_packets(index, camera.count, DropReason::overflow, out);
    camera.waits_for_key = true;
    ++misses_;
    return false;
}

void Scheduler::apply(const FrameDecoded& fact, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[fact.camera];
    const auto drop = [&](DropReason reason) {
        out.push_back({CommandKind::drop_frame, fact.camera, fact.frame, fact.frame, reason});
    };
    if (!camera.is_up) return drop(DropReason::down);
    if (camera.catches_up && has_caught_up(camera, fact.arrived, now)) camera.catches_up = false;
    const bool was_looked_at = camera.last_result && fact.arrived <= *camera.last_result;  // it is decoded again
    if (was_looked_at || fact.arrived < camera.next_result) return drop(DropReason::pace);
    drop_frame(fact.camera, DropReason::superseded, out);
    camera.frame = {fact.frame, fact.arrived, camera.catches_up};
}

void Scheduler::apply(const DecodeDone& fact, TimePoint, std::vector<Command>& out) {
    Camera& camera = cameras_[fact.camera];
    FACET_ASSERT(camera.decodes && running_ > 0);
    camera.decodes = false;
    --running_;
    camera.used_s += seconds(fact.cost) / camera.terms.weight;
    camera.decode_cost[static_cast<std::size_t>(camera.decoding_kind)].add(fact.cost);
    if (!fact.failed) return;
    camera.waits_for_key = true;
    camera.decoder_at.reset();
    std::size_t before_key = 0;
    while (before_key < camera.count && camera.at(before_key).kind != PacketKind::key) ++before_key;
    drop_packets(fact.camera, before_key, DropReason::no_key, out);
}

void Scheduler::apply(const InferenceDone& fact, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[fact.camera];
    FACET_ASSERT(camera.infers && running_ > 0);
    camera.infers = false;
    --running_;
    camera.used_s += seconds(fact.cost) / camera.terms.weight;
    if (!fact.failed) camera.inference_cost.add(fact.cost);
    demand_.add(fact.cost, now);
    if (!fact.changed || camera.terms.policy != DecodePolicy::lazy) return;
    camera.awake_until = now + kAwake;
    if (camera.dozes && camera.is_up) wake(fact.camera, true, now, out);
    camera.has_changed = true;
}

void Scheduler::apply(const Tick&, TimePoint now, std::vector<Command>&) {
    if (ticked_ && now > *ticked_) {
        const double busy = occupied_s_ / (seconds(now - *ticked_) * static_cast<double>(options_.workers));
        busy_ += kBusyGain * (busy - busy_);
        relieve(now);
    }
    ticked_ = now;
    occupied_s_ = 0;
}

/// A camera of twice the weight gets results twice as often.
Nanoseconds Scheduler::result_interval(const Camera& camera) const {
    return from_seconds(seconds(pace_.interval()) / camera.terms.weight);
}

/// Once a tick: under pressure first the frames that only serve others' pixels go, then results come less often; back in the
/// other order, as far as what would be added fits.
void Scheduler::relieve(TimePoint now) {
    const auto workers = static_cast<double>(options_.workers);
    const double bidirectional = bidirectional_.per_second(now);
    // Misses beside idle workers are those of a burst, such as all cameras' key frames in one instant: no pressure.
    misses_ *= kMissMemory;
    answers_ *= kMissMemory;
    const bool is_late = busy_ > kBusyWithMisses && misses_ > kMissShare * (misses_ + answers_);
    const bool is_pressed = is_late || busy_ > kBusyHigh;
    ticks_under_pressure_ = is_pressed ? ticks_under_pressure_ + 1 : 0;
    if (automatic_ == DecodePolicy::references && bidirectional > kWorthLeavingOut * workers) {
        if (ticks_under_pressure_ >= kPressureTicks) automatic_ = DecodePolicy::forward;
        return;
    }
    Nanoseconds of_all{};
    for (const Camera& camera : cameras_)
        if (camera.is_up) of_all += camera.inference_cost.mean();
    pace_.limit(std::max(options_.result_interval_max, from_seconds(seconds(of_all) / (kResultShare * workers))));
    pace_.step(busy_, is_late);
    if (automatic_ == DecodePolicy::forward && pace_.interval() == Nanoseconds::zero() &&
        busy_ + bidirectional / workers < kBusyRoom)
        automatic_ = DecodePolicy::references;
}

bool Scheduler::has_work(const Camera& camera) {
    const bool has_packets = camera.dozes ? camera.key_wanted.has_value() : camera.count > 0;
    return has_packets || camera.frame || camera.decodes || camera.infers;
}

/// Least virtual time of the cameras that have work; without any, infinitely small.
double Scheduler::least_used() const {
    double least = std::numeric_limits<double>::infinity();
    for (const Camera& camera : cameras_)
        if (has_work(camera)) least = std::min(least, camera.used_s);
    return std::isinf(least) ? -least : least;
}

void Scheduler::Demand::add(Nanoseconds cost, TimePoint now) {
    sum_s_ = sum_s_ * std::exp(-seconds(now - at_) / kDemandMemory_s) + seconds(cost);
    at_ = now;
}

double Scheduler::Demand::per_second(TimePoint now) const {
    return sum_s_ * std::exp(-seconds(now - at_) / kDemandMemory_s) / kDemandMemory_s;
}

void Scheduler::dispatch(TimePoint now, std::vector<Command>& out) {
    while (running_ < options_.workers) {
        give_up_where_hopeless(now, out);
        const double least = least_used();
        std::optional<Candidate> best;
        for (CameraIndex index = 0; index < cameras_.size(); ++index) consider(index, now, least, out, best);
        if (!best) return;
        begin(*best, now, out);
    }
}

bool Scheduler::is_late(const Camera& camera, TimePoint now) const {
    const Pending& head = camera.at(0);
    return now + camera.cost_of(head.kind).mean() > due(camera, head.arrived);
}

/// Of cameras whose decoding is late: skips to a key frame that is pending already; where none is, and the next one will
/// probably come before the backlog is worked off, gives up what is pending. Giving up one may save the others.
void Scheduler::give_up_where_hopeless(TimePoint now, std::vector<Command>& out) {
    const auto workers = static_cast<double>(options_.workers);
    while (true) {
        std::optional<CameraIndex> worst;
        for (CameraIndex index = 0; index < cameras_.size(); ++index) {
            Camera& camera = cameras_[index];
            if (camera.count == 0 || camera.dozes || camera.decodes || !is_late(camera, now)) continue;
            if (camera.keys_pending > (camera.at(0).kind == PacketKind::key ? 1U : 0U)) {
                drop_packets(index, newest_key(camera), DropReason::behind, out);
                ++misses_;
                continue;
            }
            // A key frame itself is worth its cost however late: without it there is nothing until the next one.
            if (camera.at(0).kind == PacketKind::key) continue;
            if (!worst || camera.used_s > cameras_[*worst].used_s) worst = index;
        }
        if (!worst) return;
        Camera& camera = cameras_[*worst];
        const double spare = workers - demand_.per_second(now);
        const double catch_up_s = spare > 0 ? seconds(backlog_) / spare : std::numeric_limits<double>::infinity();
        const double since_key_s = camera.last_key ? seconds(now - *camera.last_key) : 0;
        if (catch_up_s <= seconds(camera.key_interval.mean()) - since_key_s) return;
        drop_packets(*worst, camera.count, DropReason::behind, out);
        camera.waits_for_key = true;
        ++misses_;
    }
}

/// The better one of `best` and what this camera could have done now.
void Scheduler::consider(CameraIndex index, TimePoint now, double least_used_s, std::vector<Command>& out,
                         std::optional<Candidate>& best) {
    Camera& camera = cameras_[index];
    const auto offer = [&](bool is_inference, TimePoint deadline) {
        const Candidate candidate{index, is_inference, camera.used_s > least_used_s + kShareSlack_s / camera.terms.weight,
                                  deadline, camera.used_s};
        const auto is_better = [](const Candidate& a, const Candidate& b) {
            if (a.is_over_share != b.is_over_share) return b.is_over_share;
            if (a.is_over_share && a.used_s != b.used_s) return a.used_s < b.used_s;
            return a.deadline < b.deadline;
        };
        if (!best || is_better(candidate, *best)) best = candidate;
    };
    // Where there are more cameras than workers, none may hold two: its longest jobs must leave a way past them.
    if (cameras_up_ > options_.workers && (camera.decodes || camera.infers)) return;
    if (camera.frame && !camera.infers) {
        const TimePoint deadline = camera.frame->is_catch_up ? due(camera, camera.frame->arrived)
                                                             : camera.frame->arrived + camera.terms.latency_target;
        const Nanoseconds starved_after = kStarved + (camera.dozes ? 2 * camera.key_interval.mean() : Nanoseconds::zero());
        const bool is_starved = now - camera.last_answer > starved_after;
        if (camera.frame->is_catch_up || is_starved || now + camera.inference_cost.careful() <= deadline) {
            offer(true, deadline);
        } else {
            ++misses_;
            drop_frame(index, DropReason::late, out);
        }
    }
    if (camera.decodes) return;
    if (camera.dozes) {
        if (camera.key_wanted && !camera.frame)
            offer(false, at(camera, *camera.key_wanted).arrived + camera.terms.latency_target);
    } else if (camera.count > 0 && !(camera.frame && camera.frame->is_catch_up)) {
        // What is late already is only decoded for the sake of what comes: it must not go before what can still be in time.
        offer(false, is_late(camera, now) ? now + camera.terms.latency_target : due(camera, camera.at(0).arrived));
    }
}

void Scheduler::begin(const Candidate& candidate, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[candidate.camera];
    ++running_;
    if (candidate.is_inference) {
        camera.infers = true;
        ++answers_;
        if (camera.dozes) camera.probe_before = camera.last_result;
        camera.last_result = camera.frame->arrived;
        // On the average an interval apart, whatever the frames' own: a frame that comes a little early makes up for a late
        // one.
        Nanoseconds interval = result_interval(camera);
        if (camera.frame->is_catch_up) interval = std::max<Nanoseconds>(interval, kCatchUpInterval);
        camera.next_result = std::max<TimePoint>(camera.next_result, camera.frame->arrived - interval) + interval;
        camera.last_answer = now;
        out.push_back({.kind = CommandKind::infer,
                       .camera = candidate.camera,
                       .first = camera.frame->frame,
                       .last = camera.frame->frame,
                       .is_catch_up = camera.frame->is_catch_up,
                       .is_probe = camera.dozes});
        camera.frame.reset();
        return;
    }
    camera.decodes = true;
    camera.waits_for_key = false;
    const Pending pending = camera.dozes ? take_key(camera, now) : pop(camera);
    camera.decoding_kind = pending.kind;
    out.push_back({.kind = CommandKind::decode,
                   .camera = candidate.camera,
                   .first = pending.packet,
                   .last = pending.packet,
                   .keeps = camera.dozes,
                   .rewinds = std::exchange(camera.rewinds, false)});
}

/// Counts a packet in as one that is to be decoded.
void Scheduler::want(Camera& camera, Pending& pending, TimePoint now) {
    const Nanoseconds cost = camera.cost_of(pending.kind).mean();
    pending.is_wanted = true;
    camera.backlog += cost;
    backlog_ += cost;
    demand_.add(cost, now);
}

Scheduler::Pending Scheduler::pop(Camera& camera) {
    const Pending pending = camera.at(0);
    if (camera.key_wanted == camera.popped) camera.key_wanted.reset();
    camera.head = (camera.head + 1) % camera.ring.size();
    --camera.count;
    ++camera.popped;
    camera.bytes_pending -= pending.bytes;
    if (pending.kind == PacketKind::key) --camera.keys_pending;
    // Estimates move while packets wait, so the sums are only kept from going below nothing.
    if (pending.is_wanted) forget(camera, camera.count == 0 ? camera.backlog : camera.cost_of(pending.kind).mean());
    return pending;
}

/// Takes a cost out of the backlog.
void Scheduler::forget(Camera& camera, Nanoseconds cost) {
    cost = std::min(camera.backlog, cost);
    camera.backlog -= cost;
    backlog_ -= cost;
}

std::size_t Scheduler::newest_key(const Camera& camera) {
    std::size_t index = camera.count - 1;
    while (camera.at(index).kind != PacketKind::key) --index;
    return index;
}

void Scheduler::drop_packets(CameraIndex index, std::size_t count, DropReason reason, std::vector<Command>& out) {
    if (count == 0) return;
    Camera& camera = cameras_[index];
    const std::int64_t first = camera.at(0).packet;
    std::int64_t last = first;
    for (; count > 0; --count) last = pop(camera).packet;
    out.push_back({CommandKind::drop_packets, index, first, last, reason});
}

void Scheduler::drop_frame(CameraIndex index, DropReason reason, std::vector<Command>& out) {
    Camera& camera = cameras_[index];
    if (!camera.frame) return;
    out.push_back({CommandKind::drop_frame, index, camera.frame->frame, camera.frame->frame, reason});
    camera.frame.reset();
}

}  // namespace facet::brain
