#pragma once
// Roster: the tracks of one camera that are alive. It owns what all trackers have in common: identities, prediction, votes
// on labels, confirmation, loss and removal. What differs between trackers is only who is matched with whom.
//
//   roster.advance(t);                                        // predicts all
//   roster.seen(i, detection, index) / roster.start(...)      // the tracker's decision
//   return roster.finish();                                   // the unseen age; tracks for the caller

#include <span>
#include <vector>

#include "base/clock.h"
#include "config/options.h"
#include "media/observation.h"
#include "media/track.h"
#include "scene/track/box_filter.h"
#include "scene/track/flow.h"

namespace facet::scene {

/// How long tracks live, in time and never in frames. The rows are kLifeOptions (option_rows.h).
struct LifeOptions {
    Nanoseconds confirm_time{};    ///< a track is confirmed when seen twice and for this long; sooner with high scores
    Nanoseconds tentative_time{};  ///< a tentative track is dropped after being looked for in vain for longer than this
    Nanoseconds lost_time{};       ///< the same for a confirmed one
    Nanoseconds still_time{};      ///< the same for a confirmed one that stood still
    Nanoseconds look_time{};       ///< the same for a confirmed one whose looks are known; only they may find it again
    std::size_t tracks_max = 512;
};
LifeOptions read_life_options(const config::Values& options);

/// A vote on the label of an object, weighted by score. Remembers the eight heaviest candidates.
class LabelVote {
public:
    void add(int label, float score);
    int winner() const;  ///< ties: the earlier one

private:
    struct Candidate {
        int label = 0;
        double weight = 0;
    };
    std::vector<Candidate> candidates_;
};

/// A track with what its tracker remembers of it.
struct Tracklet {
    /// A new tentative track from its first detection, number `index` of the frame at `t`.
    Tracklet(std::int64_t id, const Detection& detection, int index, Nanoseconds t, const BoxFilter& filter);

    Track track;
    BoxFilter filter;
    LabelVote labels;
    Box measured;                  ///< its latest detection
    int hits = 0;                  ///< detections so far
    double score_sum = 0;          ///< of all of them
    Nanoseconds noted{};           ///< when its motion was last noted in the flow
    Nanoseconds unseen{};          ///< how long it was looked for in vain since it was last seen
    int misses = 0;                ///< how many times that was
    BoxFilter filter_at_measured;  ///< the filter as its latest detection left it
    Box anchor;                    ///< where it stands, if it stands
    Nanoseconds anchored_since{};
    std::vector<float> embedding;  ///< running mean of its appearance, unit length; empty where there is none

    struct Past {
        Nanoseconds t{};
        Point centre;
    };
    std::vector<Past> trail;  ///< detections that remember() kept, oldest first; empty where it is not called

    /// Keeps the latest detection in the trail. Of those before it, the trail goes back to the youngest that is at least
    /// `span` older; at most 32 detections.
    void remember(Nanoseconds span);
    bool tentative() const { return track.state == TrackState::tentative; }
    /// Stood in one place for the last two seconds that it was seen.
    bool still() const;
};

class Roster {
public:
    Roster(const LifeOptions& life, const MotionModel& motion) : life_(life), motion_(motion) {}

    /// Predicts all tracks to `t`. An earlier time than the last one counts as the last one.
    void advance(Nanoseconds t);

    Nanoseconds now() const { return now_; }
    /// Whether motion alone may still find the tracklet; after that only its looks may.
    bool within_motion(const Tracklet& tracklet) const {
        return tracklet.unseen <= (tracklet.still() ? life_.still_time : life_.lost_time);
    }
    const MotionModel& motion() const { return motion_; }
    std::span<const Tracklet> tracklets() const { return tracklets_; }
    Tracklet& operator[](std::size_t index) { return tracklets_[index]; }
    std::size_t size() const { return tracklets_.size(); }

    /// The tracklet is `detection`, which is number `index` of its frame.
    void seen(std::size_t tracklet, const Detection& detection, int index);
    /// A new track, behind all others: tentative, but for sure ones of the camera's first frame. Where the roster is full,
    /// the longest lost track makes room; where none is lost, nothing happens and the answer is false.
    bool start(const Detection& detection, int index);
    /// Ends a frame on which was looked: ages what was not seen, drops what was lost for too long and doubles of lost ones.
    std::span<const Track> finish();
    /// Ends a frame on which was not looked: nothing ages, states stay.
    std::span<const Track> carry();

private:
    Nanoseconds patience(const Tracklet& tracklet) const;
    bool make_room();
    void note_motion(Tracklet& tracklet);
    void drop_doubles();
    void publish();

    LifeOptions life_;
    MotionModel motion_;
    std::vector<Tracklet> tracklets_;  // by id
    std::vector<Track> tracks_;
    Flow flow_;
    std::vector<char> doubled_;
    std::int64_t id_next_ = 1;
    bool started_ = false;
    Nanoseconds now_{};
    Nanoseconds first_look_{};
    Nanoseconds looked_{};  // time of the last finish()
};

}  // namespace facet::scene
