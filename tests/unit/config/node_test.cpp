#include "config/node.h"

#include <gmock/gmock.h>

#include <cstring>

namespace facet::config {
namespace {

using testing::HasSubstr;

const char* environment(const char* name) { return std::strcmp(name, "CAM_PASSWORD") == 0 ? "s3cret" : nullptr; }

TEST(NodeTest, EveryValueRemembersItsLine) {
    const auto node = parse_yaml("a: 1\nb:\n  - x\n  - y: {z: 2}\n", "f.yaml", environment);
    ASSERT_TRUE(node);
    EXPECT_EQ(node->find("b")->items[1].find("y")->find("z")->place(), "f.yaml:4");
    EXPECT_EQ(to_json(*node), R"({"a":"1","b":["x",{"y":{"z":"2"}}]})");
}

TEST(NodeTest, SecretsComeFromTheEnvironment) {
    const auto node = parse_yaml("source: rtsp://user:${CAM_PASSWORD}@host/main", "f.yaml", environment);
    ASSERT_TRUE(node);
    EXPECT_EQ(node->find("source")->scalar, "rtsp://user:s3cret@host/main");
    EXPECT_THAT(parse_yaml("a: 1\nb: ${NONE}", "f.yaml", environment).error().message,
                HasSubstr("f.yaml:2: environment variable 'NONE' is not set"));
    EXPECT_THAT(parse_yaml("b: ${NONE", "f.yaml", environment).error().message, HasSubstr("without }"));
}

TEST(NodeTest, BrokenDocumentsAreErrorsWithTheLine) {
    EXPECT_THAT(parse_yaml("a: 1\nb: [1, 2\n", "f.yaml", environment).error().message, HasSubstr("f.yaml:"));
    EXPECT_THAT(parse_yaml("a: 1\na: 2\n", "f.yaml", environment).error().message,
                HasSubstr("f.yaml:2: key 'a' is given twice"));
    EXPECT_THAT(parse_yaml("? [a]\n: 1\n", "f.yaml", environment).error().message, HasSubstr("plain word"));
}

TEST(NodeTest, HostileDocumentsAreRefusedInsteadOfEatingMemory) {
    std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
        bomb += fmt::format("a{}: &a{} [", i, i);
        for (int j = 0; j < 10; ++j) bomb += fmt::format("{}*a{}", j ? ", " : "", i - 1);
        bomb += "]\n";
    }
    EXPECT_THAT(parse_yaml(bomb, "f.yaml", environment).error().message, HasSubstr("more than 100000 values"));
    std::string deep = "a: ";
    for (int i = 0; i < 100; ++i) deep += '[';
    for (int i = 0; i < 100; ++i) deep += ']';
    EXPECT_FALSE(parse_yaml(deep, "f.yaml", environment));
    EXPECT_FALSE(parse_yaml(std::string(2 << 20, 'a'), "f.yaml", environment));
}

}  // namespace
}  // namespace facet::config
