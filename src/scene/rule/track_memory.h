#pragma once
// TrackMemory: what a rule remembers of each object, in bounded memory. It turns the tracks of each frame into sightings:
//
//   memory.advance(scene, anchor_bottom,
//       [&](std::int64_t id, State& state, const Sighting& sighting) { ... },          // in the order of time
//       [&](std::int64_t id, State& state, const Sighting& last, bool forgotten) { ... });
//
// - Only what a detector saw on the frame is a sighting (state not `lost`, `detection` set); predictions are not.
// - A tentative object's sightings are kept until it is confirmed and then handed over in their order, so that a rule judges
//   a believed object from its first sighting on. One that is never confirmed is never heard of.
// - `missed` is called for each known object on a frame on which a detector ran but did not see it. `forgotten` says that
//   nothing will be heard of this state again: the object was not seen for longer than the memory, or there are too many.
// - An id that appears again after it was forgotten is a new object with a new State.
// Calls come by id.

#include <map>
#include <vector>

#include "scene/rule/sighting.h"

namespace facet::scene {

/// Longer than any tracker here keeps a lost track by default.
inline constexpr Nanoseconds kTrackMemory = std::chrono::seconds(30);

template <class State>
class TrackMemory {
public:
    /// `memory`: an object that was not seen for longer is forgotten.
    explicit TrackMemory(Nanoseconds memory = kTrackMemory) : memory_(memory) {}

    template <class Seen, class Missed>
    void advance(const SceneView& scene, bool anchor_bottom, Seen seen, Missed missed) {
        for (const Track& track : scene.tracks) {
            if (track.state == TrackState::lost || track.detection < 0) continue;
            Known& known = known_[track.id];
            if (known.fresh.size() == kUnconfirmedMax) known.fresh.erase(known.fresh.begin());
            known.fresh.push_back(sighting_of(scene, track, anchor_bottom));
            known.confirmed = known.confirmed || track.state == TrackState::confirmed;
        }
        const auto forget_most_stale = [&] {
            auto stalest = known_.begin();
            for (auto it = known_.begin(); it != known_.end(); ++it)
                if (it->second.last_seen() < stalest->second.last_seen()) stalest = it;
            if (stalest->second.heard_of) missed(stalest->first, stalest->second.state, stalest->second.last, true);
            known_.erase(stalest);
        };
        while (known_.size() > kTracksMax) forget_most_stale();

        for (auto it = known_.begin(); it != known_.end();) {
            auto& [id, known] = *it;
            if (known.confirmed && !known.fresh.empty()) {
                for (const Sighting& sighting : known.fresh) {
                    if (known.heard_of && sighting.t - known.last.t > memory_) {
                        missed(id, known.state, known.last, true);
                        known.state = State{};
                    }
                    seen(id, known.state, sighting);
                    known.last = sighting;
                    known.heard_of = true;
                }
                known.fresh.clear();
            } else if (known.heard_of && scene.detections) {
                const bool forgotten = scene.t - known.last.t > memory_;
                missed(id, known.state, known.last, forgotten);
                if (forgotten) {
                    it = known_.erase(it);
                    continue;
                }
            } else if (!known.confirmed && scene.t - known.last_seen() > kUnconfirmedMemory) {
                it = known_.erase(it);
                continue;
            }
            ++it;
        }
    }

    std::size_t size() const { return known_.size(); }
    static constexpr std::size_t kTracksMax = 4096;     ///< on overflow the object that was seen longest ago is forgotten
    static constexpr std::size_t kUnconfirmedMax = 64;  ///< sightings of a tentative object; on overflow the oldest goes

private:
    static constexpr Nanoseconds kUnconfirmedMemory = std::chrono::seconds(5);

    struct Known {
        State state{};
        std::vector<Sighting> fresh;  // not yet handed over
        Sighting last;                // the latest that was handed over; valid if heard_of
        bool confirmed = false;
        bool heard_of = false;
        Nanoseconds last_seen() const { return fresh.empty() ? last.t : fresh.back().t; }
    };

    Nanoseconds memory_;
    std::map<std::int64_t, Known> known_;
};

}  // namespace facet::scene
