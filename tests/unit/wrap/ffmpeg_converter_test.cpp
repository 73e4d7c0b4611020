// Every kind of pixel format becomes the layout that keeps most of it, with the values that arithmetic says.

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <vector>

#include "wrap/ffmpeg/converter.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>
}

namespace facet::ffmpeg {
namespace {

constexpr int kWidth = 66;
constexpr int kHeight = 34;

/// A frame of one colour: `components` as the format stores them, at its full depth.
DecodedFrame plain(AVPixelFormat format, std::array<int, 3> components, AVColorRange range = AVCOL_RANGE_MPEG,
                   AVColorSpace space = AVCOL_SPC_BT709) {
    AVFrame* frame = av_frame_alloc();
    frame->format = format;
    frame->width = kWidth;
    frame->height = kHeight;
    frame->color_range = range;
    frame->colorspace = space;
    EXPECT_EQ(av_frame_get_buffer(frame, 0), 0);
    for (const AVBufferRef* buffer : frame->buf)
        if (buffer != nullptr)
            std::memset(buffer->data, 0, buffer->size);  // lines are written bit by bit over what is there
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    for (int i = 0; i < description->nb_components; ++i) {
        const bool chroma = (i == 1 || i == 2) && (description->flags & AV_PIX_FMT_FLAG_RGB) == 0;
        const int width = chroma ? AV_CEIL_RSHIFT(kWidth, description->log2_chroma_w) : kWidth;
        const int height = chroma ? AV_CEIL_RSHIFT(kHeight, description->log2_chroma_h) : kHeight;
        std::vector<std::uint16_t> row(static_cast<std::size_t>(width),
                                       static_cast<std::uint16_t>(i < 3 ? components[static_cast<std::size_t>(i)] : 0xFFFF));
        for (int y = 0; y < height; ++y)
            av_write_image_line2(row.data(), frame->data, frame->linesize, description, 0, y, i, width, 2);
    }
    DecodedFrame decoded;
    decoded.frame = std::shared_ptr<const AVFrame>(frame, [](const AVFrame* held) {
        auto* owned = const_cast<AVFrame*>(held);
        av_frame_free(&owned);
    });
    return decoded;
}

int at(const Image& image, std::size_t plane, int x, int y, int step = 1, int offset = 0) {
    return image.planes.data[plane][y * image.planes.stride[plane] + x * step + offset];
}

TEST(Converter, PassesEightBitFormatsWithoutACopy) {
    const std::pair<AVPixelFormat, ImageLayout> kDirect[] = {
        {AV_PIX_FMT_YUV420P, ImageLayout::i420}, {AV_PIX_FMT_YUVJ420P, ImageLayout::i420},
        {AV_PIX_FMT_NV12, ImageLayout::nv12},    {AV_PIX_FMT_YUV422P, ImageLayout::i422},
        {AV_PIX_FMT_YUV444P, ImageLayout::i444}, {AV_PIX_FMT_BGR24, ImageLayout::bgr24},
    };
    for (const auto& [format, layout] : kDirect) {
        const DecodedFrame decoded = plain(format, {50, 100, 150});
        Converter converter;
        const Image image = converter.convert(decoded, Orientation::upright).value();
        EXPECT_EQ(image.layout, layout);
        EXPECT_EQ(image.planes.data[0], decoded.frame->data[0]);
        EXPECT_EQ(image.owner, decoded.frame);
        EXPECT_EQ(image.full_range, format == AV_PIX_FMT_YUVJ420P);
    }
}

struct Deep {
    AVPixelFormat format;
    int shift;  ///< bits beyond eight
    ImageLayout layout;
};

TEST(Converter, ReducesDeeperFormatsAndKeepsTheirSubsamplingMatrixAndRange) {
    constexpr Deep kDeep[] = {
        {AV_PIX_FMT_YUV420P10LE, 2, ImageLayout::i420}, {AV_PIX_FMT_YUV422P10LE, 2, ImageLayout::i422},
        {AV_PIX_FMT_YUV444P10LE, 2, ImageLayout::i444}, {AV_PIX_FMT_YUV420P12LE, 4, ImageLayout::i420},
        {AV_PIX_FMT_YUV444P16LE, 8, ImageLayout::i444}, {AV_PIX_FMT_P010LE, 2, ImageLayout::i420},
        {AV_PIX_FMT_YUVA420P, 0, ImageLayout::i420},    {AV_PIX_FMT_YUYV422, 0, ImageLayout::i422},
        {AV_PIX_FMT_YUV411P, 0, ImageLayout::i422},     {AV_PIX_FMT_YUV440P, 0, ImageLayout::i444},
        {AV_PIX_FMT_YUV410P, 0, ImageLayout::i420},     {AV_PIX_FMT_NV21, 0, ImageLayout::i420},
    };
    for (const Deep& deep : kDeep) {
        for (const AVColorRange range : {AVCOL_RANGE_MPEG, AVCOL_RANGE_JPEG}) {
            Converter converter;
            const DecodedFrame decoded =
                plain(deep.format, {60 << deep.shift, 110 << deep.shift, 170 << deep.shift}, range, AVCOL_SPC_BT2020_NCL);
            const Image image = converter.convert(decoded, Orientation::upright).value();
            const char* name = av_get_pix_fmt_name(deep.format);
            EXPECT_EQ(image.layout, deep.layout) << name;
            EXPECT_EQ(image.matrix, ImageMatrix::bt2020) << name;
            EXPECT_EQ(image.full_range, range == AVCOL_RANGE_JPEG) << name;
            EXPECT_NEAR(at(image, 0, 40, 20), 60, 1) << name;
            EXPECT_NEAR(at(image, 1, 10, 10), 110, 1) << name;
            EXPECT_NEAR(at(image, 2, 10, 10), 170, 1) << name;
        }
    }
}

TEST(Converter, GrayComesInFullRange) {
    Converter converter;
    const auto luma = [&converter](AVPixelFormat format, int value, AVColorRange range) {
        const Image image = converter.convert(plain(format, {value, 0, 0}, range), Orientation::upright).value();
        EXPECT_EQ(image.layout, ImageLayout::gray8);
        EXPECT_TRUE(image.full_range);
        return at(image, 0, 5, 5);
    };
    EXPECT_EQ(luma(AV_PIX_FMT_GRAY8, 77, AVCOL_RANGE_JPEG), 77);
    EXPECT_EQ(luma(AV_PIX_FMT_GRAY8, 77, AVCOL_RANGE_UNSPECIFIED), 77);
    EXPECT_EQ(luma(AV_PIX_FMT_GRAY8, 16, AVCOL_RANGE_MPEG), 0);
    EXPECT_EQ(luma(AV_PIX_FMT_GRAY8, 235, AVCOL_RANGE_MPEG), 255);
    EXPECT_NEAR(luma(AV_PIX_FMT_GRAY10LE, 4 * 126, AVCOL_RANGE_MPEG), 128, 1);
    EXPECT_NEAR(luma(AV_PIX_FMT_GRAY16LE, 256 * 90, AVCOL_RANGE_JPEG), 90, 1);
}

TEST(Converter, RgbBecomesBgr) {
    Converter converter;
    for (const AVPixelFormat format : {AV_PIX_FMT_RGB24, AV_PIX_FMT_RGBA, AV_PIX_FMT_BGR0, AV_PIX_FMT_GBRP}) {
        const Image image = converter.convert(plain(format, {200, 100, 50}, AVCOL_RANGE_JPEG), Orientation::upright).value();
        EXPECT_EQ(image.layout, ImageLayout::bgr24);
        EXPECT_EQ(at(image, 0, 3, 3, 3, 0), 50) << av_get_pix_fmt_name(format);
        EXPECT_EQ(at(image, 0, 3, 3, 3, 1), 100);
        EXPECT_EQ(at(image, 0, 3, 3, 3, 2), 200);
    }
}

TEST(Converter, SixteenBitsOfStillPicturesLoseTheirLowerByte) {
    Converter converter;
    for (const AVPixelFormat format : {AV_PIX_FMT_RGB48BE, AV_PIX_FMT_RGBA64BE, AV_PIX_FMT_RGB48LE}) {
        const Image image =
            converter.convert_to_bgr24(plain(format, {0xC8FF, 0x64FF, 0x3200}, AVCOL_RANGE_JPEG), Orientation::upright)
                .value();
        EXPECT_EQ(at(image, 0, 65, 33, 3, 0), 0x32) << av_get_pix_fmt_name(format);
        EXPECT_EQ(at(image, 0, 65, 33, 3, 1), 0x64);
        EXPECT_EQ(at(image, 0, 65, 33, 3, 2), 0xC8);
    }
}

TEST(Converter, WhereNothingIsSaidTheHeightDecidesTheMatrix) {
    Converter converter;
    DecodedFrame small = plain(AV_PIX_FMT_YUV420P, {1, 2, 3}, AVCOL_RANGE_UNSPECIFIED, AVCOL_SPC_UNSPECIFIED);
    const Image image = converter.convert(small, Orientation::upright).value();
    EXPECT_EQ(image.matrix, ImageMatrix::bt601);
    EXPECT_FALSE(image.full_range);
}

TEST(Converter, ColourTagsThatNoListKnowsAreTakenAsUnset) {
    Converter converter;
    const DecodedFrame decoded = plain(AV_PIX_FMT_YUV420P, {1, 2, 3});
    const int unknown = 220;  // found by fuzzing: Matroska's demuxer passes on what the file says
    std::memcpy(&const_cast<AVFrame*>(decoded.frame.get())->colorspace, &unknown, sizeof unknown);
    EXPECT_EQ(converter.convert(decoded, Orientation::upright).value().matrix, ImageMatrix::bt601);
}

TEST(Converter, FollowsChangesOfFormat) {
    Converter converter;
    for (int round = 0; round < 2; ++round) {
        EXPECT_EQ(converter.convert(plain(AV_PIX_FMT_YUV420P10LE, {240, 440, 680}), Orientation::upright).value().layout,
                  ImageLayout::i420);
        EXPECT_EQ(converter.convert(plain(AV_PIX_FMT_YUV422P10LE, {240, 440, 680}), Orientation::upright).value().layout,
                  ImageLayout::i422);
    }
}

}  // namespace
}  // namespace facet::ffmpeg
