#pragma once
// Footage: all that a live run keeps of its cameras' pictures: packets, evidence, recordings.

#include <functional>
#include <memory>
#include <mutex>

#include "engine/evidence.h"
#include "engine/evidence_receiver.h"
#include "engine/plan.h"
#include "engine/recorder.h"

namespace facet::engine {

/// What is kept of one camera. Thread-safe; nothing here waits for a disk or a network.
class CameraFootage {
public:
    ~CameraFootage();

    /// The camera is to be received: begins to receive its evidence_source, where it has one.
    void begin();
    /// It is paused or gone: ends that, and its recording.
    void end();

    /// Whether the packets of its `source` are kept (LiveInputOptions::keep_originals).
    bool wants_packets() const { return !is_main_ && (ring_ || recording_); }
    /// A connection to that stands; null: its packets have no originals.
    void connected(const StreamPtr& stream);
    /// Takes the packet's original.
    void put(source::live::LivePacket& packet);

    bool has_evidence() const { return evidence_ != nullptr; }
    /// evidence.h; where has_evidence().
    EvidenceClaimPtr offer(const Event& event, FramePtr frame) const;

private:
    friend class Footage;
    struct Running;  // receivers of evidence_source, of all cameras
    CameraFootage() = default;

    EvidenceReceiver::Options options_;
    bool is_main_ = false;
    Log* log_ = nullptr;
    std::shared_ptr<PacketRing> ring_;  // null = no evidence
    EvidenceStore* store_ = nullptr;
    EvidenceStore::CameraPtr evidence_;
    Recorder* recorder_ = nullptr;
    Recorder::CameraPtr recording_;
    std::shared_ptr<Running> running_;
    std::mutex mutex_;  // guards what follows
    std::shared_ptr<EvidenceReceiver> receiver_;
};

/// Made of a plan's sections; empty where it has none.
class Footage {
public:
    /// Makes the folders; an Error names the one that cannot be written.
    static Result<std::unique_ptr<Footage>> create(const Plan& plan, Metrics& metrics, Log& log);

    /// `settled`: EvidenceStore::start().
    void start(std::function<void()> settled);
    /// What is kept of a camera from now on. It does not outlive this.
    std::shared_ptr<CameraFootage> add(const CameraPlan& plan);
    /// After the end() of all cameras. False where a disk or a name server hangs: this must then stay until the process
    /// ends.
    bool close(Nanoseconds limit);

private:
    explicit Footage(Log& log);

    Log& log_;
    EvidenceOptions options_;
    std::shared_ptr<CameraFootage::Running> running_;
    std::unique_ptr<Recorder> recorder_;       // null = no section `record`
    std::unique_ptr<EvidenceStore> evidence_;  // null = no section `evidence`
};

}  // namespace facet::engine
