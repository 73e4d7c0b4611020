#include "quality/identity.h"

#include <algorithm>

#include "media/assignment.h"

namespace facet::quality {

Identity identity(const Sequence& sequence, double iou_min) {
    // Boxes on which each pair of identities overlaps. Leaving an identity unmatched costs all of its boxes, so the cheapest
    // matching is the one that shares the most boxes.
    std::vector<float> shared_boxes(sequence.truth_identities * sequence.found_identities, 0.0F);
    for (const Sequence::Frame& frame : sequence.frames)
        for (std::size_t row = 0; row < frame.truth.size(); ++row)
            for (std::size_t column = 0; column < frame.found.size(); ++column)
                if (frame.similarity_of(row, column) >= iou_min)
                    shared_boxes[frame.truth[row] * sequence.found_identities + frame.found[column]] -= 1;
    const std::vector<int> found_of = assign(shared_boxes, sequence.truth_identities, sequence.found_identities, 0);

    Identity result;
    for (std::size_t truth = 0; truth < found_of.size(); ++truth)
        if (found_of[truth] >= 0)
            result.matched += static_cast<std::size_t>(
                -shared_boxes[truth * sequence.found_identities + static_cast<std::size_t>(found_of[truth])]);
    result.missed = sequence.truth_boxes - result.matched;
    result.invented = sequence.found_boxes - result.matched;
    const auto matched = static_cast<double>(result.matched);
    result.recall = matched / std::max(1.0, static_cast<double>(sequence.truth_boxes));
    result.precision = matched / std::max(1.0, static_cast<double>(sequence.found_boxes));
    result.idf1 = matched / std::max(1.0, matched + 0.5 * static_cast<double>(result.missed + result.invented));
    return result;
}

}  // namespace facet::quality
