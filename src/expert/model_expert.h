#pragma once
// ModelExpert: what all families with a network share. A family derives from it and adds decode().

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "expert/expert.h"
#include "media/suppress.h"

namespace facet::expert {

/// Which detections a decoder keeps, from ExpertOptions and the labels of the model.
struct Selection {
    float threshold = 0.3F;
    float iou_max = 0.5F;
    SuppressBy suppress_by = SuppressBy::label;
    std::size_t count_max = 300;
    std::vector<char> wanted;  ///< by label; empty = all

    bool keeps(int label) const { return wanted.empty() || wanted[static_cast<std::size_t>(label)] != 0; }
};

/// Errors name an unknown label, with the nearest one.
Result<Selection> make_selection(const ExpertOptions& options, std::span<const std::string> labels, std::string_view owner);

/// Suppression of candidates (boxes in tensor pixels), in place: what is left is what selection keeps, by falling score. A
/// score above 1, which no trained network gives, becomes 1.
void suppress(std::vector<Candidate>& candidates, const Selection& selection);

/// The kept candidates as detections in picture pixels; those that lie outside of the picture, or have a keypoint beyond
/// what a float holds, are left out. `finish(detection, candidate)` adds keypoints or a mask.
template <class Finish>
Detections to_detections(std::span<const Candidate> kept, const Placement& placement, Finish finish) {
    Detections detections;
    detections.items.reserve(kept.size());
    for (const Candidate& candidate : kept) {
        const Box box = placement.to_picture(candidate.box);
        if (!(box.area() > 0)) continue;
        Detection& detection = detections.items.emplace_back();
        detection.box = box;
        detection.label = candidate.label;
        detection.score = candidate.score;
        finish(detection, candidate);
        const bool is_finite = std::all_of(
            detection.keypoints.begin(), detection.keypoints.end(),
            [](const Keypoint& keypoint) { return std::isfinite(keypoint.point.x) && std::isfinite(keypoint.point.y); });
        if (!is_finite) detections.items.pop_back();
    }
    return detections;
}
inline Detections to_detections(std::span<const Candidate> kept, const Placement& placement) {
    return to_detections(kept, placement, [](Detection&, const Candidate&) {});
}

/// A manifest that agrees with its graph, and the user's options resolved against its labels.
struct ModelExpertParts {
    model::Manifest manifest;
    Selection selection;
};

/// Most classes that a graph may have; a damaged file may declare any number.
constexpr std::size_t kLabelsMax = std::size_t{1} << 20;

/// Checks what every family checks: one input of the manifest's type and shape, as many labels as `label_count` (0 = not
/// known by the graph; where the manifest has none, they are numbered), labels of the options known.
Result<ModelExpertParts> make_parts(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                    const ExpertOptions& options, std::size_t label_count);

/// The input for pictures of `picture`: the manifest's, cut to the picture's aspect where the manifest allows. What is cut
/// off is only padding: the content of the letterbox has the same scale and place, and each side is a multiple of the
/// stride.
image::TensorSpec fitted_input(const model::Manifest& manifest, Size picture);

class ModelExpert : public Expert {
public:
    explicit ModelExpert(ModelExpertParts parts)
        : manifest_(std::move(parts.manifest)), selection_(std::move(parts.selection)) {}
    std::span<const std::string> labels() const override { return manifest_.labels; }
    image::TensorSpec input(Size picture) const override { return fitted_input(manifest_, picture); }

protected:
    const model::Manifest& manifest() const { return manifest_; }
    const Selection& selection() const { return selection_; }

private:
    model::Manifest manifest_;
    Selection selection_;
};

/// What recognise() of a family starts from: nothing unless the graph has exactly one f32 input of four dimensions with
/// three channels in the given layout; then family, input size and layout are set. Dynamic sizes are not recognised.
std::optional<model::Manifest> recognise_input(const backend::ModelFacts& facts, std::string_view family,
                                               image::Layout layout);

}  // namespace facet::expert
