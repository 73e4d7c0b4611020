#pragma once
// Average precision of detections and of poses, as COCO defines it.
//
// Source: the evaluation of "Microsoft COCO: Common Objects in Context" (Lin et al., ECCV 2014) as carried out by
// pycocotools' COCOeval (area range "all"); tests/interop/quality_coco.py compares the two. For each picture and class the
// found objects, by falling score, each take the free truth of the highest similarity that reaches the threshold. Over
// all pictures these decisions, by falling score, give precision against recall; precision is made to never rise with recall
// and read at the 101 recalls 0, 0.01 ... 1; their mean is the class's AP. The mean over classes that have truth is the AP.
//
//   std::vector<PictureMatches> matches;
//   for (const ScoredPicture& picture : pictures) matches.push_back(match_boxes(picture));
//   const double ap50 = average_precision(matches).ap50;

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "media/observation.h"

namespace facet::quality {

/// One object that truly is in a picture.
struct TruthObject {
    Box box;  ///< picture pixels
    int label = 0;
    bool crowd = false;    ///< a region of many objects: it takes any number of found ones, and none of them counts
    bool ignored = false;  ///< neither finding nor missing it counts
    std::vector<Keypoint> keypoints;  ///< picture pixels; visibility 0 = not labelled. For poses only
    double area = 0;                  ///< of its silhouette, square pixels: the scale of pose errors; 0 = unknown
};

/// What is in a picture and what was found in it. Labels of both count in the same numbers.
struct ScoredPicture {
    std::vector<TruthObject> truth;
    std::vector<Detection> found;  ///< in any order; equal scores keep their order
};

/// The similarities at which a found object may take a truth: 0.5, 0.55 ... 0.95.
inline constexpr std::size_t kThresholdCount = 10;
const std::array<double, kThresholdCount>& similarity_thresholds();

/// The decisions of one class in one picture: all that AP needs of it, so that resampling pictures costs no matching.
struct ClassMatches {
    struct Found {
        float score = 0;
        std::uint16_t matched = 0;  ///< bit i: has taken a truth at threshold i
        std::uint16_t ignored = 0;  ///< bit i: does not count at threshold i
    };
    int label = 0;
    std::size_t truth_count = 0;  ///< that counts
    std::vector<Found> found;     ///< by falling score
};
struct PictureMatches {
    std::vector<ClassMatches> classes;  ///< by rising label
};

/// Matches boxes by IoU; against a crowd, by the share of the found box that lies in it. The best `found_max` of each class
/// take part (COCO: 100).
PictureMatches match_boxes(const ScoredPicture& picture, std::size_t found_max = 100);

/// Spread of COCO's annotators at each of its 17 keypoints, relative to the object's size (COCO's "sigmas").
std::span<const double> coco_keypoint_spreads();

/// Object keypoint similarity in [0, 1]: the mean over labelled keypoints of exp(-d^2 / (2 * area * (2 * spread)^2)). An
/// unknown area is taken as 0.53 of the box, the share that people fill on average. Where no keypoint is labelled, d is how
/// far each found one lies outside of the box grown by its own size on every side. 0 where `found` has another number of
/// keypoints.
double keypoint_similarity(const TruthObject& truth, std::span<const Keypoint> found, std::span<const double> spreads);

/// Matches poses by keypoint similarity. Truth without labelled keypoints does not count, nor do poses that take it. COCO:
/// the best 20.
PictureMatches match_keypoints(const ScoredPicture& picture, std::span<const double> spreads, std::size_t found_max = 20);

struct AveragePrecision {
    struct Class {
        double ap50 = 0;
        double ap50_95 = 0;
        std::size_t truth_count = 0;
    };
    double ap50 = 0;
    double ap75 = 0;
    double ap50_95 = 0;            ///< mean over the thresholds
    double recall = 0;             ///< largest recall, mean over thresholds and classes (COCO: AR at 100)
    std::map<int, Class> classes;  ///< of classes that have truth
};

/// Over all pictures; all zero where there is no truth.
AveragePrecision average_precision(std::span<const PictureMatches> pictures);
/// Over the pictures at `selection`, each as often as it stands there (for intervals by resampling).
AveragePrecision average_precision(std::span<const PictureMatches> pictures, std::span<const std::size_t> selection);

}  // namespace facet::quality
