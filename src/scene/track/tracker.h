#pragma once
// Tracker: detections of one camera over time -> identities. One file per tracker; each exports one TrackerInfo, listed in
// app/builtins.cpp. Pure: time is passed in, and steps of any length (30, 10, 5, 2 frames a second, gaps) are allowed for.

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "config/options.h"
#include "media/observation.h"
#include "media/track.h"

namespace facet::scene {

/// One camera and one group of detecting experts. Class-agnostic: a detection whose label flips stays on its track; the
/// track's label is a score-weighted vote. Deterministic. Not thread-safe.
class Tracker {
public:
    virtual ~Tracker() = default;
    /// Advances to `t`, which never decreases (an earlier time counts as the last one), with the detections of that moment.
    /// Gives all living tracks: confirmed ones seen now, tentative ones, and lost ones (predicted). Valid until the next
    /// call; ordered by id. Ids are given when first seen, by falling score within a frame. Boxes that are not finite or
    /// have no area are not looked at; of more than 512 only the best.
    virtual std::span<const Track> update(const Detections& detections, Nanoseconds t) = 0;
    /// Advances to `t` where no expert ran on the frame: tracks are predicted and none is punished for not being seen.
    /// States stay: a track that was confirmed stays so, with its predicted box and detection -1.
    virtual std::span<const Track> propagate(Nanoseconds t) = 0;
};

struct TrackerInfo {
    std::string_view name;  ///< "bytetrack"
    std::string_view summary;
    std::span<const config::OptionRow> options;
    Result<std::unique_ptr<Tracker>> (*create)(const config::Values& options);
};

}  // namespace facet::scene
