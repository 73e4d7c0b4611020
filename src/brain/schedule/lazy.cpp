// The part of Scheduler that concerns lazy cameras.
#include <algorithm>

#include "base/assert.h"
#include "brain/schedule/scheduler.h"

namespace facet::brain {

namespace {

/// Time for looks to confirm what sizes told.
constexpr auto kDoubt = std::chrono::seconds(1);
/// What is not caught up with after so long is given up like anything that is late.
constexpr auto kCatchUpMax = std::chrono::seconds(5);

}  // namespace

const Scheduler::Pending& Scheduler::at(const Camera& camera, std::int64_t place) {
    FACET_ASSERT(place >= camera.popped && place < camera.popped + static_cast<std::int64_t>(camera.count));
    return camera.at(static_cast<std::size_t>(place - camera.popped));
}

/// The size of a packet that has just arrived.
void Scheduler::note_size(CameraIndex index, PacketKind kind, std::size_t bytes, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[index];
    const bool was_active = camera.activity.is_active();
    if (!camera.activity.add(kind, bytes) || was_active) return;
    camera.awake_until = std::max<TimePoint>(camera.awake_until, now + kDoubt);
    if (camera.dozes) wake(index, false, now, out);
}

/// A key has just been added to what is pending.
void Scheduler::note_key(CameraIndex index, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[index];
    if (!camera.dozes) {
        if (now < camera.awake_until || camera.catches_up) return;
        camera.activity.confirm(camera.has_changed);
        doze(camera);
    }
    camera.key_wanted = camera.popped + static_cast<std::int64_t>(camera.count) - 1;
    // The group before this one is kept: if this key shows that something has changed, it was there that it did.
    std::size_t kept = camera.count - 1;
    while (kept > 0 && camera.at(kept - 1).kind != PacketKind::key) --kept;
    drop_packets(index, kept > 0 ? kept - 1 : 0, DropReason::policy, out);
}

void Scheduler::doze(Camera& camera) {
    camera.dozes = true;
    forget(camera, camera.backlog);
    for (std::size_t i = 0; i < camera.count; ++i) camera.at(i).is_wanted = false;
    camera.decoder_at.reset();
    if (!camera.waits_for_key) camera.decoder_at = camera.popped - 1;
}

/// The key that a dozing camera decodes next. It stays pending.
Scheduler::Pending Scheduler::take_key(Camera& camera, TimePoint now) {
    const Pending pending = at(camera, *camera.key_wanted);
    demand_.add(camera.cost_of(pending.kind).mean(), now);
    camera.decoder_at = camera.key_wanted;
    camera.key_wanted.reset();
    return pending;
}

/// Wants what was kept: from where the decoder stands, or all of it, which begins before the latest probe.
void Scheduler::wake(CameraIndex index, bool from_before_probe, TimePoint now, std::vector<Command>& out) {
    Camera& camera = cameras_[index];
    std::size_t seen = 0;
    const bool stands_here = camera.decoder_at && *camera.decoder_at >= camera.popped - 1;
    if (stands_here && !from_before_probe) {
        seen = static_cast<std::size_t>(*camera.decoder_at + 1 - camera.popped);
    } else {
        while (seen < camera.count && camera.at(seen).kind != PacketKind::key) ++seen;
        camera.rewinds = camera.decoder_at && *camera.decoder_at >= camera.popped + static_cast<std::int64_t>(seen);
    }
    if (from_before_probe) {
        camera.last_result = camera.probe_before;
        camera.next_result = {};
    }
    drop_packets(index, seen, DropReason::policy, out);
    camera.dozes = false;
    camera.key_wanted.reset();
    camera.woken = now;
    camera.has_changed = false;
    for (std::size_t i = 0; i < camera.count; ++i) want(camera, camera.at(i), now);
    camera.catches_up = camera.count > 0;
}

/// When work on what arrived then should be done.
TimePoint Scheduler::due(const Camera& camera, TimePoint arrived) {
    const TimePoint live = arrived + camera.terms.latency_target;
    return camera.catches_up ? std::max<TimePoint>(live, camera.woken + kCatchUpMax) : live;
}

bool Scheduler::has_caught_up(const Camera& camera, TimePoint arrived, TimePoint now) {
    const bool is_live =
        arrived >= camera.woken && now + camera.inference_cost.careful() <= arrived + camera.terms.latency_target;
    return is_live || now > camera.woken + kCatchUpMax;
}

}  // namespace facet::brain
