#include "expert/classification/classification.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.h"
#include "expert/outputs.h"

namespace facet::expert {

namespace classification {

Classification decode(std::span<const float> values, Activation activation, std::size_t count, const Selection& selection) {
    std::vector<int> order(values.size());
    std::iota(order.begin(), order.end(), 0);
    std::erase_if(order, [&](int label) { return !selection.keeps(label); });
    const std::size_t kept = std::min(count, order.size());
    const auto value = [&](int label) { return values[static_cast<std::size_t>(label)]; };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                      [&](int a, int b) { return value(a) != value(b) ? value(a) > value(b) : a < b; });
    float largest = 0;
    float sum = 1;
    if (activation == Activation::softmax) {
        largest = *std::max_element(values.begin(), values.end());
        sum = std::accumulate(values.begin(), values.end(), 0.0F,
                              [&](float total, float logit) { return total + std::exp(logit - largest); });
    }
    Classification result;
    for (std::size_t i = 0; i < kept; ++i) {
        const float score = activation == Activation::softmax ? std::exp(value(order[i]) - largest) / sum
                                                              : std::clamp(value(order[i]), 0.0F, 1.0F);
        result.top.push_back({order[i], score});
    }
    return result;
}

namespace {

constexpr long long kTopDefault = 5;

class Classifier final : public ModelExpert {
public:
    Classifier(ModelExpertParts parts, OutputSpec output, Activation activation, std::size_t top)
        : ModelExpert(std::move(parts)), output_(std::move(output)), activation_(activation), top_(top) {}

    Task task() const override { return Task::classify; }

    Result<ObservationContent> decode(std::span<const TensorView> outputs, const DecodeContext&) const override {
        FACET_CHECK(check_count(outputs, 1));
        FACET_TRY(const auto values, read_output(outputs, output_));
        return classification::decode(values, activation_, top_, selection());
    }

private:
    OutputSpec output_;
    Activation activation_;
    std::size_t top_;
};

constexpr std::int64_t kImagenetClasses = 1000;

std::optional<model::Manifest> recognise(const backend::ModelFacts& facts) {
    auto manifest = recognise_input(facts, kClassification.name, image::Layout::nchw);
    if (!manifest || facts.outputs.size() != 1 || !matches(facts.outputs[0].shape, {1, kImagenetClasses}))
        return std::nullopt;
    image::TensorSpec& input = manifest->input;
    input.fit = image::Fit::crop_centred;
    input.short_side = std::max(input.size.width, input.size.height) * 256 / 224;  // torchvision's evaluation transform
    input.mean = {123.675F, 116.28F, 103.53F};
    input.scale = {1 / 58.395F, 1 / 57.12F, 1 / 57.375F};
    return manifest;
}

}  // namespace

Result<std::unique_ptr<Expert>> create(const model::Manifest& manifest, const backend::ModelFacts& facts,
                                       const ExpertOptions& options) {
    FACET_TRY(auto output, expect_only_output(manifest, facts, {1, -1}));
    output.shape[1] = facts.outputs[0].shape[1];
    if (output.shape[1] <= 0)
        return fail(ErrorCode::invalid_argument,
                    "model '{}': output '{}' has the shape {}, but family {} expects fixed classes", manifest.name,
                    output.name, to_string(facts.outputs[0].shape), manifest.family);
    FACET_TRY(auto parts, make_parts(manifest, facts, options, static_cast<std::size_t>(output.shape[1])));
    const auto activation = model::parameter(manifest, "activation", "softmax");
    if (activation != "softmax" && activation != "none")
        return fail(ErrorCode::invalid_argument, "model '{}': parameter activation is '{}', expected softmax or none",
                    manifest.name, activation);
    const auto top_text = model::parameter(manifest, "top", "");
    const auto top = top_text.empty() ? kTopDefault : parse_integer(top_text).value_or(0);
    if (top < 1)
        return fail(ErrorCode::invalid_argument, "model '{}': parameter top is '{}', expected a whole number > 0",
                    manifest.name, top_text);
    return std::make_unique<Classifier>(std::move(parts), std::move(output),
                                        activation == "none" ? Activation::none : Activation::softmax,
                                        static_cast<std::size_t>(top));
}

}  // namespace classification

const FamilyInfo kClassification{.name = "classification",
                                 .task = Task::classify,
                                 .summary = "one class for a picture or crop",
                                 .detects = false,
                                 .parameters = classification::kParameters,
                                 .create = classification::create,
                                 .recognise = classification::recognise};

}  // namespace facet::expert
