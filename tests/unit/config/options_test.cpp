#include "config/options.h"

#include <gmock/gmock.h>

#include <array>

namespace facet::config {
namespace {

using testing::HasSubstr;

constexpr std::array kRows{
    OptionRow{.key = "threshold",
              .type = OptionType::number,
              .fallback = "0.3",
              .minimum = 0,
              .maximum = 1,
              .help = "least score"},
    OptionRow{.key = "count", .type = OptionType::integer, .minimum = 1, .maximum = 10},
    OptionRow{.key = "live", .type = OptionType::flag, .fallback = "false"},
    OptionRow{.key = "dwell", .type = OptionType::duration, .minimum = 0},
    OptionRow{.key = "room", .type = OptionType::bytes, .minimum = 1000},
    OptionRow{.key = "precision", .type = OptionType::choice, .fallback = "auto", .choices = "auto|f32"},
    OptionRow{.key = "labels", .type = OptionType::texts},
    OptionRow{.key = "points", .type = OptionType::points},
    OptionRow{.key = "file", .type = OptionType::path},
    OptionRow{.key = "name", .type = OptionType::text, .required = true, .help = "unique"},
};

Result<Values> read(std::string_view yaml) {
    FACET_TRY(const auto node, parse_yaml(yaml, "conf/f.yaml", [](const char*) -> const char* { return nullptr; }));
    return Values::read(kRows, node, "thing");
}

std::string error_of(std::string_view yaml) {
    const auto values = read(yaml);
    return values ? "" : values.error().message;
}

TEST(OptionsTest, ValuesAreTypedAndDefaultsFilledIn) {
    const auto values = read("{name: x, count: 3, dwell: 1.5m, labels: [car, bus], points: [[0, 0.5], [1, 1]], file: a/b}");
    ASSERT_TRUE(values) << values.error().message;
    EXPECT_DOUBLE_EQ(values->number("threshold"), 0.3);
    EXPECT_FALSE(values->has("threshold"));
    EXPECT_EQ(values->integer("count"), 3);
    EXPECT_EQ(values->duration("dwell"), std::chrono::seconds(90));
    EXPECT_EQ(values->text("precision"), "auto");
    EXPECT_EQ(values->texts("labels"), (std::vector<std::string>{"car", "bus"}));
    EXPECT_EQ(values->points("points"), (std::vector<Coordinates>{{0, 0.5F}, {1, 1}}));
    EXPECT_EQ(values->path("file"), "conf/a/b");
    EXPECT_EQ(values->place("count"), "conf/f.yaml:1");
}

TEST(OptionsTest, WrongValuesAreNamedWithTheirPlaceAndWhatWasExpected) {
    EXPECT_EQ(error_of("{name: x, count: 11}"), "conf/f.yaml:1: thing: count is '11', expected 1..10");
    EXPECT_EQ(error_of("{name: x, count: 1.5}"), "conf/f.yaml:1: thing: count is '1.5', expected integer");
    EXPECT_EQ(error_of("{name: x, threshold: high}"), "conf/f.yaml:1: thing: threshold is 'high', expected number");
    EXPECT_EQ(error_of("{name: x, precision: f64}"), "conf/f.yaml:1: thing: precision is 'f64', expected one of auto, f32");
    EXPECT_THAT(error_of("{name: x, live: maybe}"), HasSubstr("expected true or false"));
    EXPECT_THAT(error_of("{name: x, dwell: 5 apples}"), HasSubstr("expected duration"));
    EXPECT_THAT(error_of("{name: x, points: [[0]]}"), HasSubstr("expected [[x, y], ...]"));
    EXPECT_THAT(error_of("{name: x, treshold: 1}"), HasSubstr("unknown key 'treshold', did you mean 'threshold'?"));
    EXPECT_THAT(error_of("{count: 1}"), HasSubstr("'name' is missing (unique)"));
    EXPECT_THAT(error_of("[1, 2]"), HasSubstr("expected `key: value` lines"));
    EXPECT_THAT(error_of("{name: x, threshold: .nan}"), HasSubstr("threshold is '.nan'"));
}

TEST(OptionsTest, SizesHaveUnits) {
    EXPECT_EQ(*parse_bytes("10GB"), 10'000'000'000);
    EXPECT_EQ(*parse_bytes("1.5 MB"), 1'500'000);
    EXPECT_EQ(*parse_bytes("64KiB"), 65'536);
    EXPECT_EQ(*parse_bytes("7"), 7);
    EXPECT_EQ(*parse_bytes("7B"), 7);
    for (const char* wrong : {"", "GB", "-1GB", "10 apples", "1e30TB"}) EXPECT_FALSE(parse_bytes(wrong)) << wrong;
    EXPECT_THAT(parse_bytes("ten").error().message, HasSubstr("'ten' is no size"));
    EXPECT_EQ(read("{name: x, room: 2MB}")->bytes("room"), 2'000'000);
    EXPECT_THAT(error_of("{name: x, room: 2 rooms}"), HasSubstr("room is '2 rooms', expected bytes"));
    EXPECT_THAT(error_of("{name: x, room: 10B}"), HasSubstr("room is '10B', expected 1000.."));
}

TEST(OptionsTest, DurationsHaveUnits) {
    EXPECT_EQ(*parse_duration("250ms"), std::chrono::milliseconds(250));
    EXPECT_EQ(*parse_duration("2h"), std::chrono::hours(2));
    EXPECT_EQ(*parse_duration("3"), std::chrono::seconds(3));
    EXPECT_FALSE(parse_duration("1e300s"));
    EXPECT_FALSE(parse_duration("s"));
}

TEST(OptionsTest, TheReferenceTableHasARowForEachOption) {
    const std::string table = to_markdown(kRows);
    for (const auto& row : kRows) EXPECT_THAT(table, HasSubstr(fmt::format("| `{}` |", row.key)));
}

}  // namespace
}  // namespace facet::config
