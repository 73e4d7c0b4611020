// yolox, nanodet and yolov8: boxes from grids.
#include <cmath>

#include "expert/nanodet/nanodet.h"
#include "expert/yolov8/yolov8.h"
#include "expert/yolox/yolox.h"
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

// 64x64: grids of 8x8, 4x4 and 2x2 cells = 84 rows.
backend::ModelFacts yolox_facts() { return facts({1, 3, 64, 64}, {port("output", {1, 84, 85})}); }

TEST(Yolox, ACellBecomesABox) {
    const auto expert = create(kYolox, yolox_facts());
    Outputs outputs(yolox_facts());
    // Cell (1, 2) of the grid of stride 16: row 64 + 2 * 4 + 1.
    float* row = outputs[0].data() + 85 * (64 + 2 * 4 + 1);
    row[0] = 0.5F;
    row[1] = 0.25F;
    row[2] = std::log(1.5F);
    row[3] = std::log(0.5F);
    row[4] = 0.9F;
    row[5 + 2] = 0.8F;
    row[5 + 7] = 0.7F;
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {1.5F * 16 - 12, 2.25F * 16 - 4, 24, 8});
    EXPECT_EQ(expert->labels()[static_cast<std::size_t>(found.items[0].label)], "car");
    EXPECT_NEAR(found.items[0].score, 0.72F, 1e-5);
}

TEST(Yolox, TheThresholdIsOnTheProduct) {
    Outputs outputs(yolox_facts());
    outputs[0][4] = 0.5F;
    outputs[0][5] = 0.5F;  // 0.25
    EXPECT_TRUE(
        detections_of(create(kYolox, yolox_facts())->decode(outputs.views(), plain_context({64, 64}))).items.empty());
    const auto low = create(kYolox, yolox_facts(), {.threshold = 0.25F, .labels = {}});
    EXPECT_EQ(detections_of(low->decode(outputs.views(), plain_context({64, 64}))).items.size(), 1U);
}

TEST(Yolox, OverlapsAreSuppressedByLabelOrByPosition) {
    Outputs outputs(yolox_facts());
    for (const std::size_t cell : {9U, 10U}) {  // neighbours, both pointing to the same place
        float* row = outputs[0].data() + 85 * cell;
        row[0] = cell == 9 ? 1.0F : 0.0F;
        row[2] = row[3] = std::log(4.0F);
        row[4] = 0.9F;
        row[5 + cell] = 0.9F;  // different labels
    }
    const auto by_label = create(kYolox, yolox_facts());
    EXPECT_EQ(detections_of(by_label->decode(outputs.views(), plain_context({64, 64}))).items.size(), 2U);
    const auto by_position = create(kYolox, yolox_facts(), {.nms_class_agnostic = true, .labels = {}});
    EXPECT_EQ(detections_of(by_position->decode(outputs.views(), plain_context({64, 64}))).items.size(), 1U);
    const auto only_ninth = create(kYolox, yolox_facts(), {.labels = {"traffic light"}});
    const auto found = detections_of(only_ninth->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    EXPECT_EQ(found.items[0].label, 9);
}

TEST(Yolox, TheInputMayBeCutToTheAspect) {
    const auto expert = create(kYolox, yolox_facts());
    EXPECT_EQ(expert->input({1280, 640}).size, (Size{64, 32}));
    const auto cut = facts({1, 3, 32, 64}, {port("output", {1, 42, 85})});
    Outputs outputs(cut);
    float* row = outputs[0].data() + 85 * (32 + 1);  // cell (1, 0) of stride 16
    row[4] = row[5] = 1;
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 32})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {8, 0, 16, 8});
    EXPECT_FALSE(expert->decode(outputs.views(), plain_context({64, 64})).has_value());  // rows of another size
}

TEST(Yolox, BoxesDecodedByTheGraphAreTakenAsTheyAre) {
    auto manifest = *kYolox.recognise(yolox_facts());
    manifest.parameters = {{"decoded", "true"}};
    const auto expert = kYolox.create(manifest, yolox_facts(), {});
    ASSERT_TRUE(expert.has_value());
    Outputs outputs(yolox_facts());
    const std::vector<float> row{32, 30, 10, 20, 1, 1};
    std::copy(row.begin(), row.end(), outputs[0].begin());
    expect_box(detections_of((*expert)->decode(outputs.views(), plain_context({64, 64}))).items.at(0).box, {27, 20, 10, 20});
    manifest.parameters = {{"decoded", "perhaps"}};
    EXPECT_THAT(kYolox.create(manifest, yolox_facts(), {}).error().message, testing::HasSubstr("perhaps"));
}

TEST(Yolox, HugeSizesStayInsideThePicture) {
    Outputs outputs(yolox_facts());
    outputs[0][2] = outputs[0][3] = 200;  // exp() of it is infinite
    outputs[0][4] = outputs[0][5] = 1;
    const auto content = create(kYolox, yolox_facts())->decode(outputs.views(), plain_context({64, 64}));
    ASSERT_TRUE(content.has_value());
    for (const Detection& detection : std::get<Detections>(*content).items) {
        EXPECT_GE(detection.box.x, 0);
        EXPECT_LE(detection.box.right(), 64);
    }
}

backend::ModelFacts nanodet_facts() {
    return facts({1, 3, 64, 64}, {port("dis_pred_stride_8", {1, 64, 32}), port("cls_pred_stride_8", {1, 64, 80}),
                                  port("cls_pred_stride_16", {1, 16, 80}), port("dis_pred_stride_16", {1, 16, 32}),
                                  port("cls_pred_stride_32", {1, 4, 80}), port("dis_pred_stride_32", {1, 4, 32})});
}

TEST(Nanodet, DistributionsBecomeSides) {
    const auto expert = create(kNanodet, nanodet_facts());
    Outputs outputs(nanodet_facts());         // found by name, whatever their order
    outputs[2][(2 * 4 + 1) * 80 + 5] = 0.6F;  // stride 16, cell (1, 2)
    float* sides = outputs[3].data() + (2 * 4 + 1) * 32;
    sides[0 * 8 + 1] = 50;  // left: 1 stride for sure
    sides[1 * 8 + 2] = 50;  // top: 2
    sides[2 * 8 + 0] = 50;  // right: 0 or 1, each as likely
    sides[2 * 8 + 1] = 50;
    // bottom: all of 0..7 alike = 3.5
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, Box::from_corners(24 - 16, 40 - 32, 24 + 8, 64));  // 40 + 56 is clamped
    EXPECT_EQ(found.items[0].label, 5);
    EXPECT_FLOAT_EQ(found.items[0].score, 0.6F);
}

backend::ModelFacts yolov8_facts() { return facts({1, 3, 64, 64}, {port("output0", {1, 84, 84})}); }
backend::ModelFacts pose_facts() { return facts({1, 3, 64, 64}, {port("output0", {1, 56, 84})}); }
backend::ModelFacts segment_facts() {
    return facts({1, 3, 64, 64}, {port("output0", {1, 4 + 80 + 2, 84}), port("output1", {1, 2, 16, 16})});
}

/// Sets channels of one anchor, which lie `anchors` apart.
void set_anchor(std::span<float> head, std::size_t anchor, const std::vector<std::pair<std::size_t, float>>& channels) {
    for (const auto& [channel, value] : channels) head[channel * 84 + anchor] = value;
}

TEST(Yolov8, AColumnBecomesABoxWithItsBestLabel) {
    const auto expert = create(kYolov8, yolov8_facts());
    Outputs outputs(yolov8_facts());
    set_anchor(outputs[0], 83, {{0, 30}, {1, 20}, {2, 10}, {3, 6}, {4 + 1, 0.4F}, {4 + 3, 0.8F}, {4 + 60, 0.5F}});
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {25, 17, 10, 6});
    EXPECT_EQ(found.items[0].label, 3);
    EXPECT_FLOAT_EQ(found.items[0].score, 0.8F);
    // The best label decides: a filter for a lesser one does not make it that.
    const auto filtered = create(kYolov8, yolov8_facts(), {.labels = {"bicycle"}});
    EXPECT_TRUE(detections_of(filtered->decode(outputs.views(), plain_context({64, 64}))).items.empty());
}

TEST(Yolov8, PoseGivesKeypointsInThePicture) {
    const auto expert = create(kYolov8Pose, pose_facts());
    Outputs outputs(pose_facts());
    set_anchor(outputs[0], 7,
               {{0, 30}, {1, 20}, {2, 10}, {3, 6}, {4, 0.9F}, {5, 28}, {6, 18}, {7, 0.7F}, {53, 31}, {54, 22}, {55, 1.5F}});
    auto context = plain_context({64, 64});
    context.placement.picture = {128, 128};
    context.placement.scale_x = context.placement.scale_y = 2;
    const auto found = detections_of(expert->decode(outputs.views(), context));
    ASSERT_EQ(found.items.size(), 1U);
    ASSERT_EQ(found.items[0].keypoints.size(), 17U);
    EXPECT_EQ(found.items[0].keypoints[0].point, (Point{56, 36}));
    EXPECT_FLOAT_EQ(found.items[0].keypoints[0].visibility, 0.7F);
    EXPECT_EQ(found.items[0].keypoints[16].point, (Point{62, 44}));
    EXPECT_FLOAT_EQ(found.items[0].keypoints[16].visibility, 1);  // clamped
    EXPECT_EQ(expert->task(), Task::pose);
    EXPECT_FALSE(kYolov8.recognise(pose_facts()).has_value()) << "a pose graph is no detector of 52 classes";
}

TEST(Yolov8, SegmentGivesAMaskInsideTheBox) {
    const auto expert = create(kYolov8Segment, segment_facts());
    Outputs outputs(segment_facts());
    set_anchor(outputs[0], 0, {{0, 32}, {1, 32}, {2, 32}, {3, 16}, {4, 0.9F}, {84, 1.0F}, {85, 0.0F}});
    for (std::size_t y = 0; y < 16; ++y)  // prototype 0: the left half of the tensor is the object
        for (std::size_t x = 0; x < 16; ++x) outputs[1][y * 16 + x] = x < 8 ? 5.0F : -5.0F;
    const auto found = detections_of(expert->decode(outputs.views(), plain_context({64, 64})));
    ASSERT_EQ(found.items.size(), 1U);
    const Mask& mask = found.items[0].mask;
    expect_box(mask.area, {16, 24, 32, 16});
    ASSERT_EQ(mask.size, (Size{32, 16}));
    for (int y = 0; y < 16; ++y)
        for (int x = 0; x < 32; ++x)
            EXPECT_EQ(mask.cells[static_cast<std::size_t>(y * 32 + x)], x < 16 ? 1 : 0) << x << "," << y;
}

TEST(Yolov8, AMaskAtThePicturesEdgeCoversOnlyThePicture) {
    const auto expert = create(kYolov8Segment, segment_facts());
    Outputs outputs(segment_facts());
    set_anchor(outputs[0], 0, {{0, 60}, {1, 60}, {2, 40}, {3, 40}, {4, 0.9F}, {84, 1.0F}});
    std::fill(outputs[1].begin(), outputs[1].end(), 1.0F);
    auto context = plain_context({64, 64});
    context.placement.picture = {64, 48};  // the lower quarter is padding
    const auto found = detections_of(expert->decode(outputs.views(), context));
    ASSERT_EQ(found.items.size(), 1U);
    expect_box(found.items[0].box, {40, 40, 24, 8});
    expect_box(found.items[0].mask.area, {40, 40, 24, 8});
    EXPECT_EQ(std::count(found.items[0].mask.cells.begin(), found.items[0].mask.cells.end(), 1), 24 * 8);
}

}  // namespace
}  // namespace facet::expert
