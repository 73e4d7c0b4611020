// `facet run` against cameras that speak HTTP, on loopback: motion JPEG and HLS.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
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
    void TearDown() override { stop_camera(); }
    void stop_camera() {
        if (!camera_) return;
        kill(camera_->pid(), SIGTERM);
        camera_->wait();
        camera_.reset();
    }
    void make(const std::vector<std::string>& arguments) {
        std::vector<std::string> command{"ffmpeg", "-v", "error", "-y", "-i", folder_ / "street.mp4"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const auto made = run_process(command);
        ASSERT_EQ(made.exit_code, 0) << made.err;
    }
    void start_camera() {
        camera_ = std::make_unique<Process>(
            std::vector<std::string>{"/usr/bin/python3", "tests/pipeline/live/http_camera.py", folder_.path()});
        ASSERT_TRUE(eventually([&] { return camera_->out().find("ready ") != std::string::npos; }, milliseconds(10'000)))
            << "the camera does not come up";
        host_ = "127.0.0.1:" + lines_of(camera_->out().substr(6)).front();
    }
    ProcessResult run(const std::string& source, const std::string& duration, const std::string& keys = "") {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: '{}'{}}}]
experts: [{{name: motion, model: motion}}]
)",
                                                      source, keys));
        return run_process({FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--json", "--duration", duration,
                            "--detections", folder_ / "detections.jsonl"});
    }
    /// What `facet run` says of the camera at this path after so many seconds.
    json watch(const std::string& path, const std::string& duration, const std::string& keys = "") {
        start_camera();
        const auto result = run("http://" + host_ + path, duration, keys);
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
    /// The camera's other state: another size and another frame rate.
    void make_other(const std::vector<std::string>& arguments) {
        const auto made = run_process({FACET_BINARY, "synth", "street?seed=2&size=640x384&fps=15&frames=30&objects=6",
                                       "--out", folder_ / "other.mp4"});
        ASSERT_EQ(made.exit_code, 0) << made.err;
        std::vector<std::string> command{"ffmpeg", "-v", "error", "-y", "-i", folder_ / "other.mp4"};
        command.insert(command.end(), arguments.begin(), arguments.end());
        const auto converted = run_process(command);
        ASSERT_EQ(converted.exit_code, 0) << converted.err;
    }

    TemporaryFolder folder_;
    std::unique_ptr<Process> camera_;
    std::string host_;
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

TEST_F(HttpTest, MotionJpegThatChangesItsSizeGoesOnOverTheSameConnection) {
    make({"-frames:v", "25", folder_ / "a%03d.jpg"});
    make_other({"-frames:v", "25", folder_ / "b%03d.jpg"});
    const json camera = watch("/mjpeg", "5s");
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_GT(widths()[320], 5);
    EXPECT_GT(widths()[640], 5);
}

TEST_F(HttpTest, ATransportStreamThatChangesItsSizeAndRateGoesOnOverTheSameConnection) {
    make({"-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", folder_ / "a.ts"});
    make_other({"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", folder_ / "b.ts"});
    const json camera = watch("/ts?first=a.ts&then=b.ts", "8s");
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_GT(widths()[320], 3);
    EXPECT_GT(widths()[640], 3);
}

TEST_F(HttpTest, AnHlsStreamThatChangesItsSizeGoesOn) {
    make({"-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", folder_ / "a.ts"});
    make_other({"-c:v", "libx264", "-preset", "ultrafast", "-g", "15", folder_ / "b.ts"});
    write_text(folder_ / "live.m3u8",
               "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:2.0,\na.ts\n"
               "#EXT-X-DISCONTINUITY\n#EXTINF:2.0,\nb.ts\n#EXT-X-ENDLIST\n");
    watch("/live.m3u8", "6s");
    EXPECT_GT(widths()[320], 3);
    EXPECT_GT(widths()[640], 3);
}

TEST_F(HttpTest, ATransportStreamThatTurnsToAnotherCodecGoesOnAfterAReconnect) {
    make({"-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", folder_ / "a.ts"});
    make_other({"-c:v", "libx265", "-preset", "ultrafast", "-g", "15", "-x265-params", "log-level=0", folder_ / "b.ts"});
    const json camera = watch("/ts?first=a.ts&then=b.ts", "19s");
    EXPECT_GE(camera["reconnects"], 1);
    EXPECT_GT(widths()[320], 3);
    EXPECT_GT(widths()[640], 3);
}

TEST_F(HttpTest, PicturesArePolledAndOnlyNewOnesCount) {
    make({"-frames:v", "60", "-q:v", "4", folder_ / "%03d.jpg"});
    for (const char* path : {"/picture", "/plain"}) {  // a new one every 200 ms, asked for every 50 ms
        const json camera = watch(path, "3s", ", poll: 50ms");
        EXPECT_GT(camera["packets"], 9) << path;
        EXPECT_LT(camera["packets"], 19) << path;
        EXPECT_GT(camera["results"], 5) << path;
        EXPECT_EQ(camera["reconnects"], 0) << path;
        EXPECT_GT(widths()[320], 5) << path;
        const json counts = json::parse(run_process({"curl", "-s", "http://" + host_ + "/counts"}).out);
        EXPECT_GT(counts.value("/picture 304", 0), std::string(path) == "/picture" ? 15 : -1) << counts;
        stop_camera();
    }
}

TEST_F(HttpTest, AServerThatOffersADateIsAskedForWhatIsNewer) {
    make({"-frames:v", "60", "-q:v", "4", folder_ / "%03d.jpg"});
    const json camera = watch("/dated", "4s", ", poll: 50ms");
    EXPECT_GE(camera["packets"], 3);
    EXPECT_LE(camera["packets"], 6);
    EXPECT_GT(json::parse(run_process({"curl", "-s", "http://" + host_ + "/counts"}).out)["/dated 304"], 30);
}

TEST_F(HttpTest, APictureThatNeverChangesIsLookedAtOnce) {
    make({"-frames:v", "1", folder_ / "%03d.png"});
    const json camera = watch("/png", "3s", ", poll: 50ms");
    EXPECT_EQ(camera["packets"], 1);
    EXPECT_EQ(camera["results"], 1);
    EXPECT_TRUE(camera["up"]);
}

TEST_F(HttpTest, PolledPicturesAreThereForThoseWhoKnowThePassword) {
    make({"-frames:v", "60", "-q:v", "4", folder_ / "%03d.jpg"});
    start_camera();
    for (const char* scheme : {"basic", "digest"}) {
        const auto result =
            run(fmt::format("http://viewer:open%20sesame@{}/{}/picture", host_, scheme), "3s", ", poll: 100ms");
        EXPECT_EQ(result.exit_code, kDone) << result.err;
        const json camera = json::parse(last_line(result.out))["cameras"][0];
        EXPECT_GT(camera["packets"], 8) << scheme;
        EXPECT_EQ(camera["reconnects"], 0) << scheme;
        EXPECT_EQ((result.out + result.err).find("sesame"), std::string::npos) << result.err;
    }
}

TEST_F(HttpTest, WhatIsNoPictureIsSaidAndTriedAgain) {
    make({"-frames:v", "1", folder_ / "%03d.jpg"});
    start_camera();
    const std::array<std::array<const char*, 2>, 4> cases{{{"/text", "gives 25 bytes of 'text/html'"},
                                                           {"/huge", "more than 33554432 bytes"},
                                                           {"/nothing.jpg", "the server answered 404"},
                                                           {"/basic/picture", "the server answered 401"}}};
    for (const auto& [path, message] : cases) {
        const auto result = run("http://" + host_ + path, "1s", ", poll: 100ms");
        EXPECT_EQ(result.exit_code, kInputUnusable) << path;
        EXPECT_NE(result.err.find(message), std::string::npos) << path << ": " << result.err;
        EXPECT_GE(json::parse(last_line(result.out))["cameras"][0]["reconnects"], 2) << path;
    }
}

TEST_F(HttpTest, AWrongPasswordIsSaidAndNeverShown) {
    make({"-frames:v", "1", folder_ / "%03d.jpg"});
    start_camera();
    for (const char* keys : {"", ", poll: 100ms"})
        for (const char* path : {"/basic/mjpeg", "/digest/mjpeg", "/nothing.ts?user=me&password=hidden7"}) {
            const auto result = run(fmt::format("http://viewer:hidden7@{}{}", host_, path), "1s", keys);
            EXPECT_EQ(result.exit_code, kInputUnusable) << path;
            EXPECT_NE(result.err.find("viewer:***@" + host_), std::string::npos) << result.err;
            EXPECT_NE(result.err.find(std::string(path).starts_with("/nothing") ? "404" : "401"), std::string::npos)
                << result.err;
            EXPECT_EQ((result.out + result.err).find("hidden7"), std::string::npos) << result.err << result.out;
        }
}

TEST_F(HttpTest, AStreamIsThereForThoseWhoKnowThePassword) {
    make({"-frames:v", "25", "-q:v", "4", folder_ / "%03d.jpg"});
    start_camera();
    for (const char* scheme : {"basic", "digest"}) {
        const auto result = run(fmt::format("http://viewer:open%20sesame@{}/{}/mjpeg", host_, scheme), "3s");
        EXPECT_EQ(result.exit_code, kDone) << result.err;
        EXPECT_EQ((result.out + result.err + read_text(folder_ / "detections.jsonl")).find("sesame"), std::string::npos);
    }
}

TEST_F(HttpTest, ACameraOfSinglePicturesThatIsNotPolledSaysWhatToDo) {
    make({"-frames:v", "1", folder_ / "%03d.jpg"});
    start_camera();
    const auto result = run("http://" + host_ + "/still", "2s");
    EXPECT_NE(result.err.find("poll: 1s"), std::string::npos) << result.err;
}

TEST_F(HttpTest, OnlyHttpIsPolled) {
    const auto result = run("rtsp://me:hidden@127.0.0.1/x", "1s", ", poll: 1s");
    EXPECT_EQ(result.exit_code, kWrongUsage);
    EXPECT_NE(result.err.find("poll: source 'rtsp://me:***@127.0.0.1/x' is not polled"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace facet::test
