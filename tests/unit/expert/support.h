#pragma once
// What the tests of families share: made-up graphs and outputs.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
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

/// What every family must refuse: too few and too many outputs, wrong type, wrong shape, values that are not finite in any
/// output; and what it must take: outputs of all zeros.
inline void expect_outputs_checked(const expert::Expert& expert, const backend::ModelFacts& facts, Size tensor) {
    const auto context = plain_context(tensor);
    Outputs outputs(facts);
    auto views = outputs.views();
    views.pop_back();
    EXPECT_FALSE(expert.decode(views, context).has_value());
    EXPECT_FALSE(expert.decode({}, context).has_value());
    views = outputs.views();
    views.push_back(views[0]);
    EXPECT_FALSE(expert.decode(views, context).has_value());
    for (std::size_t i = 0; i < outputs.count(); ++i) {
        const std::string& name = facts.outputs[i].name;
        views = outputs.views();
        views[i].type = ElementType::i32;
        auto wrong = expert.decode(views, context);
        ASSERT_FALSE(wrong.has_value());
        EXPECT_THAT(wrong.error().message, testing::HasSubstr("'" + name + "' is i32"));
        views = outputs.views();
        views[i].shape.back() += 1;
        wrong = expert.decode(views, context);
        ASSERT_FALSE(wrong.has_value());
        EXPECT_THAT(wrong.error().message, testing::HasSubstr("'" + name + "' has the shape"));
        for (const float value : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
            for (const std::size_t position : {std::size_t{0}, outputs[i].size() / 2, outputs[i].size() - 1}) {
                const float before = std::exchange(outputs[i][position], value);
                wrong = expert.decode(outputs.views(), context);
                ASSERT_FALSE(wrong.has_value()) << name << " at " << position;
                EXPECT_EQ(wrong.error().code, ErrorCode::corrupt);
                EXPECT_THAT(wrong.error().message, testing::HasSubstr("output '" + name + "' has the value"));
                outputs[i][position] = before;
            }
        }
    }
}

/// That a family refuses a manifest that does not agree with the graph: input, labels, outputs.
inline void expect_manifest_checked(const expert::FamilyInfo& family, const backend::ModelFacts& facts,
                                    bool has_labels = true) {
    const auto manifest = family.recognise(facts);
    ASSERT_TRUE(manifest.has_value());
    const auto refused = [&](const model::Manifest& changed, const backend::ModelFacts& graph, const std::string& word) {
        const auto created = family.create(changed, graph, {});
        ASSERT_FALSE(created.has_value()) << word;
        EXPECT_EQ(created.error().code, ErrorCode::invalid_argument);
        EXPECT_THAT(created.error().message, testing::HasSubstr(word));
    };
    model::Manifest other_size = *manifest;
    other_size.input.size = {manifest->input.size.width * 2, manifest->input.size.height * 2};
    refused(other_size, facts, "model '");
    model::Manifest other_layout = *manifest;
    other_layout.input.layout = manifest->input.layout == image::Layout::nchw ? image::Layout::nhwc : image::Layout::nchw;
    refused(other_layout, facts, "but the manifest says");
    if (has_labels) {
        model::Manifest other_labels = *manifest;
        other_labels.labels.resize(manifest->labels.size() + 2, "more");
        refused(other_labels, facts, "model '");
    }
    backend::ModelFacts no_output = facts;
    no_output.outputs.clear();
    refused(*manifest, no_output, "outputs");
    backend::ModelFacts integer_output = facts;
    for (auto& output : integer_output.outputs) output.type = ElementType::i64;
    refused(*manifest, integer_output, "i64");
    const auto unknown_label = family.create(*manifest, facts, {.labels = {"no such thing"}});
    ASSERT_FALSE(unknown_label.has_value());
    EXPECT_THAT(unknown_label.error().message, testing::HasSubstr("no such thing"));
}

}  // namespace facet::tests
