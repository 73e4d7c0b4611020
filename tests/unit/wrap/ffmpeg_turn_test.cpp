// Orientations, against what the EXIF specification says of each: which corner of the stored picture is the upright one's
// top left.

#include <gtest/gtest.h>

#include <vector>

#include "wrap/ffmpeg/converter.h"

namespace facet::ffmpeg {
namespace {

struct Stored {
    std::vector<std::uint8_t> memory;
    Image image;
};

/// Luma (or blue) at (x, y) is 10 y + x; chroma planes hold 100 + that at their own resolution, V 150 + that.
Stored make(ImageLayout layout, int width, int height) {
    Stored stored;
    stored.image.layout = layout;
    stored.image.width = width;
    stored.image.height = height;
    const auto chroma_width = layout == ImageLayout::i444 ? width : (width + 1) / 2;
    const auto chroma_height = layout == ImageLayout::i420 || layout == ImageLayout::nv12 ? (height + 1) / 2 : height;
    stored.memory.resize(4096);
    std::uint8_t* at = stored.memory.data();
    const auto plane = [&](std::size_t index, int across, int down, int step, std::vector<int> bases) {
        stored.image.planes.data[index] = at;
        stored.image.planes.stride[index] = across * step;
        for (int y = 0; y < down; ++y)
            for (int x = 0; x < across; ++x)
                for (const int base : bases) *at++ = static_cast<std::uint8_t>(base + 10 * y + x);
    };
    if (layout == ImageLayout::bgr24) {
        plane(0, width, height, 3, {0, 100, 150});
        return stored;
    }
    plane(0, width, height, 1, {0});
    if (layout == ImageLayout::nv12) plane(1, chroma_width, chroma_height, 2, {100, 150});
    if (layout == ImageLayout::i420 || layout == ImageLayout::i422 || layout == ImageLayout::i444) {
        plane(1, chroma_width, chroma_height, 1, {100});
        plane(2, chroma_width, chroma_height, 1, {150});
    }
    return stored;
}

int sample(const Image& image, std::size_t plane, int x, int y, int step = 1, int offset = 0) {
    return image.planes.data[plane][y * image.planes.stride[plane] + x * step + offset];
}

struct TurnCase {
    Orientation orientation;
    int top_left;   ///< value of the stored 5x3 picture that comes to the top left
    int top_right;  ///< and to the top right
};

class Turn : public testing::TestWithParam<TurnCase> {};

// Of 5x3: left top 0, right top 4, left bottom 20, right bottom 24.
INSTANTIATE_TEST_SUITE_P(Exif, Turn,
                         testing::Values(TurnCase{Orientation::upright, 0, 4}, TurnCase{Orientation::mirrored, 4, 0},
                                         TurnCase{Orientation::turned_180, 24, 20}, TurnCase{Orientation::flipped, 20, 24},
                                         TurnCase{Orientation::transposed, 0, 20}, TurnCase{Orientation::turned_90, 20, 0},
                                         TurnCase{Orientation::transversed, 24, 4},
                                         TurnCase{Orientation::turned_270, 4, 24}));

TEST_P(Turn, PutsTheRightCornersOnTop) {
    for (const ImageLayout layout : {ImageLayout::i420, ImageLayout::nv12, ImageLayout::i422, ImageLayout::i444,
                                     ImageLayout::gray8, ImageLayout::bgr24}) {
        const Stored stored = make(layout, 5, 3);
        BufferPool pool;
        const auto turned = turn(stored.image, GetParam().orientation, pool);
        ASSERT_TRUE(turned.has_value());
        const bool swapped = swaps_sides(GetParam().orientation);
        EXPECT_EQ(turned->width, swapped ? 3 : 5);
        EXPECT_EQ(turned->height, swapped ? 5 : 3);
        const int step = layout == ImageLayout::bgr24 ? 3 : 1;
        EXPECT_EQ(sample(*turned, 0, 0, 0, step), GetParam().top_left);
        EXPECT_EQ(sample(*turned, 0, turned->width - 1, 0, step), GetParam().top_right);
        if (layout == ImageLayout::bgr24) {
            EXPECT_EQ(sample(*turned, 0, 0, 0, 3, 1), 100 + GetParam().top_left);
            EXPECT_EQ(sample(*turned, 0, turned->width - 1, 0, 3, 2), 150 + GetParam().top_right);
        } else if (layout == ImageLayout::i444) {
            EXPECT_EQ(sample(*turned, 1, 0, 0), 100 + GetParam().top_left);
            EXPECT_EQ(sample(*turned, 2, turned->width - 1, 0), 150 + GetParam().top_right);
        }
    }
}

TEST(Turn, TurnsHalvedChromaWithThePicture) {
    for (const ImageLayout layout : {ImageLayout::i420, ImageLayout::nv12}) {
        const Stored stored = make(layout, 5, 3);  // chroma 3x2: 100 101 102 / 110 111 112
        BufferPool pool;
        const auto turned = turn(stored.image, Orientation::turned_90, pool);
        ASSERT_TRUE(turned.has_value());
        EXPECT_EQ(turned->layout, ImageLayout::i420);
        EXPECT_EQ(sample(*turned, 1, 0, 0), 110);
        EXPECT_EQ(sample(*turned, 1, 1, 0), 100);
        EXPECT_EQ(sample(*turned, 2, 0, 2), 162);
        EXPECT_EQ(sample(*turned, 2, 1, 2), 152);
    }
}

TEST(Turn, KeepsAllOfHorizontallyHalvedChromaWhenSidesSwap) {
    const Stored stored = make(ImageLayout::i422, 5, 3);  // chroma 3x3
    BufferPool pool;
    const auto turned = turn(stored.image, Orientation::turned_90, pool);
    ASSERT_TRUE(turned.has_value());
    EXPECT_EQ(turned->layout, ImageLayout::i444);
    EXPECT_EQ(sample(*turned, 1, 0, 0), 120);  // column 0 of the stored picture, from below
    EXPECT_EQ(sample(*turned, 1, 0, 1), 120);  // column 1 shares its chroma with column 0
    EXPECT_EQ(sample(*turned, 1, 2, 4), 102);
}

TEST(Turn, RecyclesItsMemory) {
    const Stored stored = make(ImageLayout::i420, 5, 3);
    BufferPool pool;
    const auto first = turn(stored.image, Orientation::turned_180, pool).value().planes.data[0];
    EXPECT_EQ(turn(stored.image, Orientation::turned_180, pool).value().planes.data[0], first);
}

}  // namespace
}  // namespace facet::ffmpeg
