#include "expert/model_expert.h"

#include "base/random.h"
#include "image/preprocess.h"
#include "support.h"

namespace facet::expert {
namespace {

model::Manifest square_416() {
    model::Manifest manifest;
    manifest.input.size = {416, 416};
    manifest.follows_aspect = true;
    manifest.stride = 32;
    return manifest;
}

TEST(FittedInput, FollowsTheAspectInMultiplesOfTheStride) {
    EXPECT_EQ(fitted_input(square_416(), {1920, 1080}).size, (Size{416, 256}));
    EXPECT_EQ(fitted_input(square_416(), {768, 432}).size, (Size{416, 256}));
    EXPECT_EQ(fitted_input(square_416(), {1080, 1920}).size, (Size{256, 416}));
    EXPECT_EQ(fitted_input(square_416(), {416, 416}).size, (Size{416, 416}));
    EXPECT_EQ(fitted_input(square_416(), {10000, 10}).size, (Size{416, 32}));
    model::Manifest fixed = square_416();
    fixed.follows_aspect = false;
    EXPECT_EQ(fitted_input(fixed, {1920, 1080}).size, (Size{416, 416}));
}

TEST(FittedInput, CutsOnlyPaddingForAnySizeOfPicture) {
    Random random(11);
    const model::Manifest manifest = square_416();
    for (int round = 0; round < 2000; ++round) {
        const Size picture{static_cast<int>(random.between(16, 4000)), static_cast<int>(random.between(16, 4000))};
        const auto cut = fitted_input(manifest, picture);
        EXPECT_EQ(cut.size.width % 32, 0);
        EXPECT_EQ(cut.size.height % 32, 0);
        // The content has the same scale, and its place is at the top left in both.
        const Placement small = image::place(cut, picture);
        const Placement whole = image::place(manifest.input, picture);
        EXPECT_DOUBLE_EQ(small.scale_x, whole.scale_x) << picture.width << "x" << picture.height;
        EXPECT_DOUBLE_EQ(small.scale_y, whole.scale_y) << picture.width << "x" << picture.height;
        EXPECT_DOUBLE_EQ(small.offset_x, whole.offset_x);
        EXPECT_DOUBLE_EQ(small.offset_y, whole.offset_y);
    }
}

TEST(Selection, NamesWhatItDoesNotKnow) {
    const std::vector<std::string> labels{"person", "car"};
    const auto selection = make_selection({.labels = {"car"}}, labels, "expert 'a'");
    ASSERT_TRUE(selection.has_value());
    EXPECT_FALSE(selection->keeps(0));
    EXPECT_TRUE(selection->keeps(1));
    const auto wrong = make_selection({.labels = {"cra"}}, labels, "expert 'a'");
    ASSERT_FALSE(wrong.has_value());
    EXPECT_THAT(wrong.error().message, testing::HasSubstr("expert 'a': unknown label 'cra'"));
}

TEST(Candidates, OutsideOfThePictureBecomeNoDetections) {
    Placement placement;
    placement.tensor = {100, 100};
    placement.picture = {200, 100};  // half of the tensor's height is padding
    placement.scale_x = placement.scale_y = 2;
    const std::vector<Candidate> kept{{.box = {10, 60, 20, 20}, .score = 0.9F, .label = 0, .index = 0},
                                      {.box = {90, 40, 40, 40}, .score = 0.8F, .label = 1, .index = 0}};
    const auto detections = to_detections(kept, placement);
    ASSERT_EQ(detections.items.size(), 1U);
    EXPECT_EQ(detections.items[0].box, (Box{180, 80, 20, 20}));  // clamped
    EXPECT_EQ(detections.items[0].label, 1);
}

}  // namespace
}  // namespace facet::expert
