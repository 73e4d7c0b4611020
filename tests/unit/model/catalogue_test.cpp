#include "model/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "model/repository.h"
#include "wrap/openssl/sha256.h"

namespace facet::model {
namespace {

using testing::HasSubstr;

std::string row(const std::string& name, const std::string& rest) {
    return "  - {name: " + name + ", family: yolox, input: {size: [32, 32]}" + rest + "}\n";
}
const std::string kWhole = ", file: a.onnx, bytes: 3, sha256: " + std::string(64, 'a');

std::string error_of(const std::string& yaml) {
    const auto catalogue = Catalogue::parse(yaml, "c.yaml");
    return catalogue ? "no error" : catalogue.error().message;
}

TEST(Catalogue, TheBuiltInOneNamesEveryModelOnce) {
    const auto catalogue = Catalogue::builtin();
    ASSERT_TRUE(catalogue.has_value()) << catalogue.error().message;
    std::set<std::string> names;
    for (const Manifest& manifest : catalogue->models()) {
        EXPECT_TRUE(names.insert(manifest.name).second) << manifest.name;
        EXPECT_FALSE(manifest.licence.empty()) << manifest.name;
        EXPECT_FALSE(manifest.task.empty()) << manifest.name;
    }
    EXPECT_EQ(names.size(), 18U);
    ASSERT_NE(catalogue->find("yolox-nano"), nullptr);
    EXPECT_EQ(catalogue->find("yolox-nano")->labels.size(), 80U);
    EXPECT_EQ(catalogue->find("nothing"), nullptr);
    EXPECT_THAT(catalogue->unknown("yolox-nan").message, HasSubstr("did you mean 'yolox-nano'?"));
    EXPECT_EQ(catalogue->unknown("yolox-nan").code, ErrorCode::not_found);
}

TEST(Catalogue, TheBuiltInOneStatesTheFilesAsTheyAre) {
    const std::string folder = "../shared/data/models";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "needs the test data in ../shared/data";
    const auto catalogue = Catalogue::builtin();
    ASSERT_TRUE(catalogue.has_value());
    for (const Manifest& manifest : catalogue->models()) {
        const auto path = std::filesystem::path(folder) / manifest.file;
        ASSERT_TRUE(std::filesystem::exists(path)) << path;
        EXPECT_EQ(std::filesystem::file_size(path), manifest.bytes) << manifest.name;
        EXPECT_EQ(*sha256_of_file(path), manifest.sha256) << manifest.name;
    }
}

TEST(Catalogue, WrongRowsAreRefused) {
    EXPECT_EQ(error_of("models:\n" + row("a", kWhole)), "no error");
    EXPECT_THAT(error_of("models:\n" + row("a", kWhole) + row("a", kWhole)), HasSubstr("stands twice"));
    EXPECT_THAT(error_of("models:\n" + row("a", ", file: a.onnx, bytes: 3")), HasSubstr("'sha256' is missing"));
    EXPECT_THAT(error_of("models:\n" + row("a", "")), HasSubstr("'file' is missing"));
    EXPECT_THAT(error_of("models: 3\n"), HasSubstr("not a list"));
    EXPECT_THAT(error_of("modls: []\n"), HasSubstr("did you mean 'models'?"));
}

TEST(Catalogue, CannotReadTheEnvironment) {
    EXPECT_THAT(error_of("models:\n" + row("a", kWhole + ", licence: '${HOME}'")), HasSubstr("HOME"));
}

}  // namespace
}  // namespace facet::model
