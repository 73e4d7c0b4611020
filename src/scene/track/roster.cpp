#include "scene/track/roster.h"

#include <algorithm>

#include "base/assert.h"

namespace facet::scene {

namespace {

constexpr std::size_t kCandidatesMax = 8;
constexpr std::size_t kTrailMax = 32;
/// Two measured boxes of a standing object overlap at least this much, and it has stood for this long.
constexpr float kStillIou = 0.7F;
constexpr Nanoseconds kStillFor = std::chrono::seconds(2);
/// Where nobody looked for longer than this, the time in between says nothing about the track.
constexpr Nanoseconds kLookMax = std::chrono::milliseconds(500);
/// A lost track whose prediction overlaps a seen one this much is the same object (ByteTrack, ECCV 2022).
constexpr float kDoubleIou = 0.85F;
/// A new track of at least kSureScore in the mean is believed when seen twice, one of kUnsureScore after confirm_time.
constexpr double kSureScore = 0.7;
constexpr double kUnsureScore = 0.4;
/// A velocity is good enough to be noted after this many detections; notes of one track are this far apart.
constexpr int kNoteHitsMin = 4;
constexpr Nanoseconds kNoteEvery = std::chrono::milliseconds(500);

}  // namespace

LifeOptions read_life_options(const config::Values& options) {
    return {.confirm_time = options.duration("confirm_time"),
            .tentative_time = options.duration("tentative_time"),
            .lost_time = options.duration("lost_time"),
            .still_time = options.duration("still_time"),
            .look_time = {},
            .tracks_max = static_cast<std::size_t>(options.integer("tracks_max"))};
}

void LabelVote::add(int label, float score) {
    const auto found = std::find_if(candidates_.begin(), candidates_.end(), [&](const auto& c) { return c.label == label; });
    if (found != candidates_.end()) {
        found->weight += score;
        return;
    }
    if (candidates_.size() == kCandidatesMax)
        candidates_.erase(std::min_element(candidates_.begin(), candidates_.end(),
                                           [](const auto& a, const auto& b) { return a.weight < b.weight; }));
    candidates_.push_back({label, score});
}

int LabelVote::winner() const {
    FACET_ASSERT(!candidates_.empty());
    return std::max_element(candidates_.begin(), candidates_.end(),
                            [](const auto& a, const auto& b) { return a.weight < b.weight; })
        ->label;
}

Tracklet::Tracklet(std::int64_t id, const Detection& detection, int index, Nanoseconds t, const BoxFilter& start)
    : filter(start),
      measured(detection.box),
      hits(1),
      score_sum(detection.score),
      filter_at_measured(start),
      anchor(detection.box),
      anchored_since(t) {
    labels.add(detection.label, detection.score);
    track.id = id;
    track.label = detection.label;
    track.score = detection.score;
    track.first_seen = track.last_seen = t;
    track.detection = index;
}

void Tracklet::remember(Nanoseconds span) {
    const Nanoseconds now = track.last_seen;
    const auto second_is_old_enough = [&] { return trail.size() >= 2 && now - trail[1].t >= span; };
    while (second_is_old_enough() || trail.size() >= kTrailMax) trail.erase(trail.begin());
    trail.push_back({now, measured.centre()});
}

bool Tracklet::still() const { return track.last_seen - anchored_since >= kStillFor; }

void Roster::advance(Nanoseconds t) {
    if (!started_) {
        started_ = true;
        now_ = looked_ = first_look_ = t;
    }
    t = std::max(t, now_);
    const MotionStep step(motion_, seconds(t - now_));
    now_ = t;
    for (auto& tracklet : tracklets_) {
        tracklet.filter.predict(step);
        tracklet.track.detection = -1;
    }
}

void Roster::seen(std::size_t index, const Detection& detection, int detection_index) {
    auto& tracklet = tracklets_[index];
    FACET_ASSERT(tracklet.track.detection < 0);
    tracklet.filter.correct(detection.box, motion_);
    tracklet.labels.add(detection.label, detection.score);
    tracklet.measured = detection.box;
    ++tracklet.hits;
    tracklet.score_sum += detection.score;
    tracklet.unseen = {};
    tracklet.misses = 0;
    tracklet.filter_at_measured = tracklet.filter;
    if (iou(detection.box, tracklet.anchor) < kStillIou) {
        tracklet.anchor = detection.box;
        tracklet.anchored_since = now_;
    }
    auto& track = tracklet.track;
    track.detection = detection_index;
    track.label = tracklet.labels.winner();
    track.score = detection.score;
    track.last_seen = now_;
    const double doubt =
        std::clamp((kSureScore - tracklet.score_sum / tracklet.hits) / (kSureScore - kUnsureScore), 0.0, 1.0);
    const bool believed = !tracklet.tentative() || seconds(now_ - track.first_seen) >= doubt * seconds(life_.confirm_time);
    if (believed) track.state = TrackState::confirmed;
}

bool Roster::start(const Detection& detection, int detection_index) {
    if (tracklets_.size() >= life_.tracks_max && !make_room()) return false;
    tracklets_.emplace_back(id_next_++, detection, detection_index, now_,
                            BoxFilter(detection.box, motion_, flow_.expect(detection.box, motion_)));
    // What the camera sees at its first look was there before (as in ByteTrack's own code).
    if (now_ == first_look_ && detection.score >= kSureScore) tracklets_.back().track.state = TrackState::confirmed;
    return true;
}

Nanoseconds Roster::patience(const Tracklet& tracklet) const {
    if (tracklet.tentative()) return life_.tentative_time;
    const auto by_motion = tracklet.still() ? life_.still_time : life_.lost_time;
    return tracklet.embedding.empty() ? by_motion : std::max(by_motion, life_.look_time);
}

void Roster::note_motion(Tracklet& tracklet) {
    if (tracklet.hits < kNoteHitsMin || now_ - tracklet.noted < kNoteEvery) return;
    tracklet.noted = now_;
    flow_.note(tracklet.measured.centre(), size_of(tracklet.measured), tracklet.filter.velocity());
}

bool Roster::make_room() {
    const auto longest = std::max_element(tracklets_.begin(), tracklets_.end(),
                                          [](const auto& a, const auto& b) { return a.unseen < b.unseen; });
    if (longest->track.detection >= 0 || longest->unseen == Nanoseconds{}) return false;
    tracklets_.erase(longest);
    return true;
}

std::span<const Track> Roster::finish() {
    const Nanoseconds looked = std::min(now_ - looked_, kLookMax);
    looked_ = now_;
    for (auto& tracklet : tracklets_) {
        if (tracklet.track.detection >= 0) {
            note_motion(tracklet);
            continue;
        }
        tracklet.unseen += looked;
        ++tracklet.misses;
        if (tracklet.track.state == TrackState::confirmed) {
            tracklet.track.state = TrackState::lost;
            if (tracklet.still()) tracklet.filter.halt();
        }
    }
    std::erase_if(tracklets_, [this](const Tracklet& tracklet) { return tracklet.unseen > patience(tracklet); });
    drop_doubles();
    publish();
    return tracks_;
}

std::span<const Track> Roster::carry() {
    publish();
    return tracks_;
}

void Roster::drop_doubles() {
    doubled_.assign(tracklets_.size(), 0);
    bool any = false;
    for (std::size_t lost = 0; lost < tracklets_.size(); ++lost) {
        if (tracklets_[lost].track.state != TrackState::lost || !within_motion(tracklets_[lost])) continue;
        const Box predicted = tracklets_[lost].filter.box();
        for (std::size_t seen = 0; seen < tracklets_.size(); ++seen) {
            const auto& other = tracklets_[seen].track;
            if (other.detection < 0 || iou(predicted, tracklets_[seen].measured) < kDoubleIou) continue;
            const auto& track = tracklets_[lost].track;
            const bool lost_is_older = track.last_seen - track.first_seen > other.last_seen - other.first_seen;
            doubled_[lost_is_older ? seen : lost] = 1;
            any = true;
        }
    }
    if (!any) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < tracklets_.size(); ++i) {
        if (doubled_[i]) continue;
        if (kept != i) tracklets_[kept] = std::move(tracklets_[i]);
        ++kept;
    }
    tracklets_.erase(tracklets_.begin() + static_cast<std::ptrdiff_t>(kept), tracklets_.end());
}

void Roster::publish() {
    tracks_.clear();
    for (auto& tracklet : tracklets_) {
        auto& track = tracklet.track;
        track.box = track.detection >= 0 ? tracklet.measured : tracklet.filter.box();
        track.velocity = tracklet.filter.velocity();
        tracks_.push_back(track);
    }
}

}  // namespace facet::scene
