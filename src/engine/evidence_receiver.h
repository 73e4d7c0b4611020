#pragma once
// The receiver of a stream that serves evidence and recordings alone: `evidence_source`.

#include <functional>
#include <memory>
#include <string>

#include "base/log.h"
#include "source/live/interrupt.h"
#include "source/live/live_input.h"

namespace facet::engine {

/// Receives on a thread of its own, which connects again after a loss like any camera's. The thread shares this object, so
/// that one that does not end when asked (a name server that does not answer) is left alone.
class EvidenceReceiver : public std::enable_shared_from_this<EvidenceReceiver> {
public:
    struct Options {
        std::string camera;
        std::string address;
        bool loop = false;  ///< a file starts again at its end
    };
    /// Called on its thread: what comes, and that the thread is about to end.
    struct Calls {
        std::function<Status(const source::live::LiveInput&)> connected;
        std::function<void(source::live::LivePacket&)> packet;
        std::function<void()> ended;
    };
    EvidenceReceiver(Options options, Calls calls, Log& log)
        : options_(std::move(options)), calls_(std::move(calls)), log_(log) {}

    void start();
    void interrupt() { interrupt_.raise(); }

private:
    void receive();
    Status receive_connection(bool& was_up);

    const Options options_;
    const Calls calls_;
    Log& log_;
    source::live::Interrupt interrupt_;
};

}  // namespace facet::engine
