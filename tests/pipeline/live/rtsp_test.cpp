// `facet run` against a real RTSP server on loopback, with faults: ../shared/tools/rtsp_server.py. How many results come
// depends on what else the machine does; that they come, and from which camera, does not.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kTool = "../shared/tools/rtsp_server.py";

class RtspTest : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(kTool)) GTEST_SKIP() << "SKIPPED: ../shared/tools is not here";
        if (run_process({"/usr/bin/python3", kTool, "--help"}).exit_code != 0)
            GTEST_SKIP() << "SKIPPED: the RTSP server's Debian packages are not installed";
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&size=320x192&frames=100&objects=6", "--out", folder_ / "street.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
        start_server({folder_ / "street.mp4"}, "0");
    }
    void start_server(std::vector<std::string> files, const std::string& port,
                      const std::vector<std::string>& options = {}) {
        std::vector<std::string> command{"/usr/bin/python3", kTool, "--port", port, "--control-port", "0", "--count", "5"};
        command.insert(command.end(), options.begin(), options.end());
        command.emplace_back("--files");
        command.insert(command.end(), files.begin(), files.end());
        server_ = std::make_unique<Process>(command);
        ASSERT_TRUE(eventually([&] { return server_->out().find("ready") != std::string::npos; }, milliseconds(10'000)))
            << "the server does not come up";
        const std::string ready = server_->out();  // "ready rtsp=127.0.0.1:8554 control=127.0.0.1:8555 cameras=5"
        const auto after = [&ready](const std::string& key) {
            const auto begin = ready.find(key) + key.size();
            return ready.substr(begin, ready.find_first_of(" \n", begin) - begin);
        };
        rtsp_ = after("rtsp=");
        control_ = after("control=");
    }
    void TearDown() override {
        if (!server_) return;
        kill(server_->pid(), SIGTERM);
        server_->wait();
    }
    void fault(const std::string& command) { run_process({"curl", "-s", "-d", command, "http://" + control_ + "/"}); }
    Process start(const std::string& seconds, const std::string& suffix = "") {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras:
  - {{name: one, source: 'rtsp://{1}/cam0{0}'}}
  - {{name: two, source: 'rtsp://{1}/cam1{0}'}}
experts:
  - {{name: motion, model: motion}}
)",
                                                      suffix, rtsp_));
        return Process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--duration", seconds});
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> server_;
    std::string rtsp_;
    std::string control_;
};

TEST_F(RtspTest, CamerasAreWatchedOverTcpAndOverUdp) {
    for (const char* suffix : {"", "?transport=udp"}) {
        Process process = start("5s", suffix);
        const auto result = process.wait();
        ASSERT_EQ(result.exit_code, kDone) << result.err;
        const json summary = json::parse(last_line(result.out));
        for (const auto& camera : summary["cameras"]) {
            EXPECT_GT(camera["results"], 2) << suffix;
            EXPECT_EQ(camera["reconnects"], 0) << suffix;
        }
    }
}

TEST_F(RtspTest, WhereTheCameraTellsItsClockTheTransportIsMeasured) {
    write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: 'rtsp://{}/cam0'}}]
experts: [{{name: motion, model: motion}}]
metrics: {{listen: '127.0.0.1:0'}}
)",
                                                  rtsp_));
    Process process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json"});
    const std::string url = metrics_url(process);
    const auto value_of = [&](const std::string& name) {
        const std::string text = run_process({"curl", "-s", url}).out;
        for (const auto& line : lines_of(text))
            if (line.starts_with(name)) return std::stod(line.substr(line.rfind(' ')));
        return 0.0;
    };
    const std::string labels = R"({camera="one",stage="transport"})";
    // The first sender report comes within five seconds; frames before it have no time.
    EXPECT_TRUE(eventually([&] { return value_of("facet_latency_seconds_count" + labels) > 10; }, milliseconds(20'000)));
    const double mean = value_of("facet_latency_seconds_sum" + labels) / value_of("facet_latency_seconds_count" + labels);
    EXPECT_GT(mean, 0);
    EXPECT_LT(mean, 2) << "server and client have one clock";
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
    EXPECT_EQ(result.err.find("its clock"), std::string::npos) << result.err;
}

TEST_F(RtspTest, ACameraThatDropsItsConnectionComesBackAndTheOtherNoticesNothing) {
    Process process = start("8s");
    let_pass(milliseconds(2500));
    fault("drop cam0");
    const auto result = process.wait();
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json cameras = json::parse(last_line(result.out))["cameras"];
    EXPECT_EQ(cameras[0]["reconnects"], 1);
    EXPECT_TRUE(cameras[0]["up"]);
    EXPECT_GT(cameras[0]["results"], 4);
    EXPECT_EQ(cameras[1]["reconnects"], 0);
    EXPECT_GT(cameras[1]["results"], 4);
}

TEST_F(RtspTest, ACameraThatComesBackWithAnotherCodecSizeAndRateGoesOn) {
    const auto made = run_process(
        {FACET_BINARY, "synth", "street?seed=2&size=640x384&fps=15&frames=60&objects=6", "--out", folder_ / "other.mp4"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const auto converted =
        run_process({"ffmpeg", "-v", "error", "-y", "-i", folder_ / "other.mp4", "-c:v", "libx265", "-preset", "ultrafast",
                     "-g", "15", "-x265-params", "log-level=0", "-tag:v", "hvc1", folder_ / "hevc.mp4"});
    if (converted.exit_code != 0) GTEST_SKIP() << "SKIPPED: no ffmpeg program with libx265: " << converted.err;
    write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: 'rtsp://{}/cam0'}}]
experts: [{{name: motion, model: motion}}]
)",
                                                  rtsp_));
    Process process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--detections",
                     folder_ / "detections.jsonl", "--events", folder_ / "events.jsonl"});
    const auto frames_of = [&](const std::string& width) {
        const std::string text = read_text(folder_ / "detections.jsonl");
        std::size_t count = 0;
        for (auto at = text.find(width); at != std::string::npos; at = text.find(width, at + 1)) ++count;
        return count;
    };
    EXPECT_TRUE(eventually([&] { return frames_of("\"width\":320") > 5; }, milliseconds(15'000)));
    kill(server_->pid(), SIGTERM);
    server_->wait();
    start_server({folder_ / "hevc.mp4"}, rtsp_.substr(rtsp_.find(':') + 1));
    EXPECT_TRUE(eventually([&] { return frames_of("\"width\":640") > 5; }, milliseconds(20'000)));
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
}

TEST_F(RtspTest, ACameraThatAsksForAPasswordShowsItToNobody) {
    kill(server_->pid(), SIGTERM);
    server_->wait();
    start_server({folder_ / "street.mp4"}, "0", {"--user", "viewer", "--password", "sesame7"});
    write_text(folder_ / "site.yaml", fmt::format(R"(
cameras:
  - {{name: right, source: 'rtsp://viewer:sesame7@{0}/cam0'}}
  - {{name: wrong, source: 'rtsp://viewer:hidden7@{0}/cam1'}}
  - {{name: slash, source: 'rtsp://viewer:hidden7/b@{0}/cam1'}}
experts: [{{name: motion, model: motion}}]
metrics: {{listen: '127.0.0.1:0'}}
)",
                                                  rtsp_));
    Process process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--detections",
                     folder_ / "detections.jsonl", "--events", folder_ / "events.jsonl"});
    const std::string url = metrics_url(process);
    EXPECT_TRUE(
        eventually([&] { return lines_of(read_text(folder_ / "detections.jsonl")).size() > 3; }, milliseconds(15'000)));
    const std::string metrics = run_process({"curl", "-s", url}).out;
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    ASSERT_EQ(result.exit_code, kInterrupted) << result.err;
    EXPECT_NE(metrics.find(R"(facet_reconnects_total{camera="wrong",cause="permission_denied"})"), std::string::npos)
        << metrics;
    EXPECT_NE(result.err.find("401 Unauthorized"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find("rtsp://viewer:***@" + rtsp_), std::string::npos) << result.err;
    const std::string all =
        result.out + result.err + metrics + read_text(folder_ / "detections.jsonl") + read_text(folder_ / "events.jsonl");
    for (const char* secret : {"sesame7", "hidden7"}) EXPECT_EQ(all.find(secret), std::string::npos) << all;
    const json cameras = json::parse(last_line(result.out))["cameras"];
    EXPECT_GT(cameras[0]["results"], 3);
    EXPECT_EQ(cameras[1]["results"], 0);
}

TEST_F(RtspTest, CorruptBytesCostFramesAndNothingElse) {
    Process process = start("6s");
    let_pass(milliseconds(1500));
    fault("corrupt cam0 5");
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kDone) << result.err;
    const json cameras = json::parse(last_line(result.out))["cameras"];
    EXPECT_GT(cameras[1]["results"], 4);
}

TEST_F(RtspTest, AStormOfFaultsEndsNothingAndHurtsNoHealthyCamera) {
    std::string cameras;
    for (int i = 0; i < 5; ++i) cameras += fmt::format("  - {{name: cam{0}, source: 'rtsp://{1}/cam{0}'}}\n", i, rtsp_);
    write_text(folder_ / "site.yaml", fmt::format("cameras:\n{}experts:\n  - {{name: motion, model: motion}}\n", cameras));
    Process process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--duration", "14s"});
    let_pass(milliseconds(2000));
    Random random(11);
    const std::array faults{"drop cam{}",    "stall cam{} 0.7",  "refuse cam{} 0.7",
                            "off cam{} 0.5", "corrupt cam{} 30", "clear cam{}"};
    for (int i = 0; i < 30; ++i) {  // of the first three cameras only
        fault(fmt::format(fmt::runtime(faults[random.below(faults.size())]), random.below(3)));
        let_pass(milliseconds(250));
    }
    for (int i = 0; i < 3; ++i) fault(fmt::format("clear cam{}", i));
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kDone) << result.err;
    const json summary = json::parse(last_line(result.out));
    std::int64_t reconnects = 0;
    for (std::size_t i = 0; i < 3; ++i) reconnects += summary["cameras"][i]["reconnects"].get<std::int64_t>();
    EXPECT_GT(reconnects, 2) << "the faults must have reached the cameras";
    for (std::size_t i = 3; i < 5; ++i) {
        EXPECT_EQ(summary["cameras"][i]["reconnects"], 0);
        EXPECT_GT(summary["cameras"][i]["results"], 5);
    }
}

}  // namespace
}  // namespace facet::test
