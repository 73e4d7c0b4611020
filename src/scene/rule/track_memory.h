#pragma once
// TrackMemory: what a rule remembers of each object, in bounded memory. It turns the tracks of each frame into sightings:
//
//   memory.advance(scene, anchor_bottom,
//       [&](std::int64_t id, State& state, const Sighting& sighting) { ... },            // in the order of time
//       [&](std::int64_t id, State& state, const Sighting& latest, Missing missing) { ... });
//
// - Only what a detector saw on the frame is a sighting (state not `lost`, `detection` set); predictions are not.
// - A tentative object's sightings are kept until it is confirmed and then handed over in their order, so that a rule judges
//   a believed object from its first sighting on. One that is never confirmed is never heard of.
// - `missed` is called for each known object on a frame on which a detector ran but did not see it.
// - An object that was not listed by its tracker for longer than the memory is forgotten, and so is the one seen longest ago
//   where there are too many. An id that appears again after that is a new object with a new State.
// Calls come by id, but for objects that are forgotten because there are too many; those come first.

#include <algorithm>
#include <map>
#include <vector>

#include "scene/rule/sighting.h"

namespace facet::scene {

/// What is known of an object that was not seen.
enum class Missing {
    lost,       ///< the tracker keeps it: it may be found again
    gone,       ///< the tracker has given it up
    forgotten,  ///< nothing will be heard of this State again
};

inline constexpr Nanoseconds kTrackMemory = std::chrono::seconds(30);

template <class State>
class TrackMemory {
public:
    explicit TrackMemory(Nanoseconds memory = kTrackMemory) : memory_(memory) {}

    template <class Seen, class Missed>
    void advance(const SceneView& scene, bool anchor_bottom, Seen seen, Missed missed) {
        for (const Track& track : scene.tracks) note(scene, track, anchor_bottom);
        while (known_.size() > kTracksMax) {
            const auto stalest = std::min_element(known_.begin(), known_.end(), [](const auto& a, const auto& b) {
                return a.second.listed < b.second.listed;
            });
            forget(stalest->first, stalest->second, missed);
            known_.erase(stalest);
        }
        for (auto it = known_.begin(); it != known_.end();) {
            auto& [id, known] = *it;
            if (known.returned) forget(id, known, missed);
            if (known.confirmed && !known.fresh.empty()) {
                for (const Sighting& sighting : known.fresh) {
                    seen(id, known.state, sighting);
                    known.latest = sighting;
                }
                known.heard_of = true;
                known.fresh.clear();
            } else if (scene.t - known.listed > memory_of(known)) {
                forget(id, known, missed);
                it = known_.erase(it);
                continue;
            } else if (known.heard_of && scene.detections) {
                missed(id, known.state, known.latest, known.listed == scene.t ? Missing::lost : Missing::gone);
            }
            ++it;
        }
    }

    /// visit(id, State&, const Sighting& latest) for each object that was ever seen and is not forgotten, by id.
    template <class Visit>
    void for_each(Visit visit) {
        for (auto& [id, known] : known_)
            if (known.heard_of) visit(id, known.state, known.latest);
    }

    std::size_t size() const { return known_.size(); }
    static constexpr std::size_t kTracksMax = 4096;
    static constexpr std::size_t kUnconfirmedMax = 64;  ///< sightings of a tentative object; on overflow the oldest goes

private:
    static constexpr Nanoseconds kUnconfirmedMemory = std::chrono::seconds(5);

    struct Known {
        State state{};
        std::vector<Sighting> fresh;  // not yet handed over
        Sighting latest;              // that was handed over; valid if heard_of
        Nanoseconds listed{};         // when the tracker last knew it
        bool confirmed = false;
        bool heard_of = false;
        bool returned = false;  // listed again after it should have been forgotten
    };

    Nanoseconds memory_of(const Known& known) const { return known.confirmed ? memory_ : kUnconfirmedMemory; }

    void note(const SceneView& scene, const Track& track, bool anchor_bottom) {
        const bool is_seen = track.state != TrackState::lost && track.detection >= 0;
        auto found = known_.find(track.id);
        if (found == known_.end()) {
            if (!is_seen) return;
            found = known_.emplace(track.id, Known{}).first;
            found->second.listed = scene.t;
        }
        Known& known = found->second;
        if (scene.t - known.listed > memory_of(known)) {
            known.returned = known.heard_of;
            known.confirmed = false;
            known.fresh.clear();
        }
        known.listed = scene.t;
        if (!is_seen) return;
        if (known.fresh.size() == kUnconfirmedMax) known.fresh.erase(known.fresh.begin());
        known.fresh.push_back(sighting_of(scene, track, anchor_bottom));
        known.confirmed = known.confirmed || track.state == TrackState::confirmed;
    }

    template <class Missed>
    static void forget(std::int64_t id, Known& known, Missed missed) {
        if (known.heard_of) missed(id, known.state, known.latest, Missing::forgotten);
        known.state = State{};
        known.heard_of = known.returned = false;
    }

    Nanoseconds memory_;
    std::map<std::int64_t, Known> known_;
};

}  // namespace facet::scene
