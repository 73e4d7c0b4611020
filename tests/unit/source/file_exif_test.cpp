#include "source/file/exif.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <array>
#include <initializer_list>
#include <string_view>

#include <string>
#include <vector>

namespace facet::source::file {
namespace {

using ffmpeg::Orientation;

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

using std::string_view_literals::operator""sv;

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (const std::string_view part : parts) whole += part;
    return whole;
}

/// A TIFF block with one directory of one entry: the orientation.
std::string tiff(bool little, char value) {
    const std::string_view one(&value, 1);
    if (little) return joined({"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"sv, one, "\0\0\0\0\0\0\0"sv});
    return joined({"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv, one, "\0\0\0\0\0\0"sv});
}

std::string jpeg(const std::string& block) {
    const std::string exif = joined({"Exif\0\0"sv, block});
    const std::array length{static_cast<char>((exif.size() + 2) >> 8), static_cast<char>((exif.size() + 2) & 255)};
    constexpr std::string_view kOtherSegment =
        "\xFF\xE0\0\x06"
        "ABCD"sv;
    return joined({"\xFF\xD8"sv, kOtherSegment, "\xFF\xE1"sv, {length.data(), length.size()}, exif, "\xFF\xDA\0\x04XX"sv});
}

TEST(Exif, ReadsAllEightOrientationsInBothByteOrders) {
    for (char value = 1; value <= 8; ++value) {
        EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(true, value)))), static_cast<Orientation>(value));
        EXPECT_EQ(exif_orientation(bytes(jpeg(tiff(false, value)))), static_cast<Orientation>(value));
    }
}

TEST(Exif, ReadsTheChunksOfPngAndWebp) {
    const std::string block = tiff(true, 6);
    const char size = static_cast<char>(block.size());
    const std::string_view length(&size, 1);
    const std::string png = joined({"\x89PNG\r\n\x1a\n\0\0\0\x01gAMAxCRC4\0\0\0"sv, length, "eXIf"sv, block});
    EXPECT_EQ(exif_orientation(bytes(png)), Orientation::turned_90);
    const std::string webp = joined({"RIFF\0\0\0\0WEBPVP8 \x03\0\0\0abc\0EXIF"sv, length, "\0\0\0"sv, block});
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
