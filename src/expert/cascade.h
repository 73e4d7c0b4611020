#pragma once
// Cascade: crops of one expert's detections feed another expert (vehicle -> plate -> text; person -> embedding). This is the
// pure part: which detections trigger, what is cut out, and how results attach. The engine runs the experts.
//
//   experts:
//     - {name: vehicles, model: yolox-nano, labels: [car, bus, truck]}
//     - {name: plates, model: plate-y5fu, of: vehicles, margin: 0.05}
//     - {name: plate-text, model: lprnet, of: plates}
//
//   for (const Crop& crop : find_crops(vehicles, labels, config, Task::plate, picture.size)) {
//       FACET_CHECK(crop.corners ? runner->prepare(picture, *crop.corners) : runner->prepare(picture, crop.region));
//       FACET_CHECK(runner->infer());
//       FACET_TRY(auto content, runner->decode(t, nullptr));
//       attach(vehicles.items[crop.detection], config, Task::plate, runner->expert().labels(), content);
//   }

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "expert/expert.h"
#include "expert/options.h"
#include "media/observation.h"

namespace facet::expert {

/// What one detection gives to the next expert.
struct Crop {
    std::size_t detection = 0;  ///< index of the detection
    Box region;                 ///< picture pixels, inside the picture, the margin added
    std::optional<std::array<Point, 4>>
        corners;  ///< to be rectified instead: left top, right top, right bottom, left bottom
};

/// The crops of `parents`, by falling score, at most child.crops_max: detections whose label is in child.of_labels (all
/// where it is empty) and whose region has at least 2 pixels each way. Where a detection has four keypoints (the corners of
/// a plate) and the child reads or classifies, it is rectified; the margin then moves the corners away from their middle.
std::vector<Crop> find_crops(const Detections& parents, std::span<const std::string> parent_labels,
                             const ExpertConfig& child, Task child_task, Size picture);

/// Adds what `child` says about a detection to it:
///   Classification  its best class, as an attribute {child's name, label, score};
///   Text            the attribute {child's name, text, score}, unless empty or below child's threshold;
///   Embedding       the detection's embedding;
///   Detections      the best one as an attribute {child's name, label, score}, with the attributes that it has itself
///                   (a plate's text thereby reaches the vehicle), and its keypoints where the parent has none and the child
///                   is a pose or face expert;
///   Score           the attribute {child's name, "", value}.
/// Maps are of whole pictures and are not attached.
void attach(Detection& detection, const ExpertConfig& child, Task child_task, std::span<const std::string> child_labels,
            const ObservationContent& content);

/// Names used twice, `of` that names no expert (with the nearest one) or leads back to itself.
Status check_cascades(std::span<const ExpertConfig> experts);

/// That `parent` gives detections and has the labels that trigger `child`.
Status check_cascade(const ExpertConfig& child, const ExpertConfig& parent, const FamilyInfo& parent_family,
                     std::span<const std::string> parent_labels);

}  // namespace facet::expert
