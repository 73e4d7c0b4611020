#include "brain/schedule/change.h"

#include <algorithm>

namespace facet::brain {

namespace {

constexpr float kOverlapMin = 0.6F;  // of the same thing in the same place, as detectors tremble
constexpr std::size_t kBoxesMax = 64;
constexpr int kForgottenAfter = 30;  // looks in a row

bool has_partner(const Box& box, std::span<const Box> others) {
    return std::any_of(others.begin(), others.end(), [&](const Box& other) { return iou(box, other) >= kOverlapMin; });
}

}  // namespace

bool SceneChange::look(std::span<const Box> boxes) {
    boxes = boxes.first(std::min(boxes.size(), kBoxesMax));
    bool changed = false;
    for (Known& known : known_) {
        if (has_partner(known.box, boxes)) {
            // What comes back was there all the time, and is not to be trusted when it goes again.
            if (known.missing > 0) known.is_steady = false;
            known.missing = 0;
            ++known.seen;
        } else if (++known.missing == 1 && known.is_steady && known.seen > 1) {
            changed = true;
        }
    }
    std::erase_if(known_, [](const Known& known) { return known.missing >= kForgottenAfter; });
    for (const Box& box : boxes) {
        const auto is_known = [&](const Known& known) { return iou(box, known.box) >= kOverlapMin; };
        if (std::any_of(known_.begin(), known_.end(), is_known)) continue;
        changed = true;
        if (known_.size() == kBoxesMax)
            known_.erase(std::max_element(known_.begin(), known_.end(),
                                          [](const Known& a, const Known& b) { return a.missing < b.missing; }));
        known_.push_back({box, 1, 0, true});
    }
    return changed;
}

}  // namespace facet::brain
