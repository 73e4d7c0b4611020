// `facet run` against cameras that speak HTTP, on loopback: motion JPEG and HLS.
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

class HttpTest : public testing::Test {
protected:
    void SetUp() override {
        if (run_process({"ffmpeg", "-version"}).exit_code != 0)
            GTEST_SKIP() << "SKIPPED: the ffmpeg program is not installed";
        const auto made = run_process(
            {FACET_BINARY, "synth", "street?seed=1&size=320x192&frames=150&objects=6", "--out", folder_ / "street.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }
    void TearDown() override {
        if (!camera_) return;
        kill(camera_->pid(), SIGTERM);
        camera_->wait();
    }
    void make(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{"ffmpeg", "-v", "error", "-y", "-i", folder_ / "street.mp4"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const auto made = run_process(command);
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }
    /// What `facet run` says of the camera at this path after so many seconds.
    json watch(const std::string& path, const std::string& duration) {
        camera_ = std::make_unique<Process>(
            std::vector<std::string>{"/usr/bin/python3", "tests/pipeline/live/http_camera.py", folder_.path()});
        if (!eventually([&] { return camera_->out().find("ready ") != std::string::npos; }, milliseconds(10'000))) {
            ADD_FAILURE() << "the camera does not come up";
            return {};
        }
        const std::string port = lines_of(camera_->out().substr(6)).front();
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: 'http://127.0.0.1:{}{}'}}]
experts: [{{name: motion, model: motion}}]
)",
                                                      port, path));
        const auto result =
            run_process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--duration", duration});
        EXPECT_EQ(result.exit_code, kDone) << result.err;
        return json::parse(lines_of(result.out).back())["cameras"][0];
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> camera_;
};

TEST_F(HttpTest, MotionJpegIsWatchedWithoutEnd) {
    make({"-q:v", "4", folder_ / "%03d.jpg"});
    const json camera = watch("/mjpeg", "5s");
    EXPECT_GT(camera["packets"], 50);
    EXPECT_GT(camera["results"], 5);
    EXPECT_EQ(camera["reconnects"], 0);
}

TEST_F(HttpTest, AnHlsStreamIsWatchedAtItsOwnPace) {
    make({"-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-hls_time", "1", "-hls_list_size", "0",
          folder_ / "live.m3u8"});
    const json camera = watch("/live.m3u8", "4s");
    EXPECT_GT(camera["packets"], 50);
    EXPECT_GT(camera["results"], 5);
}

}  // namespace
}  // namespace facet::test
