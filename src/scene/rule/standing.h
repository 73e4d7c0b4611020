#pragma once
// Standing: since when an object has stood still. Shared by the rules about things that do not move.

#include "scene/rule/sighting.h"

namespace facet::scene {

/// How far an object that stands still may seem to move.
inline constexpr config::OptionRow kStillRow{.key = "still",
                                             .type = config::OptionType::number,
                                             .fallback = "0.25",
                                             .minimum = 0.01,
                                             .maximum = 10,
                                             .unit = "of the box's longer side",
                                             .help = "an object stands as long as its anchor moves by no more than this"};

/// The *place* of an object is its first sighting, and later any sighting that is farther from its place than the tolerance,
/// measured in longer sides of its box at the place: far and near objects are judged alike. It has stood since it was seen
/// at its place. Times at which it is not seen count if it is then found within the tolerance.
class Standing {
public:
    /// Whether the object has left its old place (also true for its first sighting).
    bool seen(const Sighting& sighting, double tolerance);

    const Sighting& place() const { return place_; }
    Nanoseconds length() const { return latest_ - place_.t; }  ///< at the latest sighting

private:
    bool known_ = false;
    Sighting place_;
    Nanoseconds latest_{};
};

}  // namespace facet::scene
