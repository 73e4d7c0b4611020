#include "config/command_line.h"

#include <gmock/gmock.h>

#include <array>

namespace facet::config {
namespace {

using testing::HasSubstr;

constexpr std::array kCommandRows{
    OptionRow{.key = "config", .type = OptionType::path, .help = "the config"},
    OptionRow{.key = "every", .type = OptionType::integer, .fallback = "1", .minimum = 1, .help = "every N-th frame"},
    OptionRow{.key = "json", .type = OptionType::flag, .help = "print JSON"},
};
constexpr CommandSpec kSpec{"analyze", "does it", "VIDEO...", kCommandRows};

Result<CommandLine> parse(const std::vector<std::string>& arguments) { return parse_command_line(kSpec, arguments); }

TEST(CommandLineTest, OptionsMayStandAnywhereAndTakeTheirValueEitherWay) {
    const auto line = parse({"a.mp4", "-c", "site.yaml", "--every=3", "--json", "--", "--b.mp4"});
    ASSERT_TRUE(line) << line.error().message;
    EXPECT_EQ(line->positionals, (std::vector<std::string>{"a.mp4", "--b.mp4"}));
    EXPECT_EQ(line->values.path("config"), "site.yaml");
    EXPECT_EQ(line->values.integer("every"), 3);
    EXPECT_TRUE(line->values.flag("json"));
    EXPECT_FALSE(parse({"--no-json"})->values.flag("json"));
}

TEST(CommandLineTest, MistakesAreNamed) {
    EXPECT_THAT(parse({"--evry", "3"}).error().message, HasSubstr("unknown option '--evry', did you mean '--every'?"));
    EXPECT_THAT(parse({"--every"}).error().message, HasSubstr("option '--every' needs a value"));
    EXPECT_THAT(parse({"--every", "0"}).error().message, HasSubstr("every is '0', expected 1.."));
    EXPECT_THAT(parse({"--every=1", "--every=2"}).error().message, HasSubstr("given twice"));
    const CommandSpec without{"doctor", "says", "", kCommandRows};
    const std::vector<std::string> extra{"x"};
    EXPECT_THAT(parse_command_line(without, extra).error().message, HasSubstr("unexpected argument 'x'"));
}

TEST(CommandLineTest, HelpListsEveryOptionWithItsDefault) {
    EXPECT_TRUE(parse({"--help", "--nonsense"})->help);
    const std::string help = help_text(kSpec);
    EXPECT_THAT(help, HasSubstr("usage: facet analyze VIDEO... [options]"));
    EXPECT_THAT(help, HasSubstr("--every N"));
    EXPECT_THAT(help, HasSubstr("(default 1)"));
}

}  // namespace
}  // namespace facet::config
