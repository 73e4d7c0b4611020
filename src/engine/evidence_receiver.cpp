#include "engine/evidence_receiver.h"

#include <functional>
#include <thread>

#include "source/live/backoff.h"

namespace facet::engine {

void EvidenceReceiver::start() {
    std::thread([self = shared_from_this()] {
        self->receive();
        self->calls_.ended();
    }).detach();
}

void EvidenceReceiver::receive() {
    source::live::Backoff backoff(std::hash<std::string>{}(options_.camera));
    while (!interrupt_.is_raised()) {
        bool was_up = false;
        const Status status = receive_connection(was_up);
        if (status || interrupt_.is_raised()) return;
        if (was_up) backoff.succeeded();
        const TimePoint now = monotonic_now();
        const Nanoseconds wait = backoff.next(now);
        log_.warning("camera '{}': its evidence source is away: {}; next try in {:.1f} s", options_.camera,
                     status.error().message, seconds(wait));
        interrupt_.wait_until(now + wait);
    }
}

/// One connection from its beginning to its end. Success means that there is nothing more to come.
Status EvidenceReceiver::receive_connection(bool& was_up) {
    FACET_TRY(auto input,
              source::live::LiveInput::open(options_.address, {.loop = options_.loop, .keep_originals = true}, interrupt_));
    FACET_CHECK(calls_.connected(*input));
    while (true) {
        source::live::LivePacket packet;
        FACET_TRY(const bool more, input->read(packet));
        if (!more) return {};
        was_up = true;
        if (!interrupt_.is_raised()) calls_.packet(packet);
    }
}

}  // namespace facet::engine
