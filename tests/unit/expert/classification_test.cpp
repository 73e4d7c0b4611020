#include "expert/classification/classification.h"

#include <cmath>
#include <numeric>

#include "expert/embedding/embedding.h"
#include "support.h"

namespace facet::expert {
namespace {

using tests::create;
using tests::facts;
using tests::Outputs;
using tests::plain_context;
using tests::port;

TEST(Classification, SoftmaxGivesProbabilitiesInOrder) {
    const std::vector<float> logits{1, 3, 2, 3};
    const auto result = classification::decode(logits, classification::Activation::softmax, 3, {});
    ASSERT_EQ(result.top.size(), 3U);
    EXPECT_EQ(result.top[0].label, 1);  // equal ones by index
    EXPECT_EQ(result.top[1].label, 3);
    EXPECT_EQ(result.top[2].label, 2);
    const double sum = std::exp(1.0) + 2 * std::exp(3.0) + std::exp(2.0);
    EXPECT_NEAR(result.top[0].score, std::exp(3.0) / sum, 1e-6);
}

TEST(Classification, LogitsOfAnySizeStayProbabilities) {
    const std::vector<float> logits{1e30F, -1e30F};
    const auto result = classification::decode(logits, classification::Activation::softmax, 5, {});
    ASSERT_EQ(result.top.size(), 2U);
    EXPECT_FLOAT_EQ(result.top[0].score, 1);
    EXPECT_FLOAT_EQ(result.top[1].score, 0);
}

TEST(Classification, LabelsFilterButDoNotChangeProbabilities) {
    Selection selection;
    selection.wanted = {1, 0, 0};
    const std::vector<float> values{0.2F, 0.5F, 0.3F};
    const auto result = classification::decode(values, classification::Activation::none, 5, selection);
    ASSERT_EQ(result.top.size(), 1U);
    EXPECT_EQ(result.top[0].label, 0);
    EXPECT_FLOAT_EQ(result.top[0].score, 0.2F);
}

backend::ModelFacts classifier_facts() { return facts({1, 3, 224, 224}, {port("output", {1, 1000})}); }

TEST(Classification, WithoutNamesClassesAreNumbered) {
    const auto expert = create(kClassification, classifier_facts());
    EXPECT_EQ(expert->labels()[7], "class 7");
    EXPECT_EQ(expert->input({640, 480}).short_side, 256);
}

TEST(Classification, ParametersAreChecked) {
    auto manifest = *kClassification.recognise(classifier_facts());
    manifest.parameters = {{"top", "0"}};
    EXPECT_THAT(kClassification.create(manifest, classifier_facts(), {}).error().message, testing::HasSubstr("top is '0'"));
    manifest.parameters = {{"activation", "relu"}};
    EXPECT_THAT(kClassification.create(manifest, classifier_facts(), {}).error().message, testing::HasSubstr("'relu'"));
    manifest.parameters = {{"top", "2"}};
    const auto expert = kClassification.create(manifest, classifier_facts(), {});
    ASSERT_TRUE(expert.has_value());
    const Outputs outputs(classifier_facts());
    EXPECT_EQ(std::get<Classification>(*(*expert)->decode(outputs.views(), plain_context({224, 224}))).top.size(), 2U);
}

backend::ModelFacts embedder_facts() { return facts({-1, 3, 256, 128}, {port("output", {-1, 4})}); }

TEST(Embedding, VectorsHaveUnitLength) {
    const std::vector<float> values{3, 0, -4, 0};
    const auto result = embedding::decode(values, "output");
    ASSERT_TRUE(result.has_value());
    EXPECT_EQ(result->values, (std::vector<float>{0.6F, 0, -0.8F, 0}));
    EXPECT_THAT(embedding::decode(std::vector<float>(4, 0.0F), "output").error().message, testing::HasSubstr("no length"));
    const std::vector<float> huge(4, 1e30F);  // squares beyond f32
    EXPECT_NEAR(embedding::decode(huge, "output")->values[0], 0.5F, 1e-6);
}

TEST(Embedding, ADynamicBatchIsTakenAsOne) {
    const auto expert = create(kEmbedding, embedder_facts());
    Outputs outputs(facts({1, 3, 256, 128}, {port("output", {1, 4})}));
    outputs[0][2] = 5;
    const auto content = expert->decode(outputs.views(), plain_context({128, 256}));
    ASSERT_TRUE(content.has_value()) << content.error().message;
    EXPECT_FLOAT_EQ(std::get<Embedding>(*content).values[2], 1);
    EXPECT_EQ(expert->input({30, 60}).size, (Size{128, 256}));
}

}  // namespace
}  // namespace facet::expert
