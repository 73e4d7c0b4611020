#pragma once
// Sequence: true and found identities of one video, frame by frame, as all tracking measures want them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace facet::quality {

/// One row of MOTChallenge text: a box of one identity on one frame. Double precision, because decisions at IoU 0.5 are
/// compared with other tools.
struct MotRow {
    int frame = 0;  ///< from 1
    std::int64_t id = 0;
    double left = 0;  ///< pixels
    double top = 0;
    double width = 0;
    double height = 0;
    double confidence = 1;   ///< column 7; in truth, 0 = does not count
    int label = -1;          ///< column 8; -1 where there is none
    double visibility = -1;  ///< column 9; -1 where there is none
};

/// Intersection over union of two rows' boxes.
double overlap(const MotRow& a, const MotRow& b);

/// Identities are counted 0, 1 ... in the order of their first appearance; `similarity` is IoU in [0, 1].
struct Sequence {
    struct Frame {
        std::vector<std::size_t> truth;  ///< identities that truly are there
        std::vector<std::size_t> found;
        std::vector<double> similarity;  ///< truth.size() * found.size(), row by row

        double similarity_of(std::size_t truth_row, std::size_t found_column) const {
            return similarity[truth_row * found.size() + found_column];
        }
    };
    std::vector<Frame> frames;  ///< only those on which truth or something found stands, in order
    std::size_t truth_identities = 0;
    std::size_t found_identities = 0;
    std::size_t truth_boxes = 0;
    std::size_t found_boxes = 0;
};

/// Joins two lists of rows, each in any order. An identity that stands twice on one frame is an Error that names both.
Result<Sequence> make_sequence(std::span<const MotRow> truth, std::span<const MotRow> found);

}  // namespace facet::quality
