#pragma once
// Parity: proofs that shortcuts lose nothing. Each compares two ways to the same result on the same pictures.

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "expert/runner.h"
#include "media/picture.h"

namespace facet::expert {

/// How far two results of one expert on one picture agree, and how much there was to compare.
struct Agreement {
    double agreed = 0;
    double compared = 0;
    double share() const { return compared > 0 ? agreed / compared : 1; }
};

/// Detections: the share of boxes of both with a score of at least `score_min` for which the other has one of the same label
/// with an IoU of at least `iou_min`, whatever its score (a score that trembles at the threshold is no disagreement).
/// Maps: cells of one class. Classes: the best one is the same. Text: equal. Embeddings: their cosine. Scores: 1 - the
/// difference. Results of different types do not agree.
Agreement compare(const ObservationContent& a, const ObservationContent& b, double iou_min, float score_min = 0);

struct ParityCheck {
    std::string name;      ///< "image", "aspect", "precision", "repeat"
    std::string compared;  ///< what with what, for people
    double value = 0;      ///< share that agrees; for "image" the largest difference
    double limit = 0;      ///< of `value`
    bool passed = false;
    double count = 0;  ///< boxes, cells, values ... that were compared
};

/// Runs, on every picture:
///   image      the fast image work against the plain reference (largest difference, relative to the tensor's range);
///   aspect     where the input follows the aspect: the cut input against the whole one, in f32, boxes of IoU 0.9;
///   precision  `chosen` against f32, boxes of IoU 0.8 (where they differ);
///   repeat     the same input twice: every output byte is the same.
/// Boxes with a score of at least `score_min` have to be found again; the expert is best loaded with a lower threshold.
/// Errors are those of loading and running; a check that does not hold is no Error.
Result<std::vector<ParityCheck>> check_parity(const std::shared_ptr<const LoadedExpert>& loaded,
                                              std::span<const Picture> pictures, const backend::SessionOptions& chosen,
                                              float score_min);

}  // namespace facet::expert
