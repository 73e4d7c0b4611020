#pragma once
// SceneChange: whether what is in front of a camera has changed from one look to the next.

#include <span>
#include <vector>

#include "media/geometry.h"

namespace facet::brain {

/// Remembers boxes of the latest looks. A box in a new place is a change: something has come, or has moved far enough from
/// where it was first seen there, however slowly. A box that was seen in every look and is not any more is one too. What a
/// detector is not sure of, and sees in one look and not in the next, is none. Pure; remembers a bounded number of boxes.
class SceneChange {
public:
    /// The boxes of the next look; true where they tell of a change. The first look is compared with an empty scene.
    bool look(std::span<const Box> boxes);

private:
    struct Known {
        Box box;
        int seen = 1;     ///< looks
        int missing = 0;  ///< looks in a row
        bool is_steady = true;
    };
    std::vector<Known> known_;
};

}  // namespace facet::brain
