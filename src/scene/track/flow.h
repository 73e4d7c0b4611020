#pragma once
// Flow: how objects moved here before. A new track has been seen once, so that its velocity is unknown; at a low frame rate
// the next box may then be anywhere. But things come by where others came by: cars keep their lanes, people their paths.

#include <cstddef>
#include <vector>

#include "media/geometry.h"
#include "scene/track/box_filter.h"

namespace facet::scene {

class Flow {
public:
    /// An object of `size` pixels moved with `velocity` (pixels per second) at `place`. Keeps the latest 256.
    void note(Point place, double size, Point velocity);
    /// What a new box may be expected to do: mean and spread of what was noted within two sizes of it, or the model's own
    /// guess where fewer than three were.
    StartVelocity expect(const Box& box, const MotionModel& model) const;

private:
    struct Note {
        Point place;
        double size = 0;
        Point velocity;
    };
    std::vector<Note> notes_;  // a ring
    std::size_t next_ = 0;
};

}  // namespace facet::scene
