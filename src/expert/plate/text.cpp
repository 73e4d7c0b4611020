// The family plate-text: what a licence plate says.
#include <algorithm>
#include <cmath>

#include "expert/outputs.h"
#include "expert/plate/plate.h"
#include "model/label_set.h"

namespace facet::expert {

namespace plate {

Text decode_text(std::span<const float> logits, std::size_t steps, std::span<const std::string> characters) {
    FACET_ASSERT(logits.size() == steps * characters.size() && !characters.empty());
    const std::size_t blank = characters.size() - 1;
    Text text;
    float probabilities = 0;
    int count = 0;
    std::size_t previous = blank;
    for (std::size_t step = 0; step < steps; ++step) {
        const auto logit = [&](std::size_t character) { return logits[character * steps + step]; };
        std::size_t best = 0;
        for (std::size_t character = 1; character < characters.size(); ++character)
            if (logit(character) > logit(best)) best = character;
        if (best != blank && best != previous) {
            float sum = 0;
            for (std::size_t character = 0; character < characters.size(); ++character)
                sum += std::exp(logit(character) - logit(best));
            text.text += characters[best];
            probabilities += 1 / sum;
            ++count;
        }
        previous = best;
    }
    if (count > 0) text.score = probabilities / static_cast<float>(count);
    return text;
}

namespace {

class PlateText final : public ModelExpert {
public:
    PlateText(ModelExpertParts parts, OutputSpec output) : ModelExpert(std::move(parts)), output_(std::move(output)) {}

    Task task() const override { return Task::read; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext&) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto logits, read_output(outputs, output_));
        return decode_text(logits, static_cast<std::size_t>(output_.shape[2]), labels());
    }

private:
    OutputSpec output_;
};

Result<std::unique_ptr<Expert>> create_text(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                            const ExpertOptions& options) {
    FACET_TRY(auto output, expect_only_output(manifest, facts, {1, -1, -1}));
    output.shape = facts.outputs[0].shape;
    output.shape[0] = 1;
    if (output.shape[1] < 2 || output.shape[2] < 1)
        return fail(ErrorCode::invalid_argument,
                    "model '{}': output '{}' has the shape {}, but family plate-text expects [1, characters, steps]",
                    manifest.name, output.name, to_string(facts.outputs[0].shape));
    if (manifest.labels.empty())
        return fail(ErrorCode::invalid_argument, "model '{}': the manifest has no labels, but text needs its {} characters",
                    manifest.name, output.shape[1]);
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(output.shape[1])));
    return std::make_unique<PlateText>(std::move(parts), std::move(output));
}

constexpr Size kPlate{94, 24};

std::optional<model::Manifest> recognise_text(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kPlateText.name, image::Layout::nchw);
    auto characters = *model::label_set("lprnet68");
    if (!manifest || manifest->input.size != kPlate || facts.outputs.size() != 1) return std::nullopt;
    if (!matches(facts.outputs[0].shape, {1, static_cast<std::int64_t>(characters.size()), -1})) return std::nullopt;
    manifest->input.channels = image::Channels::bgr;
    manifest->input.fit = image::Fit::stretch;
    manifest->input.mean = {127.5F, 127.5F, 127.5F};
    manifest->input.scale = {1 / 128.0F, 1 / 128.0F, 1 / 128.0F};
    manifest->labels = std::move(characters);
    return manifest;
}

}  // namespace
}  // namespace plate

const FamilyInfo kPlateText{.name = "plate-text",
                            .task = Task::read,
                            .summary = "the text of a licence plate (LPRNet, greedy CTC)",
                            .detects = false,
                            .create = plate::create_text,
                            .recognise = plate::recognise_text};

}  // namespace facet::expert
