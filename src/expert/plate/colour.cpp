// The family plate-colour: a classifier whose output is already a probability.
#include "expert/classification/classification.h"
#include "expert/outputs.h"
#include "expert/plate/plate.h"
#include "model/label_set.h"

namespace facet::expert {

namespace plate {
namespace {

constexpr Size kCrop{96, 96};
constexpr std::int64_t kColours = 3;

Result<std::unique_ptr<Expert>> create_colour(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                              const ExpertOptions& options) {
    model::Manifest complete = manifest;
    if (model::parameter(manifest, "activation", "").empty()) complete.parameters.emplace_back("activation", "none");
    return classification::create(complete, facts, options);
}

std::optional<model::Manifest> recognise_colour(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kPlateColour.name, image::Layout::nchw);
    if (!manifest || manifest->input.size != kCrop) return std::nullopt;
    if (facts.outputs.size() != 1 || !matches(facts.outputs[0].shape, {1, kColours})) return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->input.fit = image::Fit::stretch;
    manifest->input.scale = {1 / 255.0F, 1 / 255.0F, 1 / 255.0F};
    manifest->labels = *model::label_set("plate_colours");
    return manifest;
}

}  // namespace
}  // namespace plate

const FamilyInfo kPlateColour{.name = "plate-colour",
                              .task = Task::classify,
                              .summary = "the colour of a licence plate",
                              .detects = false,
                              .parameters = classification::kParameters,
                              .create = plate::create_colour,
                              .recognise = plate::recognise_colour};

}  // namespace facet::expert
