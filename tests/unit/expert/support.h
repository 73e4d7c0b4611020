#pragma once
// What the tests of families share: made-up graphs and outputs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "expert/expert.h"
#include "expert/model_expert.h"

namespace facet::tests {

inline backend::Port port(std::string name, Shape shape) { return {std::move(name), ElementType::f32, std::move(shape)}; }

inline backend::ModelFacts facts(Shape input, std::vector<backend::Port> outputs) {
    backend::ModelFacts facts;
    facts.inputs = {port("input", std::move(input))};
    facts.outputs = std::move(outputs);
    return facts;
}

/// Outputs of a graph, all zero, to be filled in.
class Outputs {
public:
    explicit Outputs(const backend::ModelFacts& facts) {
        for (const auto& declared : facts.outputs) tensors_.emplace_back(ElementType::f32, declared.shape);
    }
    std::span<float> operator[](std::size_t index) { return tensors_[index].values<float>(); }
    std::vector<TensorView> views() const {
        std::vector<TensorView> views;
        for (const Tensor& tensor : tensors_) views.push_back(tensor.view());
        return views;
    }
    std::size_t count() const { return tensors_.size(); }

private:
    std::vector<Tensor> tensors_;
};

/// A context whose tensor is the whole picture, pixel for pixel.
inline expert::DecodeContext plain_context(Size tensor) {
    expert::DecodeContext context;
    context.placement.tensor = tensor;
    context.placement.picture = tensor;
    return context;
}

inline Detections detections_of(const Result<ObservationContent>& content) {
    EXPECT_TRUE(content.has_value()) << (content ? "" : content.error().message);
    return content ? std::get<Detections>(*content) : Detections{};
}

inline void expect_box(const Box& box, const Box& expected, float tolerance = 0.01F) {
    EXPECT_NEAR(box.x, expected.x, tolerance);
    EXPECT_NEAR(box.y, expected.y, tolerance);
    EXPECT_NEAR(box.width, expected.width, tolerance);
    EXPECT_NEAR(box.height, expected.height, tolerance);
}

/// A family with its graph and a manifest of its own making.
inline std::unique_ptr<expert::Expert> create(const expert::FamilyInfo& family, const backend::ModelFacts& facts,
                                              expert::ExpertOptions options = {}) {
    const auto manifest = family.recognise(facts);
    EXPECT_TRUE(manifest.has_value()) << family.name;
    if (!manifest) return nullptr;
    auto created = family.create(*manifest, facts, options);
    EXPECT_TRUE(created.has_value()) << (created ? "" : created.error().message);
    return created ? std::move(*created) : nullptr;
}

}  // namespace facet::tests
