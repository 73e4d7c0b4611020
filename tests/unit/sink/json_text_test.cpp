#include "sink/dialect/json_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <locale>
#include <nlohmann/json.hpp>

namespace facet::sink::dialect {
namespace {

std::string text(std::string_view value) {
    std::string out;
    append_text(out, value);
    return out;
}

template <class Number>
std::string number(Number value) {
    std::string out;
    append_number(out, value);
    return out;
}

TEST(JsonText, EscapesWhatJsonDemandsAndNothingElse) {
    EXPECT_EQ(text("plain / text"), R"("plain / text")");
    EXPECT_EQ(text("a\"b\\c\n\t\r\b\f"), R"("a\"b\\c\n\t\r\b\f")");
    EXPECT_EQ(text(std::string_view("\x01\x00\x1f", 3)), "\"\\u0001\\u0000\\u001f\"");
    EXPECT_EQ(text("皖A·\xF0\x9F\x9A\x97"), "\"皖A·\xF0\x9F\x9A\x97\"");
}

TEST(JsonText, ReplacesBytesThatAreNotUtf8) {
    EXPECT_EQ(text("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(text("\xC3"), "\"\xEF\xBF\xBD\"") << "cut in the middle of a character";
    EXPECT_EQ(text("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "overlong form";
    EXPECT_EQ(text("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"") << "surrogate";
    EXPECT_EQ(text("\xF4\x90\x80\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")
        << "behind the last character";
}

TEST(JsonText, AnyBytesGiveJsonThatAParserTakes) {
    EXPECT_TRUE(rc::check([](const std::string& bytes) { RC_ASSERT(nlohmann::json::accept(text(bytes))); }));
}

TEST(JsonText, ValidTextReadsBackUnchanged) {
    EXPECT_TRUE(rc::check([] {
        std::string utf8;
        for (const auto code :
             *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 0x110000))) {
            if (code >= 0xD800 && code < 0xE000) continue;
            const auto put = [&utf8](std::uint32_t byte) { utf8 += static_cast<char>(byte); };
            if (code < 0x80) {
                put(code);
            } else if (code < 0x800) {
                put(0xC0 | code >> 6), put(0x80 | (code & 63));
            } else if (code < 0x10000) {
                put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
            } else {
                put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 63)), put(0x80 | (code >> 6 & 63)), put(0x80 | (code & 63));
            }
        }
        RC_ASSERT(nlohmann::json::parse(text(utf8)).get<std::string>() == utf8);
    }));
}

TEST(JsonText, NumbersAreTheShortestThatReadBackToTheSameValue) {
    EXPECT_EQ(number(0.1F), "0.1") << "a float is not written as the double it equals";
    EXPECT_EQ(number(0.1), "0.1");
    EXPECT_EQ(number(3.0), "3");
    EXPECT_EQ(number(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(number(12.04), "12.04");
    EXPECT_EQ(number(-7LL), "-7");
    EXPECT_TRUE(rc::check([](std::uint64_t bits) {
        const auto value = std::bit_cast<double>(bits);
        RC_PRE(std::isfinite(value));
        RC_ASSERT(nlohmann::json::parse(number(value)).get<double>() == value);
    }));
    EXPECT_TRUE(rc::check([](std::uint32_t bits) {
        const auto value = std::bit_cast<float>(bits);
        RC_PRE(std::isfinite(value));
        RC_ASSERT(nlohmann::json::parse(number(value)).get<float>() == value);
    }));
}

TEST(JsonText, NoLocaleChangesTheDecimalPoint) {
    struct Comma : std::numpunct<char> {
        char do_decimal_point() const override { return ','; }
        char do_thousands_sep() const override { return '.'; }
        std::string do_grouping() const override { return "\3"; }
    };
    const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
    EXPECT_EQ(number(1234.5), "1234.5");
    EXPECT_EQ(number(1234567LL), "1234567");
    std::locale::global(before);
}

TEST(JsonText, ANumberThatIsNotFiniteIsABugOfTheCaller) {
    EXPECT_DEATH(number(std::nan("")), "isfinite");
    EXPECT_DEATH(number(INFINITY), "isfinite");
}

}  // namespace
}  // namespace facet::sink::dialect
