#include "media/picture.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <string>

namespace facet {
namespace {

constexpr PixelFormat kFormats[] = {PixelFormat::i420, PixelFormat::nv12,  PixelFormat::i422,
                                    PixelFormat::i444, PixelFormat::bgr24, PixelFormat::gray8};

int bytes_per_sample(PixelFormat format, int plane) {
    return format == PixelFormat::bgr24 ? 3 : (format == PixelFormat::nv12 && plane == 1 ? 2 : 1);
}

TEST(PictureTest, ChromaPlanesOfOddPicturesAreRoundedUp) {
    EXPECT_EQ(plane_size(PixelFormat::i420, {5, 3}, 0), (Size{5, 3}));
    EXPECT_EQ(plane_size(PixelFormat::i420, {5, 3}, 2), (Size{3, 2}));
    EXPECT_EQ(plane_size(PixelFormat::nv12, {5, 3}, 1), (Size{3, 2}));
    EXPECT_EQ(plane_size(PixelFormat::i422, {5, 3}, 1), (Size{3, 3}));
    EXPECT_EQ(plane_size(PixelFormat::i444, {5, 3}, 1), (Size{5, 3}));
}

TEST(PictureTest, EveryFormatHasANameOfItsOwn) {
    std::set<std::string> names;
    for (const auto format : kFormats) names.insert(std::string(name(format)));
    EXPECT_EQ(names.size(), std::size(kFormats));
}

TEST(PictureTest, PlanesAreAlignedAndDoNotOverlap) {
    for (const auto format : kFormats)
        for (const Size size : {Size{1, 1}, Size{5, 3}, Size{64, 2}, Size{1921, 7}}) {
            PictureBuffer buffer(format, size);
            for (int i = 0; i < plane_count(format); ++i) {
                ASSERT_EQ(reinterpret_cast<std::uintptr_t>(buffer.plane(i)) % 64, 0U);
                const Size plane = plane_size(format, size, i);
                ASSERT_GE(buffer.stride(i), plane.width * bytes_per_sample(format, i));
                for (int y = 0; y < plane.height; ++y)
                    std::memset(buffer.plane(i) + y * buffer.stride(i), i + 1,
                                static_cast<std::size_t>(plane.width * bytes_per_sample(format, i)));
            }
            for (int i = 0; i < plane_count(format); ++i) {
                const Size plane = plane_size(format, size, i);
                for (int y = 0; y < plane.height; ++y)
                    for (int x = 0; x < plane.width * bytes_per_sample(format, i); ++x)
                        ASSERT_EQ(buffer.plane(i)[y * buffer.stride(i) + x], i + 1) << name(format);
            }
        }
}

TEST(PictureTest, APictureOutlivesItsBuffer) {
    Picture picture;
    {
        PictureBuffer buffer(PixelFormat::gray8, {4, 4});
        buffer.plane(0)[0] = 42;
        picture = buffer.view();
    }
    EXPECT_EQ(picture.data[0][0], 42);
    EXPECT_EQ(picture.data[1], nullptr);
}

}  // namespace
}  // namespace facet
