#include "expert/embedding/embedding.h"

#include <cmath>
#include <numeric>

#include "expert/outputs.h"

namespace facet::expert {

namespace embedding {

Result<Embedding> decode(std::span<const float> values, std::string_view output) {
    const double squares = std::inner_product(values.begin(), values.end(), values.begin(), 0.0, std::plus<>(),
                                              [](double a, double b) { return a * b; });
    if (!(squares > 0)) return fail(ErrorCode::corrupt, "output '{}' is a vector of no length", output);
    const double scale = 1 / std::sqrt(squares);  // of tiny values it is beyond what a float holds
    Embedding result{{values.begin(), values.end()}};
    for (float& value : result.values) value = static_cast<float>(value * scale);
    return result;
}

namespace {

class Embedder final : public ModelExpert {
public:
    Embedder(ModelExpertParts parts, OutputSpec output) : ModelExpert(std::move(parts)), output_(std::move(output)) {}

    Task task() const override { return Task::embed; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext&) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto values, read_output(outputs, output_));
        return embedding::decode(values, output_.name);
    }

private:
    OutputSpec output_;
};

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    FACET_TRY(auto output, expect_only_output(manifest, facts, {1, -1}));
    output.shape[1] = facts.outputs[0].shape[1];
    if (output.shape[1] <= 0)
        return fail(ErrorCode::invalid_argument,
                    "model '{}': output '{}' has the shape {}, but family embedding expects fixed dimensions", manifest.name,
                    output.name, to_string(facts.outputs[0].shape));
    FACET_TRY(auto parts, make_parts(manifest, facts, options, 0));
    return std::make_unique<Embedder>(std::move(parts), std::move(output));
}

constexpr Size kPersonCrop{128, 256};  // the crop of every common person re-identification network

/// NHWC: Open Model Zoo's networks, BGR 0..255. NCHW: torchreid's, RGB with ImageNet's mean and deviation.
std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kEmbedding.name, image::Layout::nhwc);
    const bool is_nhwc = manifest.has_value();
    if (!manifest) manifest = recognise_input(facts, kEmbedding.name, image::Layout::nchw);
    if (!manifest || manifest->input.size != kPersonCrop) return std::nullopt;
    if (facts.outputs.size() != 1 || !matches(facts.outputs[0].shape, {1, -1})) return std::nullopt;
    image::TensorSpec& input = manifest->input;
    input.fit = image::Fit::stretch;
    if (is_nhwc) {
        input.channels = image::Channels::bgr;
    } else {
        input.mean = {123.675F, 116.28F, 103.53F};
        input.scale = {1 / 58.395F, 1 / 57.12F, 1 / 57.375F};
    }
    return manifest;
}

}  // namespace
}  // namespace embedding

const FamilyInfo kEmbedding{.name = "embedding",
                            .task = Task::embed,
                            .summary = "re-identification vectors of persons",
                            .detects = false,
                            .create = embedding::create,
                            .recognise = embedding::recognise};

}  // namespace facet::expert
