// facet doctor: what this machine has, for people and for programs.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;

TEST(Doctor, SaysWhatIsHereAndWhyABackendIsAbsent) {
    const ProcessResult result = run_process({FACET_BINARY, "doctor", "--json"});
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json facts = json::parse(result.out);
    EXPECT_GE(facts["cores"], 1);
    EXPECT_GT(facts["memory_mb"], facts["memory_free_mb"]);
    EXPECT_FALSE(facts["codecs"].empty());
    for (const json& backend : facts["backends"]) EXPECT_NE(backend["facts"], "") << backend;
    for (const char* kind : {"sources", "experts", "trackers", "rules", "sinks"}) EXPECT_FALSE(facts[kind].empty()) << kind;
    EXPECT_TRUE(facts["advice"].is_array());
}

TEST(Doctor, WithoutAFolderForTheCacheAdvisesOne) {
    const ProcessResult result = run_process({"/usr/bin/env", "-u", "HOME", "-u", "XDG_CACHE_HOME", FACET_BINARY, "doctor"});
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    EXPECT_THAT(result.out, testing::HasSubstr("every start compiles its models again"));
}

}  // namespace
}  // namespace facet::test
