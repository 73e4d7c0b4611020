// deeplab and road-segmentation: a class per cell.
#include "expert/deeplab/deeplab.h"
#include "expert/road_segmentation/road_segmentation.h"
#include "expert/semantic.h"
#include "support.h"

namespace facet::expert {
namespace {

using tests::create;
using tests::facts;
using tests::Outputs;
using tests::plain_context;
using tests::port;

TEST(ArgmaxMap, BothLayoutsGiveTheSameClasses) {
    const Size size{2, 2};
    const std::vector<float> nhwc{0, 1, 0, /**/ 3, 2, 1, /**/ 0, 0, 5, /**/ 4, 4, 4};
    std::vector<float> nchw(nhwc.size());
    for (std::size_t cell = 0; cell < 4; ++cell)
        for (std::size_t c = 0; c < 3; ++c) nchw[c * 4 + cell] = nhwc[cell * 3 + c];
    const std::vector<std::uint8_t> expected{1, 0, 2, 0};  // of equals the first
    EXPECT_EQ(argmax_map(nhwc, size, 3, image::Layout::nhwc), expected);
    EXPECT_EQ(argmax_map(nchw, size, 3, image::Layout::nchw), expected);
}

TEST(SegmentMap, PaddingIsCutOff) {
    std::vector<float> values(4 * 4 * 2, 0.0F);
    for (std::size_t x = 0; x < 4; ++x) values[(1 * 4 + x) * 2 + 1] = 1;  // row 1 is class 1
    Placement placement;
    placement.tensor = {4, 4};
    placement.picture = {40, 20};  // content: the upper half
    placement.scale_x = placement.scale_y = 10;
    const auto map = to_segment_map(values, {4, 4}, 2, image::Layout::nhwc, placement);
    EXPECT_EQ(map.size, (Size{4, 2}));
    EXPECT_EQ(map.classes, (std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1, 1, 1}));
    EXPECT_EQ(map.placement.to_picture(0, 1), (Point{0, 10}));
}

TEST(SegmentMap, CentredPaddingIsCutOffAndTheOriginMoves) {
    std::vector<float> values(4 * 4 * 2, 0.0F);
    values[(1 * 4 + 0) * 2 + 1] = 1;
    Placement placement;
    placement.tensor = {4, 4};
    placement.picture = {40, 20};
    placement.scale_x = placement.scale_y = 10;
    placement.offset_y = -10;  // one row of padding above
    const auto map = to_segment_map(values, {4, 4}, 2, image::Layout::nhwc, placement);
    EXPECT_EQ(map.size, (Size{4, 2}));
    EXPECT_EQ(map.classes[0], 1);
    EXPECT_EQ(map.placement.to_picture(0, 0), (Point{0, 0}));
}

TEST(SegmentMap, AnOutputSmallerThanTheInputKeepsItsPlace) {
    Placement placement;
    placement.tensor = {8, 8};
    placement.picture = {16, 16};
    placement.scale_x = placement.scale_y = 2;
    const auto map = to_segment_map(std::vector<float>(2 * 2 * 2, 0.0F), {2, 2}, 2, image::Layout::nhwc, placement);
    EXPECT_EQ(map.size, (Size{2, 2}));
    EXPECT_EQ(map.placement.to_picture(1, 1), (Point{8, 8}));
}

backend::ModelFacts deeplab_facts() { return facts({1, 33, 33, 3}, {port("logits", {1, 33, 33, 21})}); }
backend::ModelFacts road_facts() { return facts({1, 32, 56, 3}, {port("softmax", {1, 32, 56, 4})}); }

TEST(SegmentFamilies, AreRecognisedByTheirChannels) {
    EXPECT_TRUE(kDeeplab.recognise(deeplab_facts()).has_value());
    EXPECT_FALSE(kRoadSegmentation.recognise(deeplab_facts()).has_value());
    const auto road = create(kRoadSegmentation, road_facts());
    EXPECT_EQ(road->labels()[1], "road");
    EXPECT_EQ(road->task(), Task::segment);
}

}  // namespace
}  // namespace facet::expert
