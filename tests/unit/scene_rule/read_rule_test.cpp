#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "all_rules.h"
#include "stage.h"

namespace facet::scene {
namespace {

using testing::HasSubstr;

std::string message(const std::string& yaml) {
    const auto rule = read(yaml);
    return rule ? "accepted" : rule.error().message;
}

TEST(ReadRuleTest, ALineAndAZoneOfTheDesignAreRead) {
    EXPECT_EQ(message("{name: stop-line, type: line, points: [[0.0, 0.5], [1.0, 0.5]], labels: [car, bus, truck]}"),
              "accepted");
    EXPECT_EQ(
        message("{name: lobby, type: zone, points: [[0.1, 0.2], [0.9, 0.2], [0.9, 1.0]], labels: [person], dwell: 5s}"),
        "accepted");
}

TEST(ReadRuleTest, AnUnknownTypeOrKeyIsRefusedWithTheNearestName) {
    EXPECT_EQ(message("{name: a, type: lime}"),
              "site.yaml:1: camera 'north': rule 'a': unknown type 'lime', did you mean 'line'?");
    EXPECT_THAT(message("{name: a, type: line, point: [[0, 0], [1, 1]]}"),
                HasSubstr("rule 'a': unknown key 'point', did you mean 'points'?"));
}

TEST(ReadRuleTest, ARuleWithoutNameOrTypeOrMembersIsRefused) {
    EXPECT_THAT(message("{name: a, points: [[0, 0], [1, 1]]}"), HasSubstr("a rule needs a name and a type"));
    EXPECT_THAT(message("{type: line, points: [[0, 0], [1, 1]]}"), HasSubstr("a rule needs a name and a type"));
    EXPECT_THAT(message("just text"), HasSubstr("site.yaml:1: camera 'north': rule ''"));
    EXPECT_THAT(message(""), HasSubstr("'name' is missing"));
    EXPECT_THAT(message("{name: a, type: line, points: [[0, 0], [1, 1]], labels: ['']}"), HasSubstr("a label is empty"));
}

TEST(ReadRuleTest, TheExpertsThatARuleListensToAreGivenBack) {
    const auto node = config::parse_yaml("{name: a, type: line, points: [[0, 0], [1, 1]], experts: [x, y]}", "site.yaml",
                                         [](const char*) -> const char* { return nullptr; });
    std::vector<std::string> experts;
    ASSERT_TRUE(read_rule(kAllRules, *node, "north", experts));
    EXPECT_EQ(experts, (std::vector<std::string>{"x", "y"}));
}

TEST(ReadRuleTest, ImpossibleLinesAreRefusedByName) {
    const auto line = [](const std::string& points) { return message("{name: a, type: line, points: " + points + "}"); };
    EXPECT_EQ(line("[[0.5, 0.5], [0.5, 0.5]]"), "site.yaml:1: rule 'a': a line from [0.5, 0.5] to [0.5, 0.5] has no length");
    EXPECT_THAT(line("[[0.5, 0.5], [0.50001, 0.5]]"), HasSubstr("has no length"));
    EXPECT_EQ(line("[[0, 0.5], [1.5, 0.5]]"), "site.yaml:1: rule 'a': point [1.5, 0.5] lies outside of 0..1");
    EXPECT_EQ(line("[[0, 0.5]]"), "site.yaml:1: rule 'a': 1 points are no line, expected 2");
    EXPECT_THAT(line("[[0, 0], [1, 1], [0, 1]]"), HasSubstr("3 points are no line"));
    EXPECT_THAT(line("[[0, 0], [1, nan]]"), HasSubstr("points is"));
    EXPECT_THAT(line("[[0, 0], [1, 1e300]]"), HasSubstr("lies outside of 0..1"));
}

TEST(ReadRuleTest, ImpossibleAreasAreRefusedByName) {
    const auto zone = [](const std::string& points) { return message("{name: a, type: zone, points: " + points + "}"); };
    EXPECT_EQ(zone("[[0, 0], [1, 0], [0, 1], [1, 1]]"), "site.yaml:1: rule 'a': points is no area: it crosses itself");
    EXPECT_THAT(zone("[[0, 0], [1, 0]]"), HasSubstr("it has fewer than 3 points"));
    EXPECT_THAT(zone("[]"), HasSubstr("it has fewer than 3 points"));
    EXPECT_THAT(zone("[[0, 0], [0.5, 0.5], [1, 1]]"), HasSubstr("it has no area"));
    EXPECT_THAT(zone("[[0, 0], [1, 0], [1, -0.1]]"), HasSubstr("a point lies outside of 0..1"));
    EXPECT_THAT(zone("[[0, 0], [1, 0], [1, 1], [0, 0]]"), HasSubstr("its last point repeats the first"));
    EXPECT_THAT(zone("[[0, 0], [1, 0], [1, 0], [1, 1]]"), HasSubstr("a point stands twice in a row"));
}

TEST(ReadRuleTest, DurationsThatAreNotPositiveAreRefused) {
    const std::string area = "points: [[0, 0], [1, 0], [1, 1]]";
    EXPECT_THAT(message("{name: a, type: zone, " + area + ", dwell: 0s}"), HasSubstr("dwell is '0s', expected"));
    EXPECT_THAT(message("{name: a, type: zone, " + area + ", dwell: -5s}"), HasSubstr("dwell is '-5s', expected"));
    EXPECT_THAT(message("{name: a, type: zone, " + area + ", grace: soon}"),
                HasSubstr("grace is 'soon', expected duration"));
}

/// The sample rules in a header's comment: each begins with "- {name:" and ends with its last brace.
std::vector<std::string> samples(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> found;
    int open = 0;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with("//")) continue;
        if (const auto begin = line.find("- {name:"); begin != std::string::npos) {
            found.emplace_back();
            line = line.substr(begin + 2);
        } else if (open == 0) {
            continue;
        } else {
            line = line.substr(2);
        }
        open += static_cast<int>(std::count(line.begin(), line.end(), '{') - std::count(line.begin(), line.end(), '}'));
        found.back() += line;
    }
    return found;
}

TEST(ReadRuleTest, EveryTypeIsReadFromTheSamplesOfItsHeader) {
    for (const RuleInfo* info : kAllRules) {
        const std::string path = fmt::format("src/scene/rule/{}.h", info->type);
        const auto found = samples(path);
        EXPECT_FALSE(found.empty()) << path;
        for (const std::string& yaml : found) {
            EXPECT_EQ(message(yaml), "accepted") << yaml;
            if (info->type == "speed") continue;  // has two calibrations, each with options of its own
            for (const auto& row : info->options) EXPECT_THAT(yaml, HasSubstr(fmt::format("{}:", row.key)));
        }
    }
}

TEST(ReadRuleTest, TheRulesOfTheExamplesAreRead) {
    for (const std::string example : {"traffic", "people-counting", "line-inspection"}) {
        const std::string folder = "examples/" + example;
        const auto site = config::load_yaml(folder + "/config.yaml");
        ASSERT_TRUE(site) << site.error().message;
        for (const auto& camera : site->find("cameras")->items)
            for (const auto& node : camera.find("rules")->items) {
                std::vector<std::string> experts;
                const auto rule = read_rule(kAllRules, node, "north", experts);
                EXPECT_TRUE(rule) << rule.error().message;
            }
        std::ifstream readme(folder + "/README.md");
        for (std::string line; std::getline(readme, line);) {
            if (!line.starts_with("- {name:")) continue;
            EXPECT_EQ(message(line.substr(2)), "accepted") << line;
        }
    }
}

TEST(ReadRuleTest, EveryTypeHasASummaryAndHelpForItsOptionsWhichDoNotShadowTheCommonOnes) {
    for (const RuleInfo* info : kAllRules) {
        EXPECT_FALSE(info->summary.empty()) << info->type;
        for (const auto& row : info->options) {
            EXPECT_FALSE(row.help.empty()) << info->type << " " << row.key;
            for (const auto& common : common_rule_options()) EXPECT_NE(row.key, common.key) << info->type;
        }
    }
}

TEST(ReadRuleTest, ASpeedRuleNeedsOneWholeCalibration) {
    const auto speed = [](const std::string& options) { return message("{name: a, type: speed, " + options + "}"); };
    EXPECT_EQ(speed("limit: 50"), "site.yaml:1: rule 'a': expected either points and metres, or lines and distance");
    EXPECT_THAT(speed("points: [[0, 0], [1, 0], [1, 1], [0, 1]]"), HasSubstr("expected either points and metres"));
    EXPECT_THAT(speed("lines: [[[0, 0], [1, 0]], [[0, 1], [1, 1]]], distance: 5, metres: [[0, 0]]"),
                HasSubstr("expected either"));
    EXPECT_THAT(speed("points: [[0, 0], [1, 0], [1, 1]], metres: [[0, 0], [1, 0], [1, 1]]"),
                HasSubstr("expected 4 of each"));
    EXPECT_THAT(speed("points: [[0, 0], [1, 0], [1, 1], [0, 1]], metres: [[0, 0], [1, 0], [2, 0], [0, 1]]"),
                HasSubstr("convex quadrilateral without three corners on a line"));
    EXPECT_THAT(speed("lines: [[[0, 0], [1, 1]], [[0, 1], [1, 0]]], distance: 5"),
                HasSubstr("the two lines touch each other"));
    EXPECT_THAT(speed("lines: [[[0, 0], [1, 1]]], distance: 5"), HasSubstr("1 lines, expected 2"));
    EXPECT_THAT(speed("lines: [[[0, 0], [0, 0]], [[0, 1], [1, 0]]], distance: 5"), HasSubstr("has no length"));
    EXPECT_THAT(speed("lines: [[[0, 0], [1, 0]], [[0, 1], [1, 1]]], distance: 0"), HasSubstr("distance is '0', expected"));
}

TEST(ReadRuleTest, ACrowdWhoseSlackIsItsCountIsRefused) {
    EXPECT_EQ(message("{name: a, type: crowd, count: 2, slack: 2}"),
              "site.yaml:1: rule 'a': slack is 2, expected less than count, 2");
}

}  // namespace
}  // namespace facet::scene
