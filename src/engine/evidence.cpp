#include "engine/evidence.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "base/file.h"
#include "engine/evidence_picture.h"
#include "image/encode.h"

namespace facet::engine {

namespace {

using std::chrono::milliseconds;

/// Events whose pictures are still to be made, each with its frame.
constexpr std::size_t kRequestsMax = 32;
constexpr std::size_t kClipsMax = 64;
constexpr int kIdBytes = 16;
constexpr float kGrowth = 0.2F;  // of a crop beyond its box
constexpr int kJpegQuality = 90;
constexpr auto kIdle = std::chrono::seconds(30);
constexpr auto kPoll = milliseconds(20);
/// The other stream's packets may come later than the frame of the decision did.
constexpr Nanoseconds kMainLate = milliseconds(150);
constexpr Nanoseconds kMainWaitMax = milliseconds(400);
constexpr Nanoseconds kDecodeMax = milliseconds(500);
/// A stream that has been silent for so long is not waited for.
constexpr Nanoseconds kSilence = std::chrono::seconds(1);
/// A frame that was taken so little later shows the same.
constexpr Nanoseconds kSameTime = milliseconds(30);
/// Decisions do not come later than that.
constexpr Nanoseconds kEarlierMax = std::chrono::seconds(30);
constexpr Nanoseconds kClipGrace = std::chrono::seconds(2);
constexpr std::int64_t kClipHead = std::int64_t{1} << 18;

constexpr MetricRow kEvidence{
    .name = "facet_evidence_total",
    .type = MetricType::counter,
    .unit = "events",
    .help =
        "Evidence of events by fate. Pictures: written; failed; late (the event's line was not kept waiting); overflow "
        "(too many at once). Clips: clip; clip_cut (its packets had no room in memory); clip_failed.",
    .labels = {"camera", "fate"},
    .children_max = 8192};
constexpr std::array kEvidenceRows{kEvidence};
constexpr std::array<std::string_view, 7> kFateNames{"written", "failed",   "late",       "overflow",
                                                     "clip",    "clip_cut", "clip_failed"};

/// `box` of a picture of `from` on one of `to`, larger by kGrowth, inside of it; without area where it lies outside.
Box crop_of(const Box& box, Size from, Size to) {
    const float across = static_cast<float>(to.width) / static_cast<float>(from.width);
    const float down = static_cast<float>(to.height) / static_cast<float>(from.height);
    const auto clamped = [](float value, int size) { return std::clamp(value, 0.0F, static_cast<float>(size)); };
    const float left = clamped((box.x - box.width * kGrowth / 2) * across, to.width);
    const float right = clamped((box.x + box.width * (1 + kGrowth / 2)) * across, to.width);
    const float top = clamped((box.y - box.height * kGrowth / 2) * down, to.height);
    const float bottom = clamped((box.y + box.height * (1 + kGrowth / 2)) * down, to.height);
    return {left, top, right - left, bottom - top};
}

}  // namespace

std::span<const MetricRow> evidence_metrics() { return kEvidenceRows; }

bool is_evidence_name(std::string_view name) {
    if (name.size() < kIdBytes) return false;
    const auto is_hexadecimal = [](char character) {
        return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
    };
    if (!std::all_of(name.begin(), name.begin() + kIdBytes, is_hexadecimal)) return false;
    const std::string_view ending = name.substr(kIdBytes);
    return ending == ".jpg" || ending == ".crop.jpg" || ending == ".mp4";
}

bool EvidenceClaim::settle(Evidence evidence) {
    evidence_ = std::move(evidence);  // nobody reads it before the state says so
    State expected = State::open;
    return state_.compare_exchange_strong(expected, State::settled);
}

bool EvidenceClaim::give_up() {
    State expected = State::open;
    return state_.compare_exchange_strong(expected, State::given_up);
}

struct EvidenceStore::Camera {
    std::string name;
    std::shared_ptr<const PacketRing> ring;
    bool is_main = false;
    std::array<Counter*, kFateNames.size()> fates{};
};

EvidenceStore::EvidenceStore(EvidenceOptions options, Metrics& metrics, Log& log)
    : options_(std::move(options)), metrics_(metrics), archive_(options_.archive, &is_evidence_name), warning_(log) {}

EvidenceStore::~EvidenceStore() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

EvidenceStore::CameraPtr EvidenceStore::add_camera(const std::string& name, std::shared_ptr<const PacketRing> ring,
                                                   bool is_main) {
    auto camera = std::make_shared<Camera>();
    camera->name = name;
    camera->ring = std::move(ring);
    camera->is_main = is_main;
    for (std::size_t i = 0; i < kFateNames.size(); ++i)
        camera->fates[i] = &metrics_.counter(kEvidence, {name, kFateNames[i]});
    return camera;
}

void EvidenceStore::count(const Camera& camera, Fate fate) { camera.fates[static_cast<std::size_t>(fate)]->increment(); }

void EvidenceStore::start(std::function<void()> settled) {
    settled_ = std::move(settled);
    thread_ = std::thread([this] { work(); });
}

EvidenceClaimPtr EvidenceStore::offer(const CameraPtr& camera, const Event& event, FramePtr frame) {
    auto claim = std::make_shared<EvidenceClaim>();
    FACET_ASSERT(frame != nullptr);
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() < kRequestsMax && !closing_) {
            const Nanoseconds earlier = std::clamp(frame->captured - event.time, Nanoseconds{}, kEarlierMax);
            const TimePoint captured = frame->arrived - earlier;  // on the clock of arrivals, which all streams share
            queue_.push_back({camera, claim, event.id, event.time, event.box, event.evidence.frame, std::move(frame),
                              earlier, captured, monotonic_now()});
            changed_.notify_all();
            return claim;
        }
    }
    count(*camera, Fate::overflow);
    claim->settle(event.evidence);
    return claim;
}

bool EvidenceStore::is_ready(const Request& request, TimePoint now) {
    const Camera& camera = *request.camera;
    if (!camera.is_main || now >= request.offered + kMainWaitMax) return true;
    const auto latest = camera.ring->latest();
    return !latest || *latest < now - kSilence || *latest >= request.captured + kMainLate;
}

void EvidenceStore::work() {
    archive_.scan();
    std::unique_lock lock(mutex_);
    while (true) {
        const TimePoint now = monotonic_now();
        const auto ready =
            std::find_if(queue_.begin(), queue_.end(), [&](const Request& r) { return closing_ || is_ready(r, now); });
        if (ready != queue_.end()) {
            const Request request = std::move(*ready);
            lock.unlock();
            make(request);
            lock.lock();
            // Only now is there room for another: what is made is still held.
            queue_.erase(std::find_if(queue_.begin(), queue_.end(), [](const Request& r) { return r.claim == nullptr; }));
            continue;
        }
        const bool is_closing = closing_;
        const std::size_t waiting = queue_.size();
        lock.unlock();
        shown_ = {};  // lets the frame go
        finish_clips(now, is_closing);
        static_cast<void>(archive_.make_room(bytes_open(), wall_now()));
        lock.lock();
        if (queue_.size() != waiting || closing_ != is_closing) continue;  // who said so meanwhile was not heard
        if (closing_ && queue_.empty() && clips_.empty()) break;
        const bool is_idle = queue_.empty() && clips_.empty();
        changed_.wait_for(lock, is_idle ? Nanoseconds(kIdle) : Nanoseconds(kPoll));
    }
    has_ended_ = true;
    changed_.notify_all();
}

/// All of one event's evidence that can be made now.
void EvidenceStore::make(const Request& request) {
    const Camera& camera = *request.camera;
    const std::string path = FileArchive::subfolder(camera.name, request.time) + "/" + request.id;
    const WallTime time = wall_now();
    Evidence evidence;
    evidence.frame = request.frame_number;
    show(request);
    const Status made = make_pictures(request, path, time, evidence);
    Status begun;
    if (options_.wants_clips() && camera.ring) {
        begun = begin_clip(request, path + ".mp4");
        if (begun) evidence.clip = path + ".mp4";
    }
    if (request.claim->settle(evidence)) {
        count(camera, made ? Fate::written : Fate::failed);
        if (!begun) count(camera, Fate::clip_failed);
    } else {  // its line says that there is none
        count(camera, Fate::late);
        for (const std::string& file : {evidence.picture, evidence.crop})
            if (!file.empty()) archive_.remove(file, time);
        if (!evidence.clip.empty()) clips_.pop_back();
    }
    settled_();
    const Status& failed = made ? begun : made;
    if (!failed)
        warning_.warn(fmt::format("camera '{}': evidence is missing: {}", camera.name, failed.error().message),
                      monotonic_now());
}

/// Finds the picture to show, or keeps the one of the same frame's last event.
void EvidenceStore::show(const Request& request) {
    const Camera& camera = *request.camera;
    if (shown_.frame == request.frame && shown_.camera == request.camera && shown_.time == request.time) return;
    shown_ = {.frame = request.frame,
              .camera = request.camera,
              .time = request.time,
              .picture = request.frame->picture,
              .jpeg = {},
              .is_main = false};
    if (!camera.ring || (!camera.is_main && request.earlier <= kSameTime)) return;
    const auto groups = camera.ring->cut(request.captured, request.captured, request.captured + kSilence);
    auto picture = picture_near(groups, request.captured, monotonic_now() + kDecodeMax);
    if (picture) {
        shown_.picture = std::move(*picture);
        shown_.is_main = camera.is_main;
    } else {
        warning_.warn(fmt::format("camera '{}': a picture of an event is of the frame of its decision: {}", camera.name,
                                  picture.error().message),
                      monotonic_now());
    }
}

/// How much room open clips have set aside.
std::int64_t EvidenceStore::bytes_open() const {
    std::int64_t bytes = 0;
    for (const auto& clip : clips_) bytes += clip.bytes_reserved;
    return bytes;
}

Status EvidenceStore::write(const std::string& path, std::string_view bytes, WallTime time) {
    const auto size = static_cast<std::int64_t>(bytes.size());
    FACET_CHECK(archive_.make_room(bytes_open() + size, time));
    FACET_CHECK(archive_.make_folder_of(path));
    FACET_TRY(auto file, OutputFile::create(archive_.folder() / path));
    FACET_CHECK(file.write(bytes));
    FACET_CHECK(file.commit(Sync::no));
    archive_.add(path, size, time);
    return {};
}

Status EvidenceStore::make_pictures(const Request& request, const std::string& path, WallTime time, Evidence& evidence) {
    if (shown_.jpeg.empty()) {
        FACET_TRY(shown_.jpeg, image::encode_jpeg(shown_.picture, {.quality = kJpegQuality}));
    }
    FACET_CHECK(write(path + ".jpg", shown_.jpeg, time));
    evidence.picture = path + ".jpg";
    if (request.camera->is_main) evidence.source = shown_.is_main ? "main" : "sub";
    if (!request.box) return {};
    const Box region = crop_of(*request.box, request.frame->picture.size, shown_.picture.size);
    if (!(region.area() > 0)) return {};
    FACET_TRY(const auto crop, image::encode_jpeg(shown_.picture, {.region = region, .quality = kJpegQuality}));
    FACET_CHECK(write(path + ".crop.jpg", crop, time));
    evidence.crop = path + ".crop.jpg";
    return {};
}

/// Makes the clip's file and sets room aside for what will be in it.
Status EvidenceStore::begin_clip(const Request& request, const std::string& path) {
    const Camera& camera = *request.camera;
    if (clips_.size() >= kClipsMax)
        return fail(ErrorCode::resource_exhausted, "{} clips are open, expected at most that many", clips_.size());
    OpenClip clip;
    clip.camera = request.camera;
    clip.path = path;
    clip.at = request.captured;
    clip.first = clip.at - options_.clip_before;
    clip.last = clip.at + options_.clip_after;
    const TimePoint now = monotonic_now();
    const auto groups = camera.ring->cut(clip.first, clip.at, now);
    if (groups.empty() || groups.front().packets.front()->arrived > clip.at + kSilence)
        return fail(ErrorCode::unavailable, "no packets for a clip have come");
    std::int64_t bytes = 0;
    for (const auto& group : groups)
        for (const auto& packet : group.packets) bytes += static_cast<std::int64_t>(packet->bytes);
    const TimePoint begin = groups.front().packets.front()->arrived;
    const double covered = std::max(0.5, seconds(now - begin));
    const double whole = std::max(covered, seconds(clip.last - begin));
    clip.bytes_reserved = kClipHead + static_cast<std::int64_t>(1.5 * static_cast<double>(bytes) * whole / covered);
    clip.stream = groups.back().stream;
    FACET_CHECK(archive_.make_room(bytes_open() + clip.bytes_reserved, wall_now()));
    FACET_CHECK(archive_.make_folder_of(path));
    FACET_TRY(auto writer,
              ffmpeg::PacketWriter::create(archive_.folder() / path, clip.stream, {.bytes_reserved = clip.bytes_reserved}));
    clip.writer = std::make_unique<ffmpeg::PacketWriter>(std::move(writer));
    clips_.push_back(std::move(clip));
    return {};
}

bool EvidenceStore::is_due(const OpenClip& clip, TimePoint now) {
    const auto latest = clip.camera->ring->latest();
    return (latest && *latest >= clip.last) || now >= clip.last + kClipGrace;
}

void EvidenceStore::finish_clips(TimePoint now, bool all) {
    for (auto clip = clips_.begin(); clip != clips_.end();) {
        if (!all && !is_due(*clip, now)) {
            ++clip;
            continue;
        }
        const Status finished = finish_clip(*clip);
        const bool is_cut = clip->camera->ring->lacks_room_since(clip->first);
        count(*clip->camera, !finished ? Fate::clip_failed : (is_cut ? Fate::clip_cut : Fate::clip));
        if (!finished)
            warning_.warn(fmt::format("camera '{}': a clip is missing: {}", clip->camera->name, finished.error().message),
                          now);
        clip = clips_.erase(clip);
    }
}

Status EvidenceStore::finish_clip(OpenClip& clip) {
    for (const auto& group : clip.camera->ring->cut(clip.first, clip.at, clip.last)) {
        if (group.stream != clip.stream) continue;
        std::vector<const ffmpeg::Packet*> packets;
        for (const auto& packet : group.packets) packets.push_back(&packet->data);
        FACET_CHECK(clip.writer->write(packets));
    }
    FACET_CHECK(clip.writer->finish());
    archive_.add(clip.path, clip.writer->bytes(), wall_now());
    return {};
}

bool EvidenceStore::close(Nanoseconds limit) {
    std::unique_lock lock(mutex_);
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
