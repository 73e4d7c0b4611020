// Whole runs on synthetic cameras: schema, order, determinism, interruption.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "base/clock.h"
#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RunTest : public testing::Test {
protected:
    void SetUp() override {
        write_text(folder_ / "site.yaml", R"(
cameras:
  - name: a
    source: 'synthetic:street?seed=1&size=320x192&frames=120&objects=6'
    rules:
      - {name: middle, type: line, points: [[0.0, 0.6], [1.0, 0.6]]}
      - {name: all, type: zone, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}
  - name: b
    source: 'synthetic:hall?seed=2&size=320x192&frames=90&objects=4'
    rules:
      - {name: all, type: zone, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}
experts:
  - {name: motion, model: motion}
)");
    }
    ProcessResult analyze(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {FACET_BINARY, "analyze", "-c", folder_ / "site.yaml"});
        return run_process(arguments);
    }
    TemporaryFolder folder_;
};

TEST_F(RunTest, TheSummaryHasItsKeysAndCountsEveryFrame) {
    const auto result = analyze({"--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json summary = json::parse(last_line(result.out));
    EXPECT_EQ(summary["frames"], 210);
    EXPECT_EQ(summary["frames_inferred"], 210);
    for (const char* key : {"wall_s", "cpu_s", "fps", "startup_s", "startup_cpu_s", "rss_mb_peak"})
        EXPECT_GT(summary[key], 0) << key;
    EXPECT_GE(summary["first_result_s"], summary["startup_s"]) << "both count from the start of the process";
    for (const char* stage : {"decode", "image", "inference", "track", "rule", "sink"})
        EXPECT_TRUE(summary["stage_ms"][stage].is_number()) << stage;
    EXPECT_TRUE(summary["skipped"].is_object());
    EXPECT_TRUE(summary["errors"].empty());
}

TEST_F(RunTest, EventsAndDetectionsAreTheSameBytesOnEveryRunAndForEveryNumberOfThreads) {
    std::set<std::string> events;
    std::set<std::string> detections;
    for (const char* threads : {"1", "2", "3", "5", "2"}) {
        const auto result =
            analyze({"--threads", threads, "--events", folder_ / "e.jsonl", "--detections", folder_ / "d.jsonl"});
        ASSERT_EQ(result.exit_code, 0) << result.err;
        events.insert(read_text(folder_ / "e.jsonl"));
        detections.insert(read_text(folder_ / "d.jsonl"));
    }
    EXPECT_EQ(events.size(), 1U);
    EXPECT_EQ(detections.size(), 1U);
    EXPECT_FALSE(events.begin()->empty());
    EXPECT_EQ(lines_of(*detections.begin()).size(), 210U);
}

TEST_F(RunTest, ManyShortInputsAreWrittenInOneOrderForEveryNumberOfThreads) {
    std::vector<std::string> command{FACET_BINARY, "analyze", "--detections", folder_ / "d.jsonl"};
    for (const int frames : {7, 3, 9, 1, 2, 20, 5, 4})
        command.push_back(fmt::format("synthetic:hall?seed={0}&size=160x96&frames={0}", frames));
    std::set<std::string> outputs;
    for (const char* threads : {"1", "2", "4", "7"}) {
        auto with_threads = command;
        with_threads.insert(with_threads.end(), {"--threads", threads});
        const auto result = run_process(with_threads);
        ASSERT_EQ(result.exit_code, 0) << result.err;
        outputs.insert(read_text(folder_ / "d.jsonl"));
    }
    EXPECT_EQ(outputs.size(), 1U);
    EXPECT_EQ(lines_of(*outputs.begin()).size(), 51U);
}

TEST_F(RunTest, EventsHaveTheFieldsThatConsumersRelyOn) {
    const auto result = analyze({"--events", "-"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto lines = lines_of(result.out);
    ASSERT_FALSE(lines.empty());
    std::set<std::string> ids;
    for (const auto& line : lines) {
        const json event = json::parse(line);
        EXPECT_TRUE(ids.insert(event["id"]).second) << line;
        EXPECT_TRUE(event["camera"] == "a" || event["camera"] == "b");
        EXPECT_THAT(event["time"].get<std::string>(), HasSubstr("1970-01-01T00:00:"));
        EXPECT_EQ(event["label"], "motion");
        EXPECT_EQ(event["box"].size(), 4U);
        EXPECT_EQ(event["why"]["ran"][0]["expert"], "motion");
        EXPECT_FALSE(event.contains("system_timestamp"));
    }
}

TEST_F(RunTest, EveryNthFrameIsInferredAndTheOthersAreCountedAsSkipped) {
    const auto result = analyze({"--every", "3", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const json summary = json::parse(last_line(result.out));
    EXPECT_EQ(summary["frames"], 210);
    EXPECT_EQ(summary["frames_inferred"], 70);
    EXPECT_EQ(summary["skipped"]["every"], 140);
}

TEST_F(RunTest, FramesCanBeLimited) {
    const auto result = analyze({"--max-frames", "10", "--json"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(json::parse(last_line(result.out))["frames"], 20);
}

TEST_F(RunTest, CtrlCLeavesValidOutputs) {
    write_text(folder_ / "long.yaml",
               "cameras: [{name: a, source: 'synthetic:street?size=640x360&frames=1000000', "
               "rules: [{name: all, type: zone, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}]}]\n"
               "experts: [{name: motion, model: motion}]\n");
    const std::string pipe = folder_ / "events";  // the first event that comes through says that the run is under way
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    Process process({FACET_BINARY, "analyze", "-c", folder_ / "long.yaml", "--events", pipe, "--detections",
                     folder_ / "d.jsonl", "--report", folder_ / "r.html", "--json"});
    std::ifstream events(pipe);
    std::string line;
    ASSERT_TRUE(std::getline(events, line));
    kill(process.pid(), SIGINT);
    while (std::getline(events, line)) EXPECT_TRUE(json::accept(line));
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, 130) << result.err;
    EXPECT_GT(json::parse(last_line(result.out))["frames"], 0);
    const auto lines = lines_of(read_text(folder_ / "d.jsonl"));
    ASSERT_FALSE(lines.empty());
    for (const auto& written : lines) EXPECT_TRUE(json::accept(written));
    EXPECT_THAT(read_text(folder_ / "r.html"), HasSubstr("</html>"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "d.jsonl.partial"));
}

TEST_F(RunTest, ATerminalSeesTheRateAndTheTimeLeftAndALogSeesPlainLines) {
    const std::string command =
        fmt::format("{} analyze 'synthetic:street?size=320x192&frames=100000' --model motion", FACET_BINARY);
    const auto shown = [&](const std::vector<std::string>& arguments, const std::string& text) {
        Process process(arguments);
        const bool seen =
            eventually([&] { return process.out().find(text) != std::string::npos; }, std::chrono::seconds(20));
        kill(process.pid(), SIGINT);
        const auto result = process.wait();
        return std::pair{seen, result.out + result.err};
    };
    const auto [on_terminal, screen] = shown({"script", "-qefc", "exec " + command, "/dev/null"}, " s left");
    EXPECT_TRUE(on_terminal) << screen;
    EXPECT_THAT(screen, testing::ContainsRegex("\r.*of 100000 frames \\([0-9]+ %\\), [0-9.]+ frames/s, [0-9]+ s left"));
    const auto [on_pipe, log] = shown({"sh", "-c", "exec " + command + " 2>&1"}, " s left");
    EXPECT_TRUE(on_pipe) << log;
    EXPECT_THAT(log, testing::ContainsRegex("facet: [0-9]+ of 100000 frames .* s left"));
    EXPECT_THAT(log, testing::Not(HasSubstr("\r")));
}

// Of a program that is already built; under a sanitizer nothing is promised but that it comes.
TEST(DemoTest, TheFirstEventComesWithinFiveSeconds) {
    TemporaryFolder folder;
    const TimePoint began = monotonic_now();
    Process process({FACET_BINARY, "analyze", "--config", "examples/demo/demo.yaml", "--events", "-", "--report",
                     folder / "report.html"});
    ASSERT_TRUE(eventually([&] { return !process.out().empty(); }, std::chrono::seconds(60)));
    if (!kSanitized) {
        EXPECT_LE(seconds(monotonic_now() - began), 5.0);
    }
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_THAT(read_text(folder / "report.html"), HasSubstr("</html>"));
}

}  // namespace
}  // namespace facet::test
