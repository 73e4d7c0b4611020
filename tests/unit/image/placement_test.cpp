#include <gtest/gtest.h>

#include "image/preprocess.h"

namespace facet::image {
namespace {

TensorSpec fitting(Size size, Fit fit, int short_side = 0) {
    TensorSpec spec;
    spec.size = size;
    spec.fit = fit;
    spec.short_side = short_side;
    return spec;
}

TEST(Placement, ALetterboxAtTheTopLeftHasNoOffset) {
    const Placement placement = place(fitting({416, 416}, Fit::letterbox_top_left), {1920, 1080});
    EXPECT_DOUBLE_EQ(placement.scale_x, 1920.0 / 416);
    EXPECT_DOUBLE_EQ(placement.scale_y, 1080.0 / 234);
    EXPECT_DOUBLE_EQ(placement.offset_x, 0);
    EXPECT_DOUBLE_EQ(placement.offset_y, 0);
    const Box box = placement.to_picture(Box{0, 0, 416, 234});
    EXPECT_FLOAT_EQ(box.width, 1920);
    EXPECT_FLOAT_EQ(box.height, 1080);
}

TEST(Placement, ACentredLetterboxHasItsContentInTheMiddle) {
    const Placement placement = place(fitting({320, 320}, Fit::letterbox_centred), {640, 360});
    EXPECT_DOUBLE_EQ(placement.scale_y, 2);
    EXPECT_DOUBLE_EQ(placement.offset_x, 0);
    EXPECT_DOUBLE_EQ(placement.offset_y, -70 * 2);
    EXPECT_FLOAT_EQ(placement.to_picture(0, 70).y, 0);
    EXPECT_FLOAT_EQ(placement.to_picture(0, 250).y, 360);
}

TEST(Placement, ACentredCropFollowsTorchvision) {
    // Resize(256) of 640x480 gives 341x256; CenterCrop(224) begins at round(58.5) = 58 and 16.
    const Placement placement = place(fitting({224, 224}, Fit::crop_centred, 256), {640, 480});
    EXPECT_DOUBLE_EQ(placement.scale_x, 640.0 / 341);
    EXPECT_DOUBLE_EQ(placement.scale_y, 480.0 / 256);
    EXPECT_DOUBLE_EQ(placement.offset_x, 58 * 640.0 / 341);
    EXPECT_DOUBLE_EQ(placement.offset_y, 16 * 480.0 / 256);
}

TEST(Placement, ARegionIsCutToThePicture) {
    const Placement placement = place(fitting({100, 100}, Fit::stretch), {200, 100}, {150, -20, 100, 60});
    EXPECT_DOUBLE_EQ(placement.offset_x, 150);
    EXPECT_DOUBLE_EQ(placement.offset_y, 0);
    EXPECT_DOUBLE_EQ(placement.scale_x, 0.5);
    EXPECT_DOUBLE_EQ(placement.scale_y, 0.4);
}

TEST(Placement, AnEmptyOrFarRegionStillGivesOnePixelOfThePicture) {
    for (const Box& region :
         {Box{50, 50, 0, 0}, Box{900, 900, 10, 10}, Box{-90, -90, 10, 10}, Box{1e30F, -1e30F, 1e30F, 1}}) {
        const Placement placement = place(fitting({8, 8}, Fit::stretch), {100, 80}, region);
        EXPECT_DOUBLE_EQ(placement.scale_x * 8, 1);
        EXPECT_DOUBLE_EQ(placement.scale_y * 8, 1);
        EXPECT_GE(placement.offset_x, 0);
        EXPECT_LE(placement.offset_x, 99);
        EXPECT_GE(placement.offset_y, 0);
        EXPECT_LE(placement.offset_y, 79);
    }
}

TEST(Placement, GoesThereAndBack) {
    for (const Fit fit : {Fit::stretch, Fit::letterbox_top_left, Fit::letterbox_centred, Fit::crop_centred}) {
        const Placement placement = place(fitting({224, 160}, fit, 200), {777, 333}, {100, 50, 300, 211});
        const Point point = placement.to_tensor(placement.to_picture(31, 41));
        EXPECT_NEAR(point.x, 31, 1e-3);
        EXPECT_NEAR(point.y, 41, 1e-3);
    }
}

}  // namespace
}  // namespace facet::image
