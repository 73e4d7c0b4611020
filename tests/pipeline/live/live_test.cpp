// `facet run` on files that are played live: ends, drains, isolates, says what is wrong.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class LiveTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        videos_ = new TemporaryFolder();
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&size=320x192&frames=75&objects=6", "--out", *videos_ / "street.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }
    static void TearDownTestSuite() {
        delete videos_;
        videos_ = nullptr;
    }

    std::string video() const { return *videos_ / "street.mp4"; }
    /// A site of cameras with these sources and further keys, one rule each, motion as the expert.
    void write_site(const std::vector<std::string>& sources, const std::string& keys = "live: true",
                    const std::string& more = "") {
        std::string cameras;
        for (std::size_t i = 0; i < sources.size(); ++i)
            cameras += fmt::format(
                "  - name: cam{}\n    source: '{}'\n    {}\n    rules:\n"
                "      - {{name: all, type: zone, points: [[0, 0], [1, 0], [1, 1], [0, 1]]}}\n",
                i, sources[i], keys);
        write_text(folder_ / "site.yaml",
                   fmt::format("cameras:\n{}experts:\n  - {{name: motion, model: motion}}\n{}", cameras, more));
    }
    std::vector<std::string> command(std::vector<std::string> options = {}) {
        options.insert(options.begin(), {FACET_BINARY, "run", "-c", folder_ / "site.yaml"});
        return options;
    }
    json summary_of(const ProcessResult& result) { return json::parse(last_line(result.out)); }

    static TemporaryFolder* videos_;
    TemporaryFolder folder_;
};
TemporaryFolder* LiveTest::videos_ = nullptr;

TEST_F(LiveTest, AFilePlaysAtItsOwnPaceAndTheRunEndsWithIt) {
    write_site({video()});
    const auto began = std::chrono::steady_clock::now();
    const auto result = run_process(command({"--json", "--events", folder_ / "events.jsonl"}));
    const auto took = std::chrono::steady_clock::now() - began;
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    EXPECT_GE(took, milliseconds(2900)) << "75 frames at 25 a second";
    const json camera = summary_of(result)["cameras"][0];
    EXPECT_EQ(camera["packets"], 75);
    EXPECT_GT(camera["results"], 10);
    EXPECT_GT(camera["p99_ms"], 0);
    EXPECT_GE(camera["p99_ms"], camera["p50_ms"]);
    for (const char* stage : {"receive", "decode", "image", "wait", "inference", "track", "rule", "sink", "total"})
        EXPECT_TRUE(camera["stages"].contains(stage)) << stage << camera["stages"];
    EXPECT_EQ(camera["stages"]["total"]["p99_ms"], camera["p99_ms"]);
    EXPECT_EQ(camera["events"], lines_of(read_text(folder_ / "events.jsonl")).size());
    EXPECT_GT(camera["events"], 0);
}

TEST_F(LiveTest, EveryPacketIsAccountedFor) {
    write_site({video(), video()}, "live: true\n    decode: references");
    const auto result = run_process(command({"--json"}));
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json summary = summary_of(result);
    for (const auto& camera : summary["cameras"]) {
        const json drops = camera["drops"];
        const auto dropped = [&](const char* reason) { return drops.value(reason, 0); };
        EXPECT_LE(
            camera["frames"].get<int>() + dropped("policy") + dropped("no_key") + dropped("behind") + dropped("overflow"),
            75);
        EXPECT_EQ(camera["frames"].get<int>(), camera["results"].get<int>() + dropped("superseded") + dropped("late") +
                                                   dropped("pace") + dropped("down"));
    }
}

TEST_F(LiveTest, SigtermDrainsAndStopsWithinTwoSeconds) {
    write_site({video(), video()}, "live: true\n    loop: true");
    Process process(command({"--json", "--events", folder_ / "events.jsonl"}));
    let_pass(milliseconds(1500));
    const auto asked = std::chrono::steady_clock::now();
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, milliseconds(2000));
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
    const auto lines = lines_of(read_text(folder_ / "events.jsonl"));
    for (const auto& line : lines) EXPECT_TRUE(json::accept(line)) << line;
    std::size_t events = 0;
    const json summary = summary_of(result);
    for (const auto& camera : summary["cameras"]) events += camera["events"].get<std::size_t>();
    EXPECT_EQ(events, lines.size()) << "what is written while it drains is counted";
    EXPECT_GT(summary_of(result)["results"], 0);
}

TEST_F(LiveTest, EventsStandUnderTheirNameAtOnceAndOutliveAKill) {
    write_site({video()}, "live: true\n    loop: true");
    const auto events = [this] { return lines_of(read_text(folder_ / "events.jsonl")).size(); };
    Process process(command({"--events", folder_ / "events.jsonl"}));
    EXPECT_TRUE(eventually([&] { return events() > 0; }, milliseconds(8000)));
    kill(process.pid(), SIGKILL);
    process.wait();
    const auto before = events();
    EXPECT_GT(before, 0U);
    const auto again = run_process(command({"--events", folder_ / "events.jsonl", "--duration", kSanitized ? "12s" : "4s"}));
    EXPECT_EQ(again.exit_code, kDone) << again.err;
    EXPECT_GT(events(), before);
}

TEST_F(LiveTest, ALoopGoesOnBeyondTheEndOfItsFile) {
    write_site({video()}, "live: true\n    loop: true");
    const auto result = run_process(command({"--json", "--duration", "5s"}));
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json camera = summary_of(result)["cameras"][0];
    EXPECT_GT(camera["packets"], 110);
    EXPECT_LT(camera["packets"], 140);
    EXPECT_EQ(camera["reconnects"], 0);
}

TEST_F(LiveTest, ALazyCameraDecodesLittleWhereNothingHappensAndEndsWithItsFile) {
    if (run_process({"ffmpeg", "-version"}).exit_code != 0) GTEST_SKIP() << "SKIPPED: the ffmpeg program is not installed";
    const auto make = [&](const std::string& name, int objects) {  // a key frame every second
        const std::string scene = fmt::format("hall?seed=1&size=320x192&frames=250&objects={}", objects);
        const auto rendered = run_process({FACET_BINARY, "synth", scene, "--out", folder_ / "scene.mp4"});
        ASSERT_EQ(rendered.exit_code, 0) << rendered.err;
        const auto encoded = run_process({"ffmpeg", "-v", "error", "-i", folder_ / "scene.mp4", "-g", "25", folder_ / name});
        ASSERT_EQ(encoded.exit_code, 0) << encoded.err;
    };
    make("empty.mp4", 0);
    make("busy.mp4", 6);
    write_site({folder_ / "empty.mp4", folder_ / "busy.mp4"}, "live: true\n    decode: lazy");
    const auto result = run_process(command({"--json"}));
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json cameras = summary_of(result)["cameras"];
    EXPECT_EQ(cameras[0]["packets"], 250);
    EXPECT_LT(cameras[0]["frames"], 160) << "three seconds to begin with, then key frames";
    EXPECT_GT(cameras[0]["frames"], 5);
    EXPECT_GT(cameras[1]["results"], cameras[0]["results"]);
    EXPECT_GT(cameras[1]["events"], 0);
}

TEST_F(LiveTest, ACameraThatIsNotThereIsNamedTriedAgainAndHurtsNoOther) {
    write_site({video(), folder_ / "missing.mp4"}, "live: true\n    loop: true");
    const auto result = run_process(command({"--json", "--duration", "3s"}));
    EXPECT_EQ(result.exit_code, kDoneInPart) << result.err;
    EXPECT_THAT(result.err, HasSubstr("camera 'cam1' is away"));
    EXPECT_THAT(result.err, HasSubstr("missing.mp4"));
    const json cameras = summary_of(result)["cameras"];
    EXPECT_GT(cameras[0]["results"], 10);
    EXPECT_FALSE(cameras[1]["up"]);
    EXPECT_GT(cameras[1]["reconnects"], 2);
}

TEST_F(LiveTest, WhereNoCameraGivesAFrameTheInputsAreUnusable) {
    write_site({folder_ / "missing.mp4"});
    EXPECT_EQ(run_process(command({"--duration", "1s"})).exit_code, kInputUnusable);
}

TEST_F(LiveTest, APasswordIsNeverWritten) {
    write_site({"rtsp://viewer:hidden-word@127.0.0.1:1/main", video()});
    const auto result = run_process(command({"--json", "--duration", "2s", "--detections", folder_ / "d.jsonl"}));
    EXPECT_EQ(result.exit_code, kDoneInPart);
    EXPECT_THAT(result.err, HasSubstr("rtsp://viewer:***@127.0.0.1:1/main"));
    EXPECT_THAT(result.err + result.out + read_text(folder_ / "d.jsonl"), Not(HasSubstr("hidden-word")));
}

TEST_F(LiveTest, NumbersAreServedWhileItRuns) {
    write_site({video()}, "live: true\n    loop: true", "metrics: {listen: '127.0.0.1:0'}\n");
    Process process(command());
    const std::string url = metrics_url(process);
    std::string text;
    EXPECT_TRUE(eventually(
        [&] {
            text = run_process({"curl", "-s", url}).out;
            return text.find("facet_camera_up{camera=\"cam0\"} 1") != std::string::npos;
        },
        milliseconds(5000)));
    kill(process.pid(), SIGTERM);
    EXPECT_EQ(process.wait().exit_code, kInterrupted);
    EXPECT_THAT(text, HasSubstr("facet_latency_seconds_bucket{camera=\"cam0\",stage=\"total\",le=\"0.2\"}"));
    EXPECT_THAT(text, HasSubstr("facet_latency_seconds_count{camera=\"cam0\",stage=\"sink\"}"));
    EXPECT_THAT(text, HasSubstr("facet_results_total{camera=\"cam0\",expert=\"motion\"} "));
    EXPECT_THAT(text, HasSubstr("facet_drops_total{camera=\"cam0\",reason=\"late\"}"));
}

TEST_F(LiveTest, TheServiceManagerHearsThatItIsReadyAliveAndStopping) {
    write_site({video()}, "live: true\n    loop: true");
    const std::string address = folder_ / "notify";
    const int listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    address.copy(name.sun_path, sizeof name.sun_path - 1);
    ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
    setenv("NOTIFY_SOCKET", address.c_str(), 1);
    const auto result = run_process(command({"--json", "--duration", "4s"}));
    unsetenv("NOTIFY_SOCKET");
    EXPECT_EQ(result.exit_code, kDone) << result.err;
    std::vector<std::string> messages;
    std::array<char, 4096> buffer;
    for (ssize_t bytes = 0; (bytes = recv(listener, buffer.data(), buffer.size(), 0)) > 0;)
        messages.emplace_back(buffer.data(), static_cast<std::size_t>(bytes));
    close(listener);
    ASSERT_GE(messages.size(), 3U);
    EXPECT_THAT(messages.front(), HasSubstr("READY=1\n"));
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) {
        EXPECT_THAT(messages[i], HasSubstr("WATCHDOG=1\n"));
        EXPECT_THAT(messages[i], HasSubstr("STATUS=1 of 1 cameras up"));
        EXPECT_EQ(messages[i].find("READY=1") != std::string::npos, i == 0);
    }
    EXPECT_EQ(messages.back(), "STOPPING=1\n");
}

TEST_F(LiveTest, WrongConfigsAreRefusedByName) {
    write_site({video()}, "live: true\n    decode: sometimes");
    auto result = run_process(command());
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_THAT(result.err, HasSubstr("sometimes"));
    write_site({video()}, "live: true\n    prioritee: high");
    result = run_process(command());
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_THAT(result.err, HasSubstr("priority"));
    write_site({video()}, "live: true", "metrics: {listen: 'nowhere'}\n");
    result = run_process(command());
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_THAT(result.err, HasSubstr("nowhere"));
    write_site({""});
    result = run_process(command());
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_THAT(result.err, HasSubstr("no source"));
}

}  // namespace
}  // namespace facet::test
