#include "expert/road_segmentation/road_segmentation.h"

#include "expert/semantic.h"
#include "model/label_set.h"

namespace facet::expert {

namespace road_segmentation {
namespace {

constexpr std::int64_t kRoadClasses = 4;

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_semantic(facts, kRoadSegmentation.name, kRoadClasses);
    if (!manifest) return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->input.fit = image::Fit::stretch;
    manifest->labels = *model::label_set("road4");
    return manifest;
}

}  // namespace
}  // namespace road_segmentation

const FamilyInfo kRoadSegmentation{.name = "road-segmentation",
                                   .task = Task::segment,
                                   .summary = "road, curb and lane marks (softmax)",
                                   .detects = false,
                                   .create = create_semantic,
                                   .recognise = road_segmentation::recognise};

}  // namespace facet::expert
