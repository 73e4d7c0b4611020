#pragma once
// Stay: one object's being inside an area, from its first to its last sighting there. Shared by the rules about areas.

#include "scene/rule/area.h"
#include "scene/rule/sighting.h"
#include "scene/rule/track_memory.h"

namespace facet::scene {

/// When a stay ends; the same words in the options of every rule that has stays.
struct StayLimits {
    double hysteresis = 0.01;  ///< heights beyond the edge
    Nanoseconds grace = std::chrono::seconds(2);
};

/// The rows `hysteresis` and `grace`, for the option lists of rules.
inline constexpr config::OptionRow kHysteresisRow{.key = "hysteresis",
                                                  .type = config::OptionType::number,
                                                  .fallback = "0.01",
                                                  .minimum = 0,
                                                  .maximum = 0.5,
                                                  .unit = "of the picture's height",
                                                  .help = "how far beyond the edge an object must be seen to have left"};
inline constexpr config::OptionRow kGraceRow{.key = "grace",
                                             .type = config::OptionType::duration,
                                             .fallback = "2s",
                                             .minimum = 0,
                                             .maximum = 86400,
                                             .unit = "s",
                                             .help = "how long an object may be unseen without its stay ending"};
StayLimits read_stay_limits(const config::Values& options);

/// - A stay begins with the first sighting inside of the area (or on its edge).
/// - It ends as soon as the object is seen more than the hysteresis outside, or as it is not seen on a frame on which a
///   detector ran, its latest sighting is at least the grace ago, and its tracker has given it up. While the tracker keeps
///   it, it may be found again.
/// - It lasted until the last sighting inside, which may be earlier than its end is known.
/// Between the edge and the hysteresis a stay neither begins nor ends.
class Stay {
public:
    enum class Change { none, began, ended };

    Change seen(const Sighting& sighting, const Area& area, const StayLimits& limits);
    /// On a frame at `t` without a sighting. `latest`: the object's latest sighting.
    Change missed(Nanoseconds t, const Sighting& latest, Missing missing, const StayLimits& limits);

    bool is_under_way() const { return under_way_; }
    /// Of the stay under way, or of the one that just ended.
    const Sighting& first() const { return first_; }
    const Sighting& last_inside() const { return last_inside_; }
    Nanoseconds length() const { return last_inside_.t - first_.t; }

private:
    bool under_way_ = false;
    Sighting first_;
    Sighting last_inside_;
};

}  // namespace facet::scene
