#pragma once
// Timeline: which dials hold at a time. Pure function of the specification.

#include "source/synthetic/address.h"

namespace facet::source::synthetic {

struct Moment {
    Dials dials;                    ///< between two steps: numbers mixed, the world that of the newer step
    const Dials* fading = nullptr;  ///< the world that is being left, while the picture fades from it
    double fade = 1;                ///< 0: only the old world is seen, 1: only the new one
};

class Timeline {
public:
    explicit Timeline(const Specification& specification) : steps_(specification.steps), cycle_(specification.cycle) {}
    Moment at(double t) const;
    /// Dials::objects at `t`, also before 0 (as at 0): things that come into view at 0 have begun earlier.
    double objects_at(double t) const;
    std::span<const Step> steps() const { return steps_; }

private:
    std::vector<Step> steps_;
    double cycle_;
};

}  // namespace facet::source::synthetic
