#include "engine/footage.h"

#include <algorithm>
#include <condition_variable>

namespace facet::engine {

namespace {

/// Decisions come later than what they are of, and clips are cut a little after their end.
constexpr Nanoseconds kRingMargin = std::chrono::seconds(6);
constexpr std::size_t kRingBytesMax = std::size_t{1} << 26;  // of one camera: 40 s at 13 Mbit/s

EvidenceOptions options_of(const EvidenceSite& site) {
    return {.archive = {site.folder, site.age_max, site.bytes_max},
            .clip_before = site.clip_before,
            .clip_after = site.clip_after};
}

RecorderOptions options_of(const RecordSite& site) {
    return {.archive = {site.folder, site.age_max, site.bytes_max}, .segment = site.segment};
}

/// What `packet` becomes for those who keep it.
KeptPacketPtr kept(source::live::LivePacket& packet) {
    auto kept = std::make_shared<KeptPacket>();
    kept->bytes = packet.original->bytes();
    kept->data = std::move(*packet.original);
    packet.original.reset();
    kept->is_key = packet.unit.kind == ffmpeg::UnitKind::key;
    kept->is_disposable = packet.unit.kind == ffmpeg::UnitKind::disposable;
    kept->arrived = packet.arrived;
    return kept;
}

}  // namespace

struct CameraFootage::Running {
    std::mutex mutex;
    std::condition_variable changed;
    int count = 0;  // guarded by mutex

    void add(int more) {
        const std::lock_guard lock(mutex);
        count += more;
        changed.notify_all();
    }
};

CameraFootage::~CameraFootage() {
    if (receiver_) receiver_->interrupt();
}

void CameraFootage::begin() {
    const std::lock_guard lock(mutex_);
    if (!is_main_ || receiver_) return;
    // The thread may outlive this camera, but neither what these refer to nor the run.
    const auto connected = [ring = ring_, recorder = recorder_, recording = recording_](const auto& input) -> Status {
        FACET_TRY(const auto stream, input.parameters());
        if (ring) ring->begin(stream);
        if (recording) recorder->begin(recording, stream);
        return {};
    };
    const auto put = [ring = ring_, recorder = recorder_, recording = recording_](source::live::LivePacket& packet) {
        if (!packet.original) return;
        const KeptPacketPtr packet_kept = kept(packet);
        if (ring) ring->put(packet_kept);
        if (recording) recorder->put(recording, packet_kept);
    };
    running_->add(1);
    receiver_ = std::make_shared<EvidenceReceiver>(
        options_, EvidenceReceiver::Calls{connected, put, [running = running_] { running->add(-1); }}, *log_);
    receiver_->start();
}

void CameraFootage::end() {
    const std::lock_guard lock(mutex_);
    if (receiver_) receiver_->interrupt();
    receiver_.reset();
    if (recording_) recorder_->end(recording_);
}

void CameraFootage::connected(const StreamPtr& stream) {
    if (!stream && recording_)
        log_->warning("camera '{}': its source sends no packets that could be recorded", options_.camera);
    if (ring_) ring_->begin(stream);
    if (recording_) recorder_->begin(recording_, stream);
}

void CameraFootage::put(source::live::LivePacket& packet) {
    if (!wants_packets() || !packet.original) return;
    const KeptPacketPtr packet_kept = kept(packet);
    if (ring_) ring_->put(packet_kept);
    if (recording_) recorder_->put(recording_, packet_kept);
}

EvidenceClaimPtr CameraFootage::offer(const Event& event, FramePtr frame) const {
    return store_->offer(evidence_, event, std::move(frame));
}

Footage::Footage(Log& log) : log_(log), running_(std::make_shared<CameraFootage::Running>()) {}

Result<std::unique_ptr<Footage>> Footage::create(const Plan& plan, Metrics& metrics, Log& log) {
    std::unique_ptr<Footage> footage(new Footage(log));
    if (plan.record) {
        FACET_CHECK(FileArchive::prepare(plan.record->folder));
        footage->recorder_ = std::make_unique<Recorder>(options_of(*plan.record), metrics, log);
    }
    if (plan.evidence) {
        FACET_CHECK(FileArchive::prepare(plan.evidence->folder));
        footage->options_ = options_of(*plan.evidence);
        footage->evidence_ = std::make_unique<EvidenceStore>(footage->options_, metrics, log);
    }
    return footage;
}

std::shared_ptr<CameraFootage> Footage::add(const CameraPlan& plan) {
    std::shared_ptr<CameraFootage> camera(new CameraFootage());
    camera->options_ = {.camera = plan.name, .address = plan.evidence_source, .loop = plan.loop};
    camera->log_ = &log_;
    camera->running_ = running_;
    if (recorder_ && plan.record) {
        camera->recorder_ = recorder_.get();
        camera->recording_ = recorder_->add_camera(plan.name);
    }
    camera->is_main_ = !plan.evidence_source.empty() && (evidence_ || camera->recording_);
    if (evidence_) {
        camera->store_ = evidence_.get();
        camera->ring_ =
            std::make_shared<PacketRing>(options_.clip_before + options_.clip_after + kRingMargin, kRingBytesMax);
        camera->evidence_ = evidence_->add_camera(plan.name, camera->ring_, camera->is_main_);
    }
    return camera;
}

void Footage::start(std::function<void()> settled) {
    if (recorder_) recorder_->start();
    if (evidence_) evidence_->start(std::move(settled));
}

bool Footage::close(Nanoseconds limit) {
    const TimePoint until = monotonic_now() + limit;
    const auto left = [until] { return std::max(Nanoseconds{}, until - monotonic_now()); };
    bool is_closed = true;
    {
        std::unique_lock lock(running_->mutex);
        is_closed = running_->changed.wait_for(lock, limit / 2, [this] { return running_->count == 0; });
    }
    if (evidence_) is_closed &= evidence_->close(left());
    if (recorder_) is_closed &= recorder_->close(left());
    return is_closed;
}

}  // namespace facet::engine
