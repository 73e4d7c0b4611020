#include "expert/plate/plate.h"

#include "model/label_set.h"
#include "support.h"

namespace facet::expert {
namespace {

using tests::create;
using tests::detections_of;
using tests::expect_box;
using tests::facts;
using tests::Outputs;
using tests::plain_context;
using tests::port;

backend::ModelFacts plate_facts() { return facts({1, 3, 64, 64}, {port("output", {1, 252, 15})}); }

TEST(Plate, ARowBecomesAPlateWithCorners) {
    const auto expert = create(kPlate, plate_facts());
    Outputs outputs(plate_facts());
    const std::vector<float> row{30, 20, 16, 6, 0.9F, 22, 17, 38, 18, 38, 23, 22, 22, 0.2F, 0.8F};
    std::copy(row.begin(), row.end(), outputs[0].begin() + 15 * 251);
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {22, 17, 16, 6});
    EXPECT_NEAR(found.items[0].score, 0.72F, 1e-6);
    EXPECT_EQ(expert->labels()[static_cast<std::size_t>(found.items[0].label)], "two-row plate");
    ASSERT_EQ(found.items[0].keypoints.size(), 4U);
    EXPECT_EQ(found.items[0].keypoints[0].point, (Point{22, 17}));
    EXPECT_EQ(found.items[0].keypoints[2].point, (Point{38, 23}));
}

/// Logits in which step i says characters[i] for sure.
std::vector<float> logits_of(const std::vector<std::size_t>& characters, std::size_t count) {
    std::vector<float> logits(count * characters.size(), -20.0F);
    for (std::size_t step = 0; step < characters.size(); ++step) logits[characters[step] * characters.size() + step] = 20.0F;
    return logits;
}

TEST(PlateText, RepeatsAreMergedAndBlanksDropped) {
    const std::vector<std::string> characters{"A", "B", "京", "-"};
    const auto read = [&](const std::vector<std::size_t>& steps) {
        return plate::decode_text(logits_of(steps, 4), steps.size(), characters);
    };
    EXPECT_EQ(read({2, 2, 3, 0, 0, 1}).text, "京AB");
    EXPECT_EQ(read({0, 3, 0, 0}).text, "AA");  // a blank between keeps both
    EXPECT_EQ(read({0, 0, 0}).text, "A");
    EXPECT_EQ(read({3, 3, 3}).text, "");
    EXPECT_FLOAT_EQ(read({3, 3, 3}).score, 0);
    EXPECT_NEAR(read({0, 1}).score, 1, 1e-6);
}

TEST(PlateText, TheScoreIsTheMeanProbabilityOfTheCharacters) {
    const std::vector<std::string> characters{"A", "-"};
    const std::vector<float> logits{0, 20, 0, -20};  // step 0: both alike (the first wins); step 1: A for sure, a repeat
    EXPECT_NEAR(plate::decode_text(logits, 2, characters).score, 0.5F, 1e-6);
}

backend::ModelFacts text_facts() { return facts({1, 3, 24, 94}, {port("logits", {1, 68, 18})}); }
backend::ModelFacts colour_facts() { return facts({1, 3, 96, 96}, {port("output", {1, 3})}); }

TEST(PlateText, AnExpertReadsWithTheManifestsCharacters) {
    const auto expert = create(kPlateText, text_facts());
    Outputs outputs(text_facts());
    std::vector<std::size_t> steps(18, 67);
    steps[0] = 0;
    steps[5] = 31;
    const auto logits = logits_of(steps, 68);
    std::copy(logits.begin(), logits.end(), outputs[0].begin());
    const auto content = expert->decode(outputs.views(), plain_context({94, 24}));
    ASSERT_TRUE(content.has_value());
    EXPECT_EQ(std::get<Text>(*content).text, "京0");
}

TEST(PlateColour, TheProbabilityIsTakenAsItIs) {
    const auto expert = create(kPlateColour, colour_facts());
    Outputs outputs(colour_facts());
    outputs[0][1] = 0.75F;
    outputs[0][2] = 0.25F;
    const auto content = expert->decode(outputs.views(), plain_context({96, 96}));
    ASSERT_TRUE(content.has_value());
    const auto& top = std::get<Classification>(*content).top;
    ASSERT_EQ(top.size(), 3U);
    EXPECT_EQ(expert->labels()[static_cast<std::size_t>(top[0].label)], "green");
    EXPECT_FLOAT_EQ(top[0].score, 0.75F);
}

}  // namespace
}  // namespace facet::expert
