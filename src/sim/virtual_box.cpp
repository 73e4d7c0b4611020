#include "sim/virtual_box.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <queue>
#include <utility>

#include "base/assert.h"
#include "base/random.h"

namespace facet::sim {

namespace {

using brain::Command;
using brain::CommandKind;
using brain::PacketKind;

constexpr Nanoseconds kTick = std::chrono::milliseconds(250);
constexpr Nanoseconds kHang = std::chrono::seconds(10);
constexpr double kCostLeast = 0.3;  // of the mean: a cost is never nothing

/// Latencies in steps of 0.1 ms up to 10 s: exact enough for p99, and bounded.
class Latencies {
public:
    void add(double ms) {
        max_ = std::max(max_, ms);
        ++counts_[std::min(counts_.size() - 1, static_cast<std::size_t>(ms * 10))];
        ++total_;
    }
    double quantile(double share) const {
        const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(total_));
        std::int64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i)
            if ((seen += counts_[i]) > wanted) return static_cast<double>(i) / 10;
        return max_;
    }
    double max() const { return max_; }

private:
    std::vector<std::int64_t> counts_ = std::vector<std::int64_t>(100'000);
    std::int64_t total_ = 0;
    double max_ = 0;
};

struct Camera {
    const VirtualCamera* terms = nullptr;
    CameraOutcome outcome;
    Latencies latencies;
    Random random{0};
    Random random_of_sizes{0};
    Random random_of_faults{0};
    std::int64_t burst = 0;   // packets that a stall has held back
    bool is_damaged = false;  // the next packet that is decoded
    bool expert_throws = false;
    bool expert_hangs = false;
    std::int64_t packet = 0;    // next
    std::int64_t in_group = 0;  // of the next packet, from its key frame
    bool is_up = false;
    TimePoint decoding_arrived{};
    PacketKind decoding_kind = PacketKind::key;
    std::int64_t decoding_packet = 0;
    TimePoint inferring_arrived{};
    bool is_catch_up = false;
    bool is_probe = false;
    std::vector<TimePoint> activity_seen;                    // arrival of the last frame of each activity that had a result
    std::vector<std::pair<std::int64_t, TimePoint>> frames;  // decoded, not yet asked for
    std::vector<std::pair<TimePoint, PacketKind>> arrivals;  // ring by packet number
    std::optional<TimePoint> last_result;
    std::optional<TimePoint> back_since;  // arrival of the key frame after an outage
};

enum class EventKind { packet, decoded, inferred, tick };

struct Event {
    TimePoint at{};
    std::int64_t order = 0;  // first come, first served among equals: determinism
    EventKind kind = EventKind::tick;
    std::size_t camera = 0;
    Nanoseconds cost{};

    bool operator>(const Event& other) const { return at != other.at ? at > other.at : order > other.order; }
};

PacketKind kind_of(const VirtualCamera& terms, std::int64_t in_group) {
    if (in_group == 0) return PacketKind::key;
    const std::int64_t position = (in_group - 1) % (terms.bidirectional + 1);
    if (position == 0) return PacketKind::forward;
    return position == 1 && terms.bidirectional > 1 ? PacketKind::bidirectional : PacketKind::disposable;
}

class Simulation {
public:
    explicit Simulation(const VirtualBox& box) : box_(box), scheduler_({.workers = box.workers}) {
        for (std::size_t i = 0; i < box.cameras.size(); ++i) {
            scheduler_.add_camera(box.cameras[i].terms);
            Camera& camera = cameras_.emplace_back();
            camera.terms = &box.cameras[i];
            camera.random = Random(mix(box.seed) ^ mix(i + 1));
            camera.random_of_sizes = Random(mix(box.seed + 1) ^ mix(i + 1));
            camera.random_of_faults = Random(mix(box.seed + 2) ^ mix(i + 1));
            camera.arrivals.resize(1024);
            const auto& activities = box.cameras[i].activities;
            camera.outcome.activity_results.resize(activities.size());
            camera.outcome.activity_gap_max_s.resize(activities.size());
            for (const Activity& activity : activities) camera.activity_seen.emplace_back(activity.from);
            push({TimePoint(box.cameras[i].phase), 0, EventKind::packet, i, {}});
        }
        push({TimePoint(kTick), 0, EventKind::tick, 0, {}});
    }

    BoxOutcome run() {
        while (!events_.empty() && events_.top().at <= TimePoint(box_.duration)) {
            const Event event = events_.top();
            events_.pop();
            now_ = event.at;
            handle(event);
        }
        BoxOutcome outcome;
        for (Camera& camera : cameras_) {
            camera.outcome.latency_p50_ms = camera.latencies.quantile(0.5);
            camera.outcome.latency_p99_ms = camera.latencies.quantile(0.99);
            camera.outcome.latency_max_ms = camera.latencies.max();
            for (std::size_t i = 0; i < camera.activity_seen.size(); ++i) {
                const Activity& activity = camera.terms->activities[i];
                note_gap(camera, i, TimePoint(activity.from + activity.length));
            }
            outcome.cameras.push_back(camera.outcome);
        }
        outcome.busy = busy_s_ / (seconds(box_.duration) * static_cast<double>(box_.workers));
        outcome.facts = facts_;
        outcome.result_interval = scheduler_.result_interval();
        return outcome;
    }

private:
    void push(Event event) {
        event.order = order_++;
        events_.push(event);
    }

    void tell(const brain::Fact& fact) {
        ++facts_;
        commands_.clear();
        scheduler_.on(fact, now_, commands_);
        for (const Command& command : commands_) carry_out(command);
    }

    void handle(const Event& event) {
        Camera& camera = cameras_[event.camera];
        switch (event.kind) {
            case EventKind::packet: arrive(event.camera); break;
            case EventKind::decoded:
                camera.outcome.cpu_s += seconds(event.cost);
                ++camera.outcome.decoded;
                if (camera.is_up && !camera.is_damaged) {
                    camera.frames.emplace_back(camera.decoding_packet, camera.decoding_arrived);
                    tell(brain::FrameDecoded{event.camera, camera.decoding_packet, camera.decoding_arrived});
                }
                tell(brain::DecodeDone{event.camera, event.cost, std::exchange(camera.is_damaged, false)});
                break;
            case EventKind::inferred: {
                camera.outcome.cpu_s += seconds(event.cost);
                const bool changes = activity_at(*camera.terms, camera.inferring_arrived).has_value();
                const bool failed = std::exchange(camera.expert_throws, false);
                if (!failed && (!changes || !camera.is_probe)) note_result(camera);
                tell(brain::InferenceDone{event.camera, event.cost, failed, changes && !failed});
                break;
            }
            case EventKind::tick:
                tell(brain::Tick{});
                push({now_ + kTick, 0, EventKind::tick, 0, {}});
                break;
        }
    }

    void note_result(Camera& camera) {
        const double latency_s = seconds(now_ - camera.inferring_arrived);
        ++camera.outcome.results;
        if (const auto activity = activity_at(*camera.terms, camera.inferring_arrived)) {
            ++camera.outcome.activity_results[*activity];
            note_gap(camera, *activity, camera.inferring_arrived);
        }
        if (camera.is_catch_up) {
            ++camera.outcome.caught_up;
            camera.outcome.catch_up_max_s = std::max(camera.outcome.catch_up_max_s, latency_s);
            return;
        }
        camera.latencies.add(latency_s * 1e3);
        if (latency_s > seconds(camera.terms->terms.latency_target)) ++camera.outcome.results_late;
        if (camera.last_result)
            camera.outcome.gap_max_s = std::max(camera.outcome.gap_max_s, seconds(now_ - *camera.last_result));
        camera.last_result = now_;
        if (camera.back_since && camera.inferring_arrived >= *camera.back_since) {
            camera.outcome.recovery_max_s = std::max(camera.outcome.recovery_max_s, seconds(now_ - *camera.back_since));
            camera.back_since.reset();
        }
    }

    static void note_gap(Camera& camera, std::size_t activity, TimePoint until) {
        TimePoint& seen = camera.activity_seen[activity];
        double& gap_s = camera.outcome.activity_gap_max_s[activity];
        gap_s = std::max(gap_s, seconds(until - seen));
        seen = until;
    }

    static std::optional<std::size_t> activity_at(const VirtualCamera& terms, TimePoint time) {
        for (std::size_t i = 0; i < terms.activities.size(); ++i) {
            const Activity& activity = terms.activities[i];
            if (time >= TimePoint(activity.from) && time < TimePoint(activity.from + activity.length)) return i;
        }
        return {};
    }

    std::size_t draw_bytes(Camera& camera, PacketKind kind) {
        const VirtualCamera& terms = *camera.terms;
        if (kind == PacketKind::key) return terms.bytes_key;
        const auto activity = activity_at(terms, now_);
        const double factor = activity ? terms.activities[*activity].bytes_factor : 1;
        return static_cast<std::size_t>(factor * static_cast<double>(terms.bytes_between) *
                                        std::exp(0.2 * camera.random_of_sizes.normal()));
    }

    void arrive(std::size_t index) {
        Camera& camera = cameras_[index];
        const VirtualCamera& terms = *camera.terms;
        const Nanoseconds interval = from_seconds(1 / terms.frames_per_second);
        const Nanoseconds since_start = now_.time_since_epoch();
        for (const Outage& outage : terms.outages) {
            if (since_start < outage.from || since_start >= outage.from + outage.length) continue;
            if (camera.is_up) tell(brain::CameraDown{index});
            camera.is_up = false;
            camera.in_group = 0;
            push({TimePoint(outage.from + outage.length), 0, EventKind::packet, index, {}});
            return;
        }
        if (!camera.is_up) {
            camera.is_up = true;
            tell(brain::CameraUp{index});
            if (camera.outcome.packets > 0) camera.back_since = now_;
        }
        if (suffer(index)) return;
        const PacketKind kind = kind_of(terms, camera.in_group);
        camera.in_group = (camera.in_group + 1) % terms.key_interval;
        ++camera.outcome.packets;
        const std::int64_t packet = camera.packet++;
        camera.arrivals[static_cast<std::size_t>(packet) % camera.arrivals.size()] = {now_, kind};
        tell(brain::PacketArrived{index, packet, kind, draw_bytes(camera, kind)});
        if (camera.burst > 0) {
            --camera.burst;
            push({now_ + std::chrono::milliseconds(1), 0, EventKind::packet, index, {}});
            return;
        }
        const double jitter = terms.jitter * camera.random.uniform(-1, 1);
        push({now_ + from_seconds(seconds(interval) * std::max(0.0, 1 + jitter)), 0, EventKind::packet, index, {}});
    }

    /// A fault, if its time has come. True where it takes the packet that was about to arrive.
    bool suffer(std::size_t index) {
        Camera& camera = cameras_[index];
        Random& random = camera.random_of_faults;
        const double interval_s = 1 / camera.terms->frames_per_second;
        if (random.uniform(0, 1) >= camera.terms->faults_per_second * interval_s) return false;
        ++camera.outcome.faults;
        const double pause_s = random.uniform(0.05, 1.5);
        const auto come_back = [&] { push({now_ + from_seconds(pause_s), 0, EventKind::packet, index, {}}); };
        if (random.below(1000) == 0) {
            camera.expert_throws = camera.expert_hangs = true;
            return false;
        }
        switch (random.below(5)) {
            case 0:
                tell(brain::CameraDown{index});
                camera.is_up = false;
                camera.in_group = 0;
                camera.burst = 0;
                come_back();
                return true;
            case 1:
                camera.burst = static_cast<std::int64_t>(pause_s / interval_s);
                come_back();
                return true;
            case 2: camera.is_damaged = true; return false;
            case 3:
                tell(brain::CameraDown{index});
                tell(brain::CameraUp{index});
                camera.in_group = 0;
                return false;
            default: camera.expert_throws = true; return false;
        }
    }

    Nanoseconds draw(Camera& camera, Nanoseconds mean) {
        return from_seconds(seconds(mean) * std::max(kCostLeast, 1 + camera.terms->spread * camera.random.normal()));
    }

    double storm_factor(const VirtualCamera& terms) const {
        const Nanoseconds since_start = now_.time_since_epoch();
        double factor = 1;
        for (const Storm& storm : terms.storms)
            if (since_start >= storm.from && since_start < storm.from + storm.length) factor *= storm.factor;
        return factor;
    }

    void carry_out(const Command& command) {
        Camera& camera = cameras_[command.camera];
        const VirtualCamera& terms = *camera.terms;
        const auto take_frame = [&] {
            const auto found = std::find_if(camera.frames.begin(), camera.frames.end(),
                                            [&](const auto& frame) { return frame.first == command.first; });
            FACET_ASSERT(found != camera.frames.end());
            const TimePoint arrived = found->second;
            camera.frames.erase(found);
            return arrived;
        };
        switch (command.kind) {
            case CommandKind::decode: {
                const auto& [arrived, kind] =
                    camera.arrivals[static_cast<std::size_t>(command.first) % camera.arrivals.size()];
                camera.decoding_packet = command.first;
                camera.decoding_arrived = arrived;
                const Nanoseconds mean = kind == PacketKind::key       ? terms.decode_key
                                         : kind == PacketKind::forward ? terms.decode_forward
                                                                       : terms.decode_bidirectional;
                start(EventKind::decoded, command.camera, draw(camera, from_seconds(seconds(mean) * storm_factor(terms))));
                break;
            }
            case CommandKind::infer:
                camera.inferring_arrived = take_frame();
                camera.is_catch_up = command.is_catch_up;
                camera.is_probe = command.is_probe;
                start(EventKind::inferred, command.camera,
                      std::exchange(camera.expert_hangs, false) ? kHang : draw(camera, terms.inference));
                break;
            case CommandKind::drop_packets:
                camera.outcome.drops[static_cast<std::size_t>(command.reason)] += command.last - command.first + 1;
                break;
            case CommandKind::drop_frame:
                take_frame();
                ++camera.outcome.drops[static_cast<std::size_t>(command.reason)];
                break;
        }
    }

    void start(EventKind kind, std::size_t camera, Nanoseconds cost) {
        busy_s_ += seconds(cost);
        push({now_ + cost, 0, kind, camera, cost});
    }

    const VirtualBox& box_;
    brain::Scheduler scheduler_;
    std::vector<Camera> cameras_;
    std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
    std::vector<Command> commands_;
    TimePoint now_{};
    std::int64_t order_ = 0;
    std::int64_t facts_ = 0;
    double busy_s_ = 0;
};

}  // namespace

BoxOutcome simulate(const VirtualBox& box) { return Simulation(box).run(); }

}  // namespace facet::sim
