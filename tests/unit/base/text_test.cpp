#include "base/text.h"

#include <gtest/gtest.h>

#include <array>

namespace facet {
namespace {

TEST(TextTest, TheNearestNameIsFoundForATypingErrorAndNotForAnotherWord) {
    constexpr std::array<std::string_view, 3> kNames{"threshold", "threads", "labels"};
    EXPECT_EQ(nearest_name("treshold", kNames), "threshold");
    EXPECT_EQ(nearest_name("thread", kNames), "threads");
    EXPECT_EQ(nearest_name("banana", kNames), std::nullopt);
}

TEST(TextTest, NumbersAreReadWholeOrNotAtAll) {
    EXPECT_EQ(parse_number("1.5e3"), 1500);
    EXPECT_EQ(parse_number("1.5x"), std::nullopt);
    EXPECT_EQ(parse_number("nan"), std::nullopt);
    EXPECT_EQ(parse_number(""), std::nullopt);
    EXPECT_EQ(parse_integer("-7"), -7);
    EXPECT_EQ(parse_integer("7.5"), std::nullopt);
}

TEST(TextTest, TimesAreWrittenInUtcWithMicroseconds) {
    EXPECT_EQ(rfc3339(WallTime(std::chrono::milliseconds(1500))), "1970-01-01T00:00:01.500000Z");
    EXPECT_EQ(rfc3339(WallTime(std::chrono::seconds(951827696))), "2000-02-29T12:34:56.000000Z");
}

TEST(TextTest, OnlyWellFormedUtf8HasALength) {
    EXPECT_EQ(utf8_length("a"), 1u);
    EXPECT_EQ(utf8_length("\xC3\xA9!"), 2u);
    EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3u);
    EXPECT_EQ(utf8_length("\xF0\x9F\x9A\x97"), 4u);
    EXPECT_EQ(utf8_length("\xC3"), 0u);          // cut
    EXPECT_EQ(utf8_length("\xC0\x80"), 0u);      // overlong
    EXPECT_EQ(utf8_length("\xED\xA0\x80"), 0u);  // a surrogate
}

TEST(TextTest, SplittingKeepsEmptyParts) {
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
    EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
    EXPECT_EQ(trim(" \ta b\r\n"), "a b");
}

}  // namespace
}  // namespace facet
