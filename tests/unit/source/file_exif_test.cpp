#include "source/file/exif.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace facet::source::file {
namespace {

using ffmpeg::Orientation;

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

/// A TIFF block with one directory of one entry: the orientation.
std::string tiff(bool little, char value) {
    using std::string_literals::operator""s;
    if (little) return "II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + value + "\0\0\0\0\0\0\0"s;
    return "MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + value + "\0\0\0\0\0\0"s;
}

std::string jpeg(const std::string& block) {
    using std::string_literals::operator""s;
    const std::string exif = "Exif\0\0"s + block;
    const std::string padding =
        "\xFF\xE0\0\x06"
        "ABCD"s;  // another segment first
    return "\xFF\xD8"s + padding + "\xFF\xE1"s + static_cast<char>((exif.size() + 2) >> 8) +
           static_cast<char>((exif.size() + 2) & 255) + exif + "\xFF\xDA\0\x04XX"s;
}

TEST(Exif, ReadsAllEightOrientationsInBothByteOrders) {
    for (char value = 1; value <= 8; ++value) {
        EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(true, value)))), static_cast<Orientation>(value));
        EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(false, value)))), static_cast<Orientation>(value));
    }
}

TEST(Exif, ReadsTheChunksOfPngAndWebp) {
    using std::string_literals::operator""s;
    const std::string block = tiff(true, 6);
    const std::string png =
        "\x89PNG\r\n\x1a\n\0\0\0\x01gAMAxCRC4\0\0\0"s + static_cast<char>(block.size()) + "eXIf"s + block;
    EXPECT_EQ(exif_orientation(bytes(png)), Orientation::turned_90);
    const std::string webp =
        "RIFF\0\0\0\0WEBPVP8 \x03\0\0\0abc\0EXIF"s + static_cast<char>(block.size()) + "\0\0\0"s + block;
    EXPECT_EQ(exif_orientation(bytes(webp)), Orientation::turned_90);
}

TEST(Exif, TakesPicturesWithoutOrWithAnImpossibleOrientationAsUpright) {
    EXPECT_EQ(exif_orientation({}), Orientation::upright);
    EXPECT_EQ(exif_orientation(bytes("GIF89a")), Orientation::upright);
    EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(true, 0)))), Orientation::upright);
    EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(true, 9)))), Orientation::upright);
}

TEST(Exif, ReadsNothingBehindTheEndWhereverTheFileIsCutOrChanged) {
    const auto whole = bytes(jpeg(tiff(true, 6)));
    for (std::size_t size = 0; size <= whole.size(); ++size)
        exif_orientation(std::vector<std::uint8_t>(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_TRUE(rc::check([&whole](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& changes) {
        auto changed = whole;
        for (const auto& [position, value] : changes) changed[position % changed.size()] = value;
        const auto orientation = static_cast<int>(exif_orientation(changed));
        RC_ASSERT(orientation >= 1 && orientation <= 8);
    }));
}

}  // namespace
}  // namespace facet::source::file
