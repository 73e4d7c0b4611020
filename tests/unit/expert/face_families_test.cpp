// ultraface, yunet, blazeface: faces from priors and anchors.
#include <cmath>

#include "expert/blazeface/blazeface.h"
#include "expert/ultraface/ultraface.h"
#include "expert/yunet/yunet.h"
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

TEST(Priors, AreAsManyAsTheNetworksGive) {
    EXPECT_EQ(ultraface::priors({320, 240}).size(), 4420U);
    EXPECT_EQ(yunet::priors({160, 120}).size(), 1076U);
    EXPECT_EQ(blazeface::anchors({128, 128}).size(), 896U);
}

TEST(Priors, LieInTheMiddleOfTheirCells) {
    const auto priors = ultraface::priors({320, 240});
    EXPECT_EQ(priors[0].centre, (Point{4, 4}));
    EXPECT_FLOAT_EQ(priors[0].width, 10);
    EXPECT_FLOAT_EQ(priors[2].width, 24);
    EXPECT_EQ(priors[3].centre, (Point{12, 4}));
    EXPECT_EQ(priors[40 * 3].centre, (Point{4, 12}));
    EXPECT_EQ(priors[3600].centre, (Point{8, 8}));  // the first of stride 16
    // The last of stride 64 is clipped: its cell reaches below the picture.
    EXPECT_EQ(priors.back().centre, (Point{288, 224}));
    EXPECT_FLOAT_EQ(priors.back().height, 240);
    const auto anchors = blazeface::anchors({128, 128});
    EXPECT_EQ(anchors[0], anchors[1]);
    EXPECT_EQ(anchors[2], (Point{12, 4}));
    EXPECT_EQ(anchors[512], (Point{8, 8}));
    EXPECT_EQ(anchors[517], (Point{8, 8}));
    EXPECT_EQ(anchors[518], (Point{24, 8}));
}

backend::ModelFacts ultraface_facts(bool decoded) {
    auto graph = facts({1, 3, 240, 320}, {port("scores", {1, 4420, 2}), port("boxes", {1, 4420, 4})});
    graph.operators = decoded ? std::vector<std::string>{"Conv", "Exp"} : std::vector<std::string>{"Conv"};
    return graph;
}

TEST(Ultraface, BothFormsGiveTheSameBox) {
    Outputs decoded(ultraface_facts(true));
    decoded[0][2 * 3603 + 1] = 0.9F;
    const std::vector<float> corners{0.1F, 0.2F, 0.3F, 0.4F};
    std::copy(corners.begin(), corners.end(), decoded[1].begin() + 4 * 3603);
    const Box expected = Box::from_corners(32, 48, 96, 96);
    const auto first =
        detections_of(create(kUltraface, ultraface_facts(true))->decode(decoded.views(), plain_context({320, 240})));
    ASSERT_EQ(first.items.size(), 1U);
    expect_box(first.items[0].box, expected);

    Outputs offsets(ultraface_facts(false));
    const Prior prior = ultraface::priors({320, 240})[3603];
    offsets[0][2 * 3603 + 1] = 0.9F;
    const std::vector<float> values{(expected.centre().x - prior.centre.x) / prior.width / 0.1F,
                                    (expected.centre().y - prior.centre.y) / prior.height / 0.1F,
                                    std::log(expected.width / prior.width) / 0.2F,
                                    std::log(expected.height / prior.height) / 0.2F};
    std::copy(values.begin(), values.end(), offsets[1].begin() + 4 * 3603);
    const auto second =
        detections_of(create(kUltraface, ultraface_facts(false))->decode(offsets.views(), plain_context({320, 240})));
    ASSERT_EQ(second.items.size(), 1U);
    expect_box(second.items[0].box, expected, 0.05F);
}

TEST(Ultraface, AFormThatIsNotTheGraphsIsRefused) {
    auto manifest = *kUltraface.recognise(ultraface_facts(true));
    manifest.parameters = {{"boxes", "offsets"}};
    const auto created = kUltraface.create(manifest, ultraface_facts(true), {});
    ASSERT_FALSE(created.has_value());
    EXPECT_THAT(created.error().message, testing::HasSubstr("boxes: offsets, but the graph gives decoded"));
}

backend::ModelFacts yunet_facts() {
    return facts({1, 3, 120, 160}, {port("loc", {1076, 14}), port("conf", {1076, 2}), port("iou", {1076, 1})});
}

TEST(Yunet, APriorBecomesAFaceWithLandmarks) {
    const auto expert = create(kYunet, yunet_facts());
    Outputs outputs(yunet_facts());
    const std::size_t prior = 4 * 3 + 1;  // cell (4, 0), side 16
    outputs[1][2 * prior + 1] = 0.81F;
    outputs[2][prior] = 1.2F;         // clamped to 1
    outputs[0][14 * prior + 0] = 5;   // centre + 5 * 0.1 * 16
    outputs[0][14 * prior + 4] = -5;  // right eye: x - 8
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({160, 120})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, Box::from_corners(36 + 8 - 8, 0, 36 + 8 + 8, 12));
    EXPECT_NEAR(found.items[0].score, 0.9F, 1e-5);
    ASSERT_EQ(found.items[0].keypoints.size(), 5U);
    EXPECT_NEAR(found.items[0].keypoints[0].point.x, 28, 1e-4);
    EXPECT_NEAR(found.items[0].keypoints[1].point.x, 36, 1e-4);
}

backend::ModelFacts blazeface_facts() {
    return facts({1, 128, 128, 3}, {port("regressors", {1, 896, 16}), port("classificators", {1, 896, 1})});
}

TEST(Blazeface, AnAnchorBecomesAFaceWithLandmarks) {
    const auto expert = create(kBlazeface, blazeface_facts());
    Outputs outputs(blazeface_facts());
    std::fill(outputs[1].begin(), outputs[1].end(), -20.0F);  // a logit of 0 is a half
    outputs[1][518] = 2;
    const std::vector<float> row{10, 20, 30, 40, 1, 2, 3, 4};
    std::copy(row.begin(), row.end(), outputs[0].begin() + 16 * 518);
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({128, 128})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {24 + 10 - 15, 8 + 20 - 20, 30, 40});
    EXPECT_NEAR(found.items[0].score, 1 / (1 + std::exp(-2.0F)), 1e-6);
    ASSERT_EQ(found.items[0].keypoints.size(), 6U);
    EXPECT_EQ(found.items[0].keypoints[1].point, (Point{27, 12}));
}

TEST(Blazeface, LogitsOfAnySizeGiveAScore) {
    const auto expert = create(kBlazeface, blazeface_facts());
    Outputs outputs(blazeface_facts());
    std::fill(outputs[1].begin(), outputs[1].end(), -1e30F);
    outputs[1][0] = 1e30F;
    outputs[0][2] = outputs[0][3] = 10;
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({128, 128})));
    ASSERT_EQ(found.items.size(), 1U);
    EXPECT_FLOAT_EQ(found.items[0].score, 1);
}

}  // namespace
}  // namespace facet::expert
