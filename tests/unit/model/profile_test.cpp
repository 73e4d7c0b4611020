#include "model/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace facet::model {
namespace {

ProfileEntry entry(double cpu_ms) {
    return {.model = "net",
            .sha256 = "aa",
            .variant = "openvino f32 416x256",
            .machine = "box",
            .cpu_ms = cpu_ms,
            .image_ms = 0.5,
            .load_ms = 90,
            .memory_mb = 20,
            .runs = 20};
}

TEST(Profile, WhatIsSavedIsLoaded) {
    const tests::TemporaryFolder folder;
    const std::string path = folder / "sub/profile.json";
    EXPECT_TRUE(Profile::load(path)->entries().empty());
    Profile profile;
    profile.put(entry(7));
    profile.put(entry(8));  // measured again
    ASSERT_TRUE(profile.save(path).has_value());
    const auto loaded = Profile::load(path);
    ASSERT_TRUE(loaded.has_value());
    ASSERT_EQ(loaded->entries().size(), 1U);
    const ProfileEntry* found = loaded->find("aa", "openvino f32 416x256", "box");
    ASSERT_NE(found, nullptr);
    EXPECT_DOUBLE_EQ(found->cpu_ms, 8);
    EXPECT_EQ(found->runs, 20);
    EXPECT_EQ(loaded->find("aa", "openvino f32 416x256", "another box"), nullptr);
}

TEST(Profile, AFileThatIsNoProfileIsAnError) {
    const tests::TemporaryFolder folder;
    folder.write("a", "[1, 2");
    folder.write("b", "{\"entries\": 3}");
    EXPECT_EQ(Profile::load(folder / "a").error().code, ErrorCode::corrupt);
    EXPECT_THAT(Profile::load(folder / "b").error().message, testing::HasSubstr("not a profile"));
}

}  // namespace
}  // namespace facet::model
