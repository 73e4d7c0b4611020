#include "engine/recorder.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace facet::engine {

namespace {

/// A run goes to the disk when it is so long or so large: what a kill costs.
constexpr Nanoseconds kRunMax = std::chrono::seconds(1);
constexpr std::size_t kRunBytesMax = std::size_t{1} << 22;
/// After a failure the disk is left alone for so long.
constexpr Nanoseconds kRetryAfter = std::chrono::seconds(1);

constexpr auto kAgeing = std::chrono::seconds(30);

constexpr MetricRow kRecorded{
    .name = "facet_recorded_total",
    .type = MetricType::counter,
    .unit = "packets",
    .help = "Packets of recorded cameras by fate: written, dropped (the disk was slow, full or away).",
    .labels = {"camera", "fate"},
    .children_max = 2048};
constexpr std::array kRecorderRows{kRecorded};

WallTime to_wall(TimePoint time) { return wall_now() - (monotonic_now() - time); }

}  // namespace

/// Of one camera from its beginning to its end.
class Recorder::Camera {
public:
    explicit Camera(std::string camera) : name(std::move(camera)) {}

    const std::string name;
    Counter* written = nullptr;
    Counter* dropped = nullptr;
    // Guarded by the recorder's lock:
    StreamPtr run_stream;
    std::vector<KeptPacketPtr> run;  // packets that are not queued yet
    std::size_t run_bytes = 0;
    bool follows_gap = true;
    bool needs_key = true;
    std::size_t bytes_queued = 0;
    // Of the recorder's thread:
    std::unique_ptr<ffmpeg::PacketWriter> writer;
    StreamPtr stream;
    std::string path;  // of the segment, under the folder
    TimePoint began{};
    TimePoint retry_at{};
};

std::span<const MetricRow> recorder_metrics() { return kRecorderRows; }

bool is_segment_name(std::string_view name) {
    constexpr std::string_view kForm = "00-00-00.000.mp4";
    if (name.size() != kForm.size()) return false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool is_digit = name[i] >= '0' && name[i] <= '9';
        if (kForm[i] == '0' ? !is_digit : name[i] != kForm[i]) return false;
    }
    return true;
}

Recorder::Recorder(RecorderOptions options, Metrics& metrics, Log& log)
    : options_(std::move(options)), metrics_(metrics), archive_(options_.archive, &is_segment_name), warning_(log) {}

Recorder::~Recorder() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

Recorder::CameraPtr Recorder::add_camera(const std::string& name) {
    auto camera = std::make_shared<Camera>(name);
    camera->written = &metrics_.counter(kRecorded, {name, "written"});
    camera->dropped = &metrics_.counter(kRecorded, {name, "dropped"});
    const std::lock_guard lock(mutex_);
    std::erase_if(cameras_, [](const auto& known) { return known.expired(); });
    cameras_.push_back(camera);
    return camera;
}

void Recorder::start() {
    thread_ = std::thread([this] { work(); });
}

void Recorder::begin(const CameraPtr& camera, StreamPtr stream) {
    const std::lock_guard lock(mutex_);
    enqueue(camera);
    camera->run_stream = std::move(stream);
    camera->follows_gap = true;
    camera->needs_key = true;
}

void Recorder::put(const CameraPtr& camera, KeptPacketPtr packet) {
    const std::lock_guard lock(mutex_);
    const auto& run = camera->run;
    const bool is_full = !run.empty() && (packet->arrived - run.front()->arrived >= kRunMax ||
                                          camera->run_bytes + packet->bytes > kRunBytesMax);
    if (packet->is_key || is_full) enqueue(camera);
    if (camera->needs_key && !packet->is_key) {
        camera->dropped->increment();
        return;
    }
    camera->needs_key = false;
    camera->run_bytes += packet->bytes;
    camera->run.push_back(std::move(packet));
}

void Recorder::end(const CameraPtr& camera) {
    const std::lock_guard lock(mutex_);
    enqueue(camera);
    camera->needs_key = true;
    if (closing_) return;
    queue_.push_back({camera, nullptr, {}, 0, true});
    changed_.notify_all();
}

/// With the lock held. Hands the camera's run over, or drops it where too much of that camera waits already.
void Recorder::enqueue(const CameraPtr& camera) {
    if (camera->run.empty()) return;
    const bool is_taken = !closing_ && camera->bytes_queued + camera->run_bytes <= options_.queue_bytes_max;
    if (is_taken) {
        camera->bytes_queued += camera->run_bytes;
        queue_.push_back({camera, camera->run_stream, std::move(camera->run), camera->run_bytes, camera->follows_gap});
        changed_.notify_all();
    } else {
        camera->dropped->add(static_cast<double>(camera->run.size()));
        camera->needs_key = true;
    }
    camera->follows_gap = !is_taken;
    camera->run.clear();
    camera->run_bytes = 0;
}

void Recorder::work() {
    archive_.scan();
    std::unique_lock lock(mutex_);
    while (true) {
        const bool is_due = changed_.wait_for(lock, kAgeing, [this] { return !queue_.empty() || closing_; });
        if (!is_due) {  // nobody records, but files grow old
            lock.unlock();
            static_cast<void>(archive_.make_room(0, wall_now()));
            lock.lock();
            continue;
        }
        if (queue_.empty()) break;
        Run run = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        write(run);
        lock.lock();
        run.camera->bytes_queued -= run.bytes;
    }
    lock.unlock();
    while (!open_.empty()) end_segment(*CameraPtr(open_.back()), true);
    lock.lock();
    has_ended_ = true;
    changed_.notify_all();
}

void Recorder::write(Run& run) {
    Camera& camera = *run.camera;
    if (run.packets.empty()) {
        end_segment(camera, true);
        return;
    }
    const TimePoint now = monotonic_now();
    const bool is_key = run.packets.front()->is_key;
    const TimePoint arrived = run.packets.front()->arrived;
    const bool is_long = arrived - camera.began >= options_.segment;
    if (camera.writer &&
        (run.follows_gap || run.stream != camera.stream || (is_key && (is_long || is_large(*camera.writer)))))
        end_segment(camera, true);
    Status written;
    if (!camera.writer) {
        if (!is_key || now < camera.retry_at) {
            camera.dropped->add(static_cast<double>(run.packets.size()));
            return;
        }
        written = open_segment(run.camera, run);
    }
    if (written) written = append(camera, run);
    if (written) {
        camera.written->add(static_cast<double>(run.packets.size()));
        return;
    }
    camera.dropped->add(static_cast<double>(run.packets.size()));
    camera.retry_at = now + kRetryAfter;
    end_segment(camera, false);
    warning_.warn(fmt::format("camera '{}': its recording has a gap: {}", camera.name, written.error().message), now);
}

/// Open segments cannot be removed, so none may be a large part of what may be kept.
bool Recorder::is_large(const ffmpeg::PacketWriter& segment) const {
    const std::int64_t bytes_max = options_.archive.bytes_max;
    return bytes_max > 0 && segment.bytes() > bytes_max / static_cast<std::int64_t>(4 * open_.size());
}

Status Recorder::open_segment(const CameraPtr& owner, const Run& run) {
    Camera& camera = *owner;
    const WallTime time = to_wall(run.packets.front()->arrived);
    std::string name = rfc3339(time).substr(11, 12);  // "14:05:30.250"
    std::replace(name.begin(), name.end(), ':', '-');
    camera.path = FileArchive::subfolder(camera.name, time) + "/" + name + ".mp4";
    camera.began = run.packets.front()->arrived;
    camera.stream = run.stream;
    FACET_CHECK(archive_.make_room(bytes_open() + static_cast<std::int64_t>(run.bytes), wall_now()));
    FACET_CHECK(archive_.make_folder_of(camera.path));
    FACET_TRY(auto writer, ffmpeg::PacketWriter::create(archive_.folder() / camera.path, run.stream, {.fragmented = true}));
    camera.writer = std::make_unique<ffmpeg::PacketWriter>(std::move(writer));
    open_.push_back(owner);
    return {};
}

Status Recorder::append(Camera& camera, const Run& run) {
    FACET_CHECK(archive_.make_room(bytes_open() + static_cast<std::int64_t>(run.bytes), wall_now()));
    std::vector<const ffmpeg::Packet*> packets;
    for (const auto& packet : run.packets) packets.push_back(&packet->data);
    return camera.writer->write(packets);
}

/// What was written of a segment stays, also where that is not whole.
void Recorder::end_segment(Camera& camera, bool is_whole) {
    if (!camera.writer) return;
    if (is_whole)
        if (const Status finished = camera.writer->finish(); !finished)
            warning_.warn(fmt::format("camera '{}': a recording ends early: {}", camera.name, finished.error().message),
                          monotonic_now());
    const bool is_empty = camera.writer->packets() == 0;
    camera.writer.reset();
    std::erase_if(open_, [&](const CameraPtr& open) { return open.get() == &camera; });
    std::error_code error;
    const auto bytes = std::filesystem::file_size(archive_.folder() / camera.path, error);
    if (is_empty || error)
        archive_.remove(camera.path, {});
    else
        archive_.add(camera.path, static_cast<std::int64_t>(bytes), wall_now());
}

std::int64_t Recorder::bytes_open() const {
    std::int64_t bytes = 0;
    for (const auto& camera : open_) bytes += camera->writer->bytes();
    return bytes;
}

bool Recorder::close(Nanoseconds limit) {
    std::unique_lock lock(mutex_);
    for (const auto& known : cameras_)
        if (const CameraPtr camera = known.lock()) enqueue(camera);
    closing_ = true;
    changed_.notify_all();
    if (!changed_.wait_for(lock, limit, [this] { return has_ended_; })) {
        thread_.detach();
        return false;
    }
    lock.unlock();
    thread_.join();
    return true;
}

}  // namespace facet::engine
