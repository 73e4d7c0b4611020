#include "sim/virtual_box.h"

#include <algorithm>
#include <optional>
#include <queue>

#include "base/assert.h"
#include "base/random.h"

namespace facet::sim {

namespace {

using brain::Command;
using brain::CommandKind;
using brain::PacketKind;

constexpr Nanoseconds kTick = std::chrono::milliseconds(250);
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
    std::int64_t packet = 0;    // next
    std::int64_t in_group = 0;  // of the next packet, from its key frame
    bool is_up = false;
    TimePoint decoding_arrived{};
    PacketKind decoding_kind = PacketKind::key;
    std::int64_t decoding_packet = 0;
    TimePoint inferring_arrived{};
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
            camera.arrivals.resize(1024);
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
                if (camera.is_up) {
                    camera.frames.emplace_back(camera.decoding_packet, camera.decoding_arrived);
                    tell(brain::FrameDecoded{event.camera, camera.decoding_packet, camera.decoding_arrived});
                }
                tell(brain::DecodeDone{event.camera, event.cost, false});
                break;
            case EventKind::inferred:
                camera.outcome.cpu_s += seconds(event.cost);
                note_result(camera);
                tell(brain::InferenceDone{event.camera, event.cost});
                break;
            case EventKind::tick:
                tell(brain::Tick{});
                push({now_ + kTick, 0, EventKind::tick, 0, {}});
                break;
        }
    }

    void note_result(Camera& camera) {
        const double latency_s = seconds(now_ - camera.inferring_arrived);
        camera.latencies.add(latency_s * 1e3);
        ++camera.outcome.results;
        if (latency_s > seconds(camera.terms->terms.latency_target)) ++camera.outcome.results_late;
        if (camera.last_result)
            camera.outcome.gap_max_s = std::max(camera.outcome.gap_max_s, seconds(now_ - *camera.last_result));
        camera.last_result = now_;
        if (camera.back_since && camera.inferring_arrived >= *camera.back_since) {
            camera.outcome.recovery_max_s = std::max(camera.outcome.recovery_max_s, seconds(now_ - *camera.back_since));
            camera.back_since.reset();
        }
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
        const PacketKind kind = kind_of(terms, camera.in_group);
        camera.in_group = (camera.in_group + 1) % terms.key_interval;
        ++camera.outcome.packets;
        const std::int64_t packet = camera.packet++;
        camera.arrivals[static_cast<std::size_t>(packet) % camera.arrivals.size()] = {now_, kind};
        tell(brain::PacketArrived{index, packet, kind});
        const double jitter = terms.jitter * camera.random.uniform(-1, 1);
        push({now_ + from_seconds(seconds(interval) * std::max(0.0, 1 + jitter)), 0, EventKind::packet, index, {}});
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
                start(EventKind::inferred, command.camera, draw(camera, terms.inference));
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
