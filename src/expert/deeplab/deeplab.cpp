#include "expert/deeplab/deeplab.h"

#include "expert/semantic.h"
#include "model/label_set.h"

namespace facet::expert {

namespace deeplab {
namespace {

constexpr std::int64_t kVocClasses = 21;

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_semantic(facts, kDeeplab.name, kVocClasses);
    if (!manifest) return std::nullopt;
    manifest->input.pad = 127.5F;
    manifest->input.mean = {127.5F, 127.5F, 127.5F};
    manifest->input.scale = {1 / 127.5F, 1 / 127.5F, 1 / 127.5F};
    manifest->labels = *model::label_set("voc21");
    return manifest;
}

}  // namespace
}  // namespace deeplab

const FamilyInfo kDeeplab{.name = "deeplab",
                          .task = Task::segment,
                          .summary = "DeepLabv3 semantic segmentation (logits)",
                          .detects = false,
                          .create = create_semantic,
                          .recognise = deeplab::recognise};

}  // namespace facet::expert
