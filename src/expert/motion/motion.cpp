#include "expert/motion/motion.h"

#include <algorithm>
#include <cmath>

#include "expert/model_expert.h"
#include "expert/motion/detector.h"
#include "expert/outputs.h"
#include "model/label_set.h"

namespace facet::expert {

namespace motion {
namespace {

constexpr int kSideMax = 320;

/// Made at once, filled by the first frame: the size is known only then.
class Camera final : public State {
public:
    std::unique_ptr<Detector> detector;
};

class Motion final : public Expert {
public:
    Motion(std::vector<std::string> labels, Selection selection)
        : labels_(std::move(labels)), selection_(std::move(selection)) {}

    Task task() const override { return Task::detect; }
    std::span<const std::string> labels() const override { return labels_; }

    image::TensorSpec input(Size picture) const override {
        const double scale =
            std::min({1.0, static_cast<double>(kSideMax) / picture.width, static_cast<double>(kSideMax) / picture.height});
        image::TensorSpec spec;
        spec.type = ElementType::u8;
        spec.channels = image::Channels::gray;
        spec.fit = image::Fit::stretch;
        spec.size = {std::max(1, static_cast<int>(std::lround(picture.width * scale))),
                     std::max(1, static_cast<int>(std::lround(picture.height * scale)))};
        return spec;
    }

    std::unique_ptr<State> new_state() const override { return std::make_unique<Camera>(); }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext& context) const override {
        FACET_CHECK(check_count(outputs, 1));
        const TensorView& input = outputs[0];
        const Size size = context.placement.tensor;
        const Shape expected{1, 1, size.height, size.width};
        if (input.type != ElementType::u8 || input.shape != expected)
            return fail(ErrorCode::invalid_argument, "the input is {}{}, expected u8{}", name(input.type),
                        to_string(input.shape), to_string(expected));
        auto* camera = dynamic_cast<Camera*>(context.state);
        if (!camera) return fail(ErrorCode::invalid_argument, "motion needs the camera's state");
        if (!camera->detector || camera->detector->size() != size) camera->detector = std::make_unique<Detector>(size);
        std::vector<Candidate> candidates;
        for (const Blob& blob : camera->detector->step(input.values<std::uint8_t>(), context.t))
            if (blob.score >= selection_.threshold && selection_.keeps(0))
                candidates.push_back({.box = blob.box, .score = blob.score, .label = 0, .index = 0});
        suppress(candidates, selection_);
        return to_detections(candidates, context.placement);
    }

private:
    std::vector<std::string> labels_;
    Selection selection_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest&, const backend::ModelFacts&, const ExpertOptions& options) {
    auto labels = *model::label_set("motion");
    FACET_TRY(auto selection, make_selection(options, labels, "expert motion"));
    return std::make_unique<Motion>(std::move(labels), std::move(selection));
}

std::optional<model::Manifest> recognise(const backend::ModelFacts&) { return std::nullopt; }

}  // namespace
}  // namespace motion

const FamilyInfo kMotion{.name = "motion",
                         .task = Task::detect,
                         .summary = "moving blobs against a learned background, without a model",
                         .needs_model = false,
                         .create = motion::create,
                         .recognise = motion::recognise};

}  // namespace facet::expert
