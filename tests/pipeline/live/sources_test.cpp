// `facet run` on sources of all kinds that need no server: what is played, sent or plugged in.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class SourcesTest : public testing::Test {
protected:
    void write_site(const std::string& source, const std::string& keys = "") {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: '{}'{}}}]
experts: [{{name: motion, model: motion}}]
)",
                                                      source, keys));
    }
    std::vector<std::string> command(const std::string& duration) {
        return {FACET_BINARY, "run",    "-c",           folder_ / "site.yaml",       "--json",
                "--duration", duration, "--detections", folder_ / "detections.jsonl"};
    }
    json camera_of(const ProcessResult& result) {
        EXPECT_EQ(result.exit_code, kDone) << result.err;
        return json::parse(last_line(result.out))["cameras"][0];
    }
    /// Widths of the frames that were looked at -> how many.
    std::map<int, int> widths() {
        std::map<int, int> counts;
        for (const auto& line : lines_of(read_text(folder_ / "detections.jsonl")))
            ++counts[json::parse(line)["resolution"]["width"].get<int>()];
        return counts;
    }
    std::string make_video(const std::string& name, const std::string& size) {
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&frames=50&objects=6&size=" + size, "--out", folder_ / "made.mp4"});
        EXPECT_EQ(made.exit_code, 0) << made.err;
        const auto converted = run_process({"ffmpeg", "-v", "error", "-y", "-i", folder_ / "made.mp4", "-c", "copy",
                                            "-bsf:v", "h264_mp4toannexb", folder_ / name});
        EXPECT_EQ(converted.exit_code, 0) << converted.err;
        return folder_ / name;
    }
    static bool has_ffmpeg() { return run_process({"ffmpeg", "-version"}).exit_code == 0; }

    TemporaryFolder folder_;
};

TEST_F(SourcesTest, AFileSplicedOfTwoSizesIsPlayedWithoutABreak) {
    if (!has_ffmpeg()) GTEST_SKIP() << "SKIPPED: the ffmpeg program is not installed";
    write_text(folder_ / "both.ts", read_text(make_video("a.ts", "320x192")) + read_text(make_video("b.ts", "640x384")));
    write_site(folder_ / "both.ts");
    const json camera = camera_of(run_process(command("20s")));
    EXPECT_EQ(camera["packets"], 100);
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_GT(widths()[320], 3);
    EXPECT_GT(widths()[640], 3);
}

TEST_F(SourcesTest, ASyntheticSceneIsPlayedAtItsRateAndEnds) {
    write_site("synthetic:street?size=320x192&fps=20&frames=60&objects=6");
    const json camera = camera_of(run_process(command("30s")));
    EXPECT_EQ(camera["packets"], 60);
    EXPECT_GT(camera["results"], 10);
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_EQ(widths()[320], camera["results"]);
}

TEST_F(SourcesTest, ASyntheticSceneInALoopGoesOnWithoutEnd) {
    write_site("synthetic:street?size=320x192&fps=20&frames=10", ", loop: true");
    const json camera = camera_of(run_process(command("3s")));
    EXPECT_GT(camera["packets"], 40);
    EXPECT_LT(camera["packets"], 70);
}

TEST_F(SourcesTest, AWrongSceneIsRefusedBeforeTheRunBegins) {
    write_site("synthetic:streed?seed=1");
    const auto result = run_process(command("3s"));
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_THAT(result.err, HasSubstr("camera 'one'"));
    EXPECT_THAT(result.err, HasSubstr("street"));
}

/// RTP out of the ffmpeg program, on loopback.
class RtpTest : public SourcesTest {
protected:
    void SetUp() override {
        if (!has_ffmpeg()) GTEST_SKIP() << "SKIPPED: the ffmpeg program is not installed";
    }
    void TearDown() override {
        if (!sender_) return;
        kill(sender_->pid(), SIGTERM);
        sender_->wait();
    }
    /// Sends for ever, and writes camera.sdp.
    void send(const std::vector<std::string>& options = {}) {
        const std::string video = make_video("a.mp4", "320x192");
        std::vector<std::string> command{"ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", video, "-c", "copy"};
        command.insert(command.end(), options.begin(), options.end());
        const std::vector<std::string> target{"-f", "rtp", "-sdp_file", folder_ / "camera.sdp",
                                              fmt::format("rtp://127.0.0.1:{}", free_port())};
        command.insert(command.end(), target.begin(), target.end());
        sender_ = std::make_unique<Process>(command);
        ASSERT_TRUE(eventually([&] { return read_text(folder_ / "camera.sdp").find("m=video") != std::string::npos; },
                               milliseconds(10'000)));
        write_site(folder_ / "camera.sdp");
    }
    /// An even one with the next one free too, for RTCP.
    static int free_port() {
        for (int port = 20'000 + getpid() % 20'000 * 2;; port += 2) {
            const auto is_free = [](int number) {
                const int probe = socket(AF_INET, SOCK_DGRAM, 0);
                sockaddr_in address{};
                address.sin_family = AF_INET;
                address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                address.sin_port = htons(static_cast<std::uint16_t>(number));
                const bool bound = bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
                close(probe);
                return bound;
            };
            if (is_free(port) && is_free(port + 1)) return port;
        }
    }
    std::unique_ptr<Process> sender_;
};

TEST_F(RtpTest, RtpThatASessionDescriptionTellsOfIsWatched) {
    send();
    const json camera = camera_of(run_process(command("6s")));
    EXPECT_GT(camera["packets"], 50);
    EXPECT_GT(camera["results"], 10);
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_GT(widths()[320], 10);
}

TEST_F(RtpTest, ASenderWhoseClockIsHoursOffIsWatchedByThisMachinesClock) {
    const WallTime hours_ago = wall_now() - std::chrono::hours(3);
    send({"-start_time_realtime",
          std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(hours_ago.time_since_epoch()).count())});
    const auto result = run_process(command("6s"));
    EXPECT_GT(camera_of(result)["results"], 10);
    EXPECT_THAT(result.err, HasSubstr("camera 'one': its clock is 10"));  // 10 800 s and a little
    EXPECT_THAT(result.err, HasSubstr("behind this machine's and is not used"));
}

TEST_F(RtpTest, ASessionDescriptionThatIsBrokenOrMissingIsNamed) {
    write_text(folder_ / "camera.sdp", "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nt=0 0\nm=video 0 RTP/AVP 96\n");
    write_site(folder_ / "camera.sdp");
    const auto result = run_process(command("2s"));
    EXPECT_EQ(result.exit_code, kInputUnusable);
    EXPECT_THAT(result.err, HasSubstr("camera.sdp"));
    write_site(folder_ / "missing.sdp");
    const auto missing = run_process(command("1s"));
    EXPECT_EQ(missing.exit_code, kInputUnusable);
    EXPECT_THAT(missing.err, HasSubstr("missing.sdp: cannot be watched: No such file or directory"));
}

}  // namespace
}  // namespace facet::test
