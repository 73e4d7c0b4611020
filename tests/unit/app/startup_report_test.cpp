#include "app/startup_report.h"

#include <gmock/gmock.h>
#include <sys/resource.h>

namespace facet::app {
namespace {

using testing::HasSubstr;
using testing::Not;

engine::CameraPlan camera(const std::string& name, const std::string& address) {
    engine::CameraPlan camera;
    camera.name = name;
    camera.address = address;
    return camera;
}

engine::PlannedExpert expert_of(const std::string& name, const std::string& model, const std::string& path) {
    engine::PlannedExpert planned;
    planned.config.name = name;
    planned.config.model = model;
    auto loaded = std::make_shared<expert::LoadedExpert>();
    loaded->path = path;
    planned.loaded = std::move(loaded);
    return planned;
}

TEST(StartupReport, SaysWhatRunsOnWhatAndWhatIsMissing) {
    engine::Site site;
    site.metrics_listen = "127.0.0.1:9464";
    engine::Plan plan;
    plan.experts.push_back(expert_of("vehicles", "yolox-nano", "yolox.onnx"));
    plan.experts.back().costs_ms = {{"openvino bf16 416x256", 7.5}};
    plan.experts.push_back(expert_of("people", "yolox-tiny", "yolox.onnx"));
    plan.experts.push_back(expert_of("motion", "motion", ""));
    plan.cameras.push_back(camera("north", "rtsp://viewer:hidden@10.0.0.7/main"));
    plan.cameras.back().experts = {0, 2};
    plan.cameras.back().decode = brain::DecodePolicy::keys;
    plan.cameras.push_back(camera("south", "no/such/file.mp4"));
    plan.cameras.push_back(camera("west", "no/such/file.mp4"));
    plan.cameras.back().paused = true;
    engine::LiveOptions options;
    options.workers = 2;
    const std::string text = fmt::format("{}", fmt::join(startup_report(site, plan, options), "\n"));
    EXPECT_THAT(text, HasSubstr("3 cameras (1 paused), 3 experts, 2 workers, latency target 200 ms"));
    EXPECT_THAT(text, HasSubstr("'vehicles': yolox-nano, measured 7.5 ms as openvino bf16 416x256"));
    EXPECT_THAT(text, HasSubstr("'people': yolox-tiny, its cost here is not known (facet model profile yolox-tiny)"));
    EXPECT_THAT(text, HasSubstr("'motion': motion, plain code"));
    EXPECT_THAT(text, HasSubstr("'north': rtsp://viewer:***@10.0.0.7/main, decode keys, 0 rules, vehicles, motion"));
    EXPECT_THAT(text, HasSubstr("missing: camera 'south'"));
    EXPECT_THAT(text, Not(HasSubstr("missing: camera 'west'"))) << "it is paused";
    EXPECT_THAT(text, Not(HasSubstr("hidden")));
    EXPECT_THAT(text, HasSubstr("no control.socket"));
    EXPECT_THAT(text, Not(HasSubstr("no metrics.listen")));
}

TEST(StartupReport, AThousandCamerasAreNotAThousandLines) {
    engine::Plan plan;
    for (int i = 0; i < 1000; ++i) plan.cameras.push_back(camera(fmt::format("cam{}", i), "missing.mp4"));
    EXPECT_LT(startup_report({}, plan, {}).size(), 80U);
}

TEST(StartupReport, TooFewOpenFilesAreSaidBeforeTheyAreMissing) {
    rlimit before{};
    ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit low = before;
    low.rlim_cur = std::min<rlim_t>(100, before.rlim_max);
    ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
    EXPECT_EQ(raise_file_limit(1), "");
    rlimit raised{};
    getrlimit(RLIMIT_NOFILE, &raised);
    EXPECT_EQ(raised.rlim_cur, before.rlim_max) << "as far as it may";
    setrlimit(RLIMIT_NOFILE, &before);
    if (before.rlim_max == RLIM_INFINITY) GTEST_SKIP() << "SKIPPED: this machine has no limit of open files";
    const std::string text = raise_file_limit(before.rlim_max);
    EXPECT_THAT(text, HasSubstr(fmt::format("this process may have {}", before.rlim_max)));
    setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace facet::app
