#include "image/draw.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>

#include "unit/image/pictures.h"

namespace facet::image {
namespace {

struct Rgb {
    int red, green, blue;
};
Rgb at(const Picture& bgr, int x, int y) {
    const std::uint8_t* pixel = bgr.data[0] + y * bgr.stride[0] + 3 * x;
    return {pixel[2], pixel[1], pixel[0]};
}
bool near(Rgb pixel, Ink ink, int tolerance) {
    return std::abs(pixel.red - ink.red) <= tolerance && std::abs(pixel.green - ink.green) <= tolerance &&
           std::abs(pixel.blue - ink.blue) <= tolerance;
}
/// How many pixels of the area have just this ink.
int count_near(const Picture& bgr, const Box& area, Ink ink, int tolerance = 12) {
    int count = 0;
    for (int y = static_cast<int>(area.y); y < static_cast<int>(area.bottom()); ++y)
        for (int x = static_cast<int>(area.x); x < static_cast<int>(area.right()); ++x)
            if (near(at(bgr, x, y), ink, tolerance)) ++count;
    return count;
}

const Picture kGround = flat_picture(PixelFormat::bgr24, {640, 360}, {}, {90, 90, 90});
constexpr Ink kRed{255, 0, 0};

TEST(Canvas, GivesThePictureBackAsItWas) {
    Random random(1);
    const Picture noise = noise_picture(PixelFormat::bgr24, {33, 17}, {}, 0, random);
    Canvas canvas;
    canvas.begin(noise);
    const Picture& result = canvas.bgr24();
    ASSERT_EQ(result.size, noise.size);
    for (int y = 0; y < 17; ++y)
        for (int x = 0; x < 3 * 33; ++x)
            ASSERT_EQ(result.data[0][y * result.stride[0] + x], noise.data[0][y * noise.stride[0] + x]);
}

TEST(Canvas, KeepsTheColoursOfEveryFormatAndStandard) {
    // A reddish colour in all codings; the canvas shows the same RGB for each.
    for (const ColourMatrix matrix : {ColourMatrix::bt601, ColourMatrix::bt709, ColourMatrix::bt2020})
        for (const ColourRange range : {ColourRange::limited, ColourRange::full})
            for (const PixelFormat format : {PixelFormat::i420, PixelFormat::nv12, PixelFormat::i422, PixelFormat::i444}) {
                const double gain = range == ColourRange::full ? 1 : 219.0 / 255, zero = range == ColourRange::full ? 0 : 16;
                const double chroma_gain = range == ColourRange::full ? 1 : 224.0 / 255;
                const double red_share = matrix == ColourMatrix::bt601   ? 0.299
                                         : matrix == ColourMatrix::bt709 ? 0.2126
                                                                         : 0.2627;
                const double blue_share = matrix == ColourMatrix::bt601   ? 0.114
                                          : matrix == ColourMatrix::bt709 ? 0.0722
                                                                          : 0.0593;
                const double red = 180, green = 90, blue = 60;
                const double luma = red_share * red + blue_share * blue + (1 - red_share - blue_share) * green;
                const auto byte = [](double value) { return static_cast<std::uint8_t>(std::lround(value)); };
                const Picture flat =
                    flat_picture(format, {32, 16}, {matrix, range},
                                 {byte(zero + gain * luma), byte(128 + chroma_gain * (blue - luma) / 2 / (1 - blue_share)),
                                  byte(128 + chroma_gain * (red - luma) / 2 / (1 - red_share))});
                Canvas canvas;
                canvas.begin(flat);
                EXPECT_TRUE(near(at(canvas.bgr24(), 9, 9), {180, 90, 60}, 3)) << name(format);
            }
}

TEST(Canvas, DrawsABoxOnItsEdgeAndLeavesTheInside) {
    Canvas canvas;
    canvas.begin(kGround);
    canvas.box({100, 100, 200, 120}, kRed);
    const Picture& result = canvas.bgr24();
    EXPECT_TRUE(near(at(result, 200, 100), kRed, 80));
    EXPECT_TRUE(near(at(result, 300, 160), kRed, 80));
    EXPECT_EQ(count_near(result, {110, 110, 180, 100}, {90, 90, 90}, 0), 180 * 100);
    EXPECT_EQ(count_near(result, {0, 0, 640, 90}, {90, 90, 90}, 0), 640 * 90);
}

TEST(Canvas, ALabelStandsOnAPlateAboveTheBoxOrInsideAtTheTopOfThePicture) {
    Canvas canvas;
    canvas.begin(kGround);
    canvas.box({100, 100, 200, 120}, kRed, "person 7");
    EXPECT_GT(count_near(canvas.bgr24(), {100, 84, 70, 14}, kRed, 30), 200);
    canvas.begin(kGround);
    canvas.box({100, 2, 200, 120}, kRed, "person 7");
    EXPECT_GT(count_near(canvas.bgr24(), {100, 4, 70, 14}, kRed, 30), 200);
    canvas.begin(kGround);
    canvas.box({630, 100, 200, 120}, kRed, "a label that must stay inside");
    EXPECT_GT(count_near(canvas.bgr24(), {480, 84, 150, 14}, kRed, 30), 600);
}

TEST(Canvas, TheArrowOfALinePointsToItsRightSide) {
    Canvas canvas;
    canvas.begin(kGround);
    canvas.line({100, 180}, {540, 180}, kRed);
    const Picture& result = canvas.bgr24();
    EXPECT_GT(count_near(result, {300, 184, 40, 30}, kRed, 60), 10) << "to the right of left-to-right is down";
    EXPECT_EQ(count_near(result, {300, 140, 40, 34}, kRed, 60), 0);
}

TEST(Canvas, AZoneIsTranslucent) {
    Canvas canvas;
    canvas.begin(kGround);
    const std::vector<Point> polygon{{50, 50}, {250, 50}, {250, 250}, {50, 250}};
    canvas.zone(polygon, kRed);
    const Rgb inside = at(canvas.bgr24(), 150, 150);
    EXPECT_NEAR(inside.red, 90 * 0.82 + 255 * 0.18, 2);
    EXPECT_NEAR(inside.green, 90 * 0.82, 2);
}

TEST(Canvas, AMaskCoversItsCellsOnly) {
    Canvas canvas;
    canvas.begin(kGround);
    Mask mask{{100, 100, 80, 40}, {4, 2}, {1, 1, 0, 0, 1, 1, 0, 0}};
    canvas.mask(mask, kRed);
    const Picture& result = canvas.bgr24();
    EXPECT_GT(at(result, 110, 120).red, 150);
    EXPECT_EQ(at(result, 175, 120).red, 90);
    EXPECT_EQ(at(result, 99, 120).red, 90);
}

TEST(Canvas, SegmentsLieWhereTheirPlacementSays) {
    Canvas canvas;
    canvas.begin(kGround);
    SegmentMap map{{2, 1}, {0, 1}, {}};
    map.placement.scale_x = 320;
    map.placement.scale_y = 360;
    canvas.segments(map);
    const Picture& result = canvas.bgr24();
    EXPECT_TRUE(near(at(result, 40, 100), {90, 90, 90}, 0));
    EXPECT_FALSE(near(at(result, 600, 100), {90, 90, 90}, 20));
}

TEST(Canvas, WhatCannotBeDrawnIsLeftOutAndDrawingGoesOn) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), huge = std::numeric_limits<float>::max();
    Canvas canvas;
    canvas.begin(kGround);
    canvas.box({nan, 0, 10, 10}, kRed, "x");
    canvas.box({huge, huge, huge, huge}, kRed, "x");
    canvas.box({-1e9F, -1e9F, 2e9F, 2e9F}, kRed, "x");
    canvas.path(std::vector<Point>{{1, 1}, {nan, 2}}, kRed);
    canvas.zone(std::vector<Point>{{1, 1}, {2, 2}}, kRed);
    canvas.zone(std::vector<Point>{{1, 1}, {nan, 2}, {5, 5}}, kRed);
    canvas.line({5, 5}, {5, 5}, kRed);
    canvas.mask({{0, 0, 0, 0}, {2, 2}, {1, 1, 1, 1}}, kRed);
    canvas.mask({{0, 0, 9, 9}, {3, 3}, {1, 1, 1, 1}}, kRed);
    canvas.keypoints(std::vector<Keypoint>{{{nan, 1}, 1}, {{5, 5}, 0}}, std::vector<std::pair<int, int>>{{0, 1}, {-1, 9}},
                     kRed);
    canvas.text({50, 50}, "\xff\xfe broken \xc3 utf-8 \x01", kRed);
    canvas.box({100, 100, 200, 120}, kRed, "\xed\xa0\x80");
    EXPECT_TRUE(near(at(canvas.bgr24(), 200, 220), kRed, 80));
}

TEST(Canvas, WithoutAFontLabelsAreStillDrawnAndTheUserIsTold) {
    // In a process of its own, since fontconfig reads its configuration once; it ends without a search for leaks, since
    // fontconfig keeps its caches.
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(
        {
            const std::string config = testing::TempDir() + "facet_no_fonts.conf";
            std::ofstream(config) << "<fontconfig></fontconfig>";
            setenv("FONTCONFIG_FILE", config.c_str(), 1);
            Canvas canvas;
            canvas.begin(kGround);
            canvas.text({50, 50}, "text \xc3\xa4", kRed);
            canvas.box({100, 100, 200, 120}, kRed, "label");
            const bool said = canvas.text_problem().find("fonts-dejavu-core") != std::string::npos;
            const bool letters = count_near(canvas.bgr24(), {50, 35, 60, 20}, {90, 90, 90}, 0) < 60 * 20 - 100;
            const bool box = near(at(canvas.bgr24(), 200, 220), kRed, 80);
            std::_Exit(said && letters && box ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
}

TEST(Canvas, NeighbouringIdsHaveDifferentInksAlsoBelowZero) {
    for (std::int64_t id = -30; id < 30; ++id) {
        const Ink a = ink_of(id), b = ink_of(id + 1);
        EXPECT_GT(std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue), 120) << id;
    }
    EXPECT_EQ(ink_of(5), ink_of(5));
}

TEST(Canvas, ReusesItsMemoryFromFrameToFrame) {
    Canvas canvas;
    canvas.begin(kGround);
    const std::uint8_t* first = canvas.i420().data[0];
    canvas.begin(kGround);
    EXPECT_EQ(canvas.i420().data[0], first);
    EXPECT_EQ(canvas.i420().colour, (Colour{ColourMatrix::bt601, ColourRange::limited}));
}

}  // namespace
}  // namespace facet::image
