#include "image/encode.h"

#include <gtest/gtest.h>
#include <turbojpeg.h>

#include <cmath>
#include <memory>
#include <vector>

#include "image/convert.h"
#include "unit/image/pictures.h"

namespace facet::image {
namespace {

struct Decoded {
    Size size;
    std::vector<std::uint8_t> rgb;
    std::array<int, 3> at(int x, int y) const {
        const std::size_t i = 3 * static_cast<std::size_t>(y * size.width + x);
        return {rgb[i], rgb[i + 1], rgb[i + 2]};
    }
};

/// By the library's own decoder.
Decoded decode(const std::string& jpeg) {
    const std::unique_ptr<void, int (*)(void*)> handle(tjInitDecompress(), tjDestroy);
    const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
    Decoded decoded;
    int subsampling = 0, colour_space = 0;
    EXPECT_EQ(tjDecompressHeader3(handle.get(), bytes, jpeg.size(), &decoded.size.width, &decoded.size.height, &subsampling,
                                  &colour_space),
              0);
    decoded.rgb.resize(3 * static_cast<std::size_t>(decoded.size.width) * static_cast<std::size_t>(decoded.size.height));
    EXPECT_EQ(tjDecompress2(handle.get(), bytes, jpeg.size(), decoded.rgb.data(), decoded.size.width, 0, decoded.size.height,
                            TJPF_RGB, 0),
              0);
    return decoded;
}

void expect_colour(std::array<int, 3> actual, std::array<int, 3> expected, std::string_view what) {
    for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(actual[c], expected[c], 4) << what << " channel " << c;
}

TEST(Jpeg, KeepsTheColoursOfEveryStandard) {
    struct Case {
        PixelFormat format;
        Colour colour;
        std::array<std::uint8_t, 3> components;
        std::array<int, 3> rgb;
    };
    const Colour sd{ColourMatrix::bt601, ColourRange::limited}, full{ColourMatrix::bt601, ColourRange::full};
    const Colour hd{ColourMatrix::bt709, ColourRange::limited};
    for (const Case& c :
         {Case{PixelFormat::i420, sd, {235, 128, 128}, {255, 255, 255}},
          Case{PixelFormat::i420, sd, {81, 90, 240}, {255, 0, 0}}, Case{PixelFormat::nv12, sd, {145, 54, 34}, {0, 255, 0}},
          Case{PixelFormat::i420, full, {76, 85, 255}, {255, 0, 0}},
          Case{PixelFormat::i420, hd, {63, 102, 240}, {255, 0, 0}}, Case{PixelFormat::i444, hd, {32, 240, 118}, {0, 0, 255}},
          Case{PixelFormat::bgr24, sd, {10, 200, 90}, {90, 200, 10}},
          Case{PixelFormat::gray8, full, {77, 0, 0}, {77, 77, 77}}}) {
        const Result<std::string> jpeg = encode_jpeg(flat_picture(c.format, {47, 33}, c.colour, c.components));
        ASSERT_TRUE(jpeg.has_value()) << jpeg.error().message;
        const Decoded decoded = decode(*jpeg);
        EXPECT_EQ(decoded.size, (Size{47, 33}));
        expect_colour(decoded.at(20, 20), c.rgb, name(c.format));
    }
}

TEST(Jpeg, CutsOutARegionAndScalesItDown) {
    // Left half dark, right half bright.
    PictureBuffer buffer(PixelFormat::i420, {200, 100}, {ColourMatrix::bt601, ColourRange::full});
    for (int y = 0; y < 100; ++y)
        for (int x = 0; x < 200; ++x) buffer.plane(0)[y * buffer.stride(0) + x] = x < 100 ? 30 : 220;
    for (const int plane : {1, 2})
        for (int y = 0; y < 50; ++y)
            for (int x = 0; x < 100; ++x) buffer.plane(plane)[y * buffer.stride(plane) + x] = 128;
    JpegOptions options;
    options.region = {120, 10, 500, 40};
    options.width_max = 40;
    const Result<std::string> jpeg = encode_jpeg(buffer.view(), options);
    ASSERT_TRUE(jpeg.has_value());
    const Decoded decoded = decode(*jpeg);
    EXPECT_EQ(decoded.size, (Size{40, 20}));
    expect_colour(decoded.at(1, 10), {220, 220, 220}, "region");
    options.region = {};
    const Decoded whole = decode(*encode_jpeg(buffer.view(), options));
    EXPECT_EQ(whole.size, (Size{40, 20}));
    expect_colour(whole.at(2, 10), {30, 30, 30}, "left");
    expect_colour(whole.at(37, 10), {220, 220, 220}, "right");
}

TEST(Jpeg, TakesPicturesOfAnySizeAndFormat) {
    Random random(1);
    for (int i = 0; i < 120; ++i) {
        const Size size{static_cast<int>(random.between(1, 40)), static_cast<int>(random.between(1, 40))};
        const PixelFormat format = kFormats[random.below(kFormats.size())];
        const Colour colour{random.chance(0.5) ? ColourMatrix::bt601 : ColourMatrix::bt709, ColourRange::limited};
        const Picture picture = noise_picture(format, size, colour, static_cast<int>(random.between(0, 9)), random);
        JpegOptions options;
        options.width_max = static_cast<int>(random.between(0, 20));
        if (random.chance(0.5)) options.region = {static_cast<float>(random.uniform(-5, 30)), 3, 8, 9};
        const Result<std::string> jpeg = encode_jpeg(picture, options);
        ASSERT_TRUE(jpeg.has_value()) << jpeg.error().message;
        const bool whole = options.region.area() == 0 && options.width_max == 0;
        EXPECT_TRUE(!whole || decode(*jpeg).size == size);
    }
}

TEST(Jpeg, RefusesWhatTheFormatCannotHold) {
    const Picture wide = flat_picture(PixelFormat::gray8, {70000, 1}, {}, {9, 0, 0});
    const Result<std::string> jpeg = encode_jpeg(wide);
    ASSERT_FALSE(jpeg.has_value());
    EXPECT_EQ(jpeg.error().message, "JPEG: 70000x1 pixels, at most 65535 a side");
}

TEST(Png, HasItsSignatureAndSize) {
    const Result<std::string> png = encode_png(flat_picture(PixelFormat::i420, {31, 9}, {}, {81, 90, 240}));
    ASSERT_TRUE(png.has_value());
    EXPECT_EQ(png->substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(static_cast<int>((*png)[19]), 31);
    EXPECT_EQ(static_cast<int>((*png)[23]), 9);
}

TEST(Convert, EveryFormatBecomesTheSameI420) {
    for (const PixelFormat format : kFormats) {
        std::array<std::uint8_t, 3> components{110, 150, 90};
        if (format == PixelFormat::gray8) components = {110, 0, 0};
        const Picture i420 = to_i420(flat_picture(format, {17, 9}, {}, components));
        EXPECT_EQ(i420.format, PixelFormat::i420);
        EXPECT_EQ(i420.size, (Size{17, 9}));
        // B 110 G 150 R 90 in BT.601: Y 125.5, U 119.3, V 104.5 (limited).
        const bool bgr = format == PixelFormat::bgr24;
        EXPECT_NEAR(i420.data[0][8 * i420.stride[0] + 16], bgr ? 126 : 110, 1) << name(format);
        EXPECT_NEAR(i420.data[1][4 * i420.stride[1] + 8],
                    bgr                            ? 120
                    : format == PixelFormat::gray8 ? 128
                                                   : 150,
                    1)
            << name(format);
        EXPECT_NEAR(i420.data[2][4 * i420.stride[2] + 8],
                    bgr                            ? 103
                    : format == PixelFormat::gray8 ? 128
                                                   : 90,
                    1)
            << name(format);
    }
}

TEST(Convert, ACropSharesThePixelsAndKeepsChromaInStep) {
    Random random(2);
    const Picture picture = noise_picture(PixelFormat::i420, {41, 31}, {}, 3, random);
    const Picture part = crop(picture, {7.5F, 5, 10, 10});
    EXPECT_EQ(part.size, (Size{12, 11}));
    EXPECT_EQ(part.data[0], picture.data[0] + 4 * picture.stride[0] + 6);
    EXPECT_EQ(part.data[1], picture.data[1] + 2 * picture.stride[1] + 3);
    const Picture outside = crop(picture, {500, 500, 10, 10});
    EXPECT_EQ(outside.size, (Size{1, 1}));
}

}  // namespace
}  // namespace facet::image
