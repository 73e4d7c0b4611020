// `facet run` against a real RTSP server on loopback, with faults: ../shared/tools/rtsp_server.py.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

class RtspTest : public testing::Test {
protected:
    void SetUp() override {
        const std::string tool = "../shared/tools/rtsp_server.py";
        if (!std::filesystem::exists(tool)) GTEST_SKIP() << "SKIPPED: ../shared/tools is not here";
        if (run_process({"/usr/bin/python3", tool, "--help"}).exit_code != 0)
            GTEST_SKIP() << "SKIPPED: the RTSP server's Debian packages are not installed";
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&size=320x192&frames=100&objects=6", "--out", folder_ / "street.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
        server_ =
            std::make_unique<Process>(std::vector<std::string>{"/usr/bin/python3", tool, "--port", "38554", "--control-port",
                                                               "38555", "--count", "2", "--files", folder_ / "street.mp4"});
        ASSERT_TRUE(eventually([&] { return server_->out().find("ready") != std::string::npos; }, milliseconds(10'000)))
            << "the server does not come up";
    }
    void TearDown() override {
        if (!server_) return;
        kill(server_->pid(), SIGTERM);
        server_->wait();
    }
    void fault(const std::string& command) { run_process({"curl", "-s", "-d", command, "http://127.0.0.1:38555/"}); }
    Process start(const std::string& seconds, const std::string& suffix = "") {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras:
  - {{name: one, source: 'rtsp://127.0.0.1:38554/cam0{0}'}}
  - {{name: two, source: 'rtsp://127.0.0.1:38554/cam1{0}'}}
experts:
  - {{name: motion, model: motion}}
)",
                                                      suffix));
        return Process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--duration", seconds});
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> server_;
};

TEST_F(RtspTest, CamerasAreWatchedOverTcpAndOverUdp) {
    for (const char* suffix : {"", "?transport=udp"}) {
        Process process = start("5s", suffix);
        const auto result = process.wait();
        ASSERT_EQ(result.exit_code, kDone) << result.err;
        for (const auto& camera : json::parse(lines_of(result.out).back())["cameras"]) {
            EXPECT_GT(camera["results"], 20) << suffix;
            EXPECT_EQ(camera["reconnects"], 0) << suffix;
        }
    }
}

TEST_F(RtspTest, ACameraThatDropsItsConnectionComesBackAndTheOtherNoticesNothing) {
    Process process = start("8s");
    let_pass(milliseconds(2500));
    fault("drop cam0");
    const auto result = process.wait();
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json cameras = json::parse(lines_of(result.out).back())["cameras"];
    EXPECT_EQ(cameras[0]["reconnects"], 1);
    EXPECT_TRUE(cameras[0]["up"]);
    EXPECT_GT(cameras[0]["results"], 25);
    EXPECT_EQ(cameras[1]["reconnects"], 0);
    EXPECT_GT(cameras[1]["results"], 35);
}

TEST_F(RtspTest, CorruptBytesCostFramesAndNothingElse) {
    Process process = start("6s");
    let_pass(milliseconds(1500));
    fault("corrupt cam0 5");
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kDone) << result.err;
    const json cameras = json::parse(lines_of(result.out).back())["cameras"];
    EXPECT_GT(cameras[1]["results"], 20);
}

}  // namespace
}  // namespace facet::test
