// `facet run` on /dev/videoN, where no such device is: tests/support/fake_video_device.cpp, preloaded, plays it. What real
// drivers do beyond the V4L2 standard is not shown here.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr const char* kDevice = "/dev/video97";

class FakeDeviceTest : public testing::Test {
protected:
    void SetUp() override {
        ASSERT_FALSE(std::filesystem::exists(kDevice)) << "a real device stands where the fake one should";
    }
    std::vector<std::string> command(const std::string& query, const std::string& duration,
                                     std::vector<std::string> environment = {}) {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras: [{{name: one, source: '{}{}'}}]
experts: [{{name: motion, model: motion}}]
)",
                                                      kDevice, query));
        std::vector<std::string> command{"env", fmt::format("LD_PRELOAD={}", FAKE_VIDEO_DEVICE_LIBRARY),
                                         fmt::format("FAKE_VIDEO_DEVICE={}", kDevice)};
        command.insert(command.end(), environment.begin(), environment.end());
        const std::vector<std::string> run{FACET_BINARY, "run",    "-c",           folder_ / "site.yaml",       "--json",
                                           "--duration", duration, "--detections", folder_ / "detections.jsonl"};
        command.insert(command.end(), run.begin(), run.end());
        return command;
    }
    json watch(const std::string& query, const std::string& duration, const std::vector<std::string>& environment = {}) {
        const auto result = run_process(command(query, duration, environment));
        EXPECT_EQ(result.exit_code, kDone) << result.err;
        return json::parse(last_line(result.out))["cameras"][0];
    }
    /// What is said of a device that cannot be watched.
    std::string complaint(const std::string& query, const std::vector<std::string>& environment = {}) {
        const auto result = run_process(command(query, "2s", environment));
        EXPECT_EQ(result.exit_code, kInputUnusable) << result.err;
        return result.err;
    }
    std::map<int, int> widths() {
        std::map<int, int> counts;
        for (const auto& line : lines_of(read_text(folder_ / "detections.jsonl")))
            ++counts[json::parse(line)["resolution"]["width"].get<int>()];
        return counts;
    }

    TemporaryFolder folder_;
};

TEST_F(FakeDeviceTest, AFakeDeviceIsWatchedAtItsRateAndItsBarIsSeenToMove) {
    const json camera = watch("", "4s");
    EXPECT_GT(camera["packets"], kSanitized ? 5 : 60);
    EXPECT_LT(camera["packets"], 140);
    EXPECT_GT(camera["results"], kSanitized ? 2 : 20);
    EXPECT_EQ(camera["reconnects"], 0);
    EXPECT_EQ(widths()[640], camera["results"]);
    EXPECT_THAT(read_text(folder_ / "detections.jsonl"), HasSubstr("\"motion\""));
}

TEST_F(FakeDeviceTest, ItsSizeRateAndFormatAreChosenBehindThePath) {
    const json camera = watch("?size=320x240&fps=30&format=yuyv422", "3s");
    EXPECT_GT(widths()[320], kSanitized ? 2 : 10);
    EXPECT_EQ(widths()[320], camera["results"]);
}

TEST_F(FakeDeviceTest, CompressedPicturesOfAFakeDeviceAreDecoded) {
    if (run_process({"ffmpeg", "-version"}).exit_code != 0) GTEST_SKIP() << "SKIPPED: the ffmpeg program is not installed";
    const auto made = run_process({"ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=640x480", "-frames:v", "1",
                                   "-pix_fmt", "yuvj422p", folder_ / "picture.jpg"});
    ASSERT_EQ(made.exit_code, 0) << made.err;
    const json camera = watch("?format=mjpeg", "3s", {"FAKE_VIDEO_JPEG=" + folder_ / "picture.jpg"});
    EXPECT_GT(camera["results"], kSanitized ? 1 : 10);
    EXPECT_EQ(camera["trouble"], "");
}

TEST_F(FakeDeviceTest, AFakeDeviceThatIsUnpluggedComesBack) {
    const json camera = watch("", "5s", {"FAKE_VIDEO_MODE=unplug"});
    EXPECT_GE(camera["reconnects"], 2);
    EXPECT_GT(camera["packets"], kSanitized ? 5 : 60);
}

TEST_F(FakeDeviceTest, WhatAFakeDeviceCannotGiveIsSaid) {
    EXPECT_THAT(complaint("?size=1280x720"), HasSubstr("/dev/video97: gives 640x480, expected 1280x720"));
    EXPECT_THAT(complaint("?format=mjpeg"), HasSubstr("/dev/video97: cannot be watched: "));
    EXPECT_THAT(complaint("?format=nothing"), HasSubstr("No such input format: nothing"));
    EXPECT_THAT(complaint("", {"FAKE_VIDEO_MODE=busy"}), HasSubstr("Device or resource busy"));
}

TEST_F(FakeDeviceTest, ADeviceThatIsNotThereIsNamed) {
    EXPECT_THAT(complaint("", {"FAKE_VIDEO_DEVICE=/dev/video98"}),
                HasSubstr("/dev/video97: cannot be watched: No such file or directory"));
}

TEST_F(FakeDeviceTest, ADeviceWithoutFramesIsGivenUpAndDoesNotHoldUpTheEnd) {
    const auto result = run_process(command("", "7s", {"FAKE_VIDEO_MODE=silent"}));
    EXPECT_EQ(result.exit_code, kInputUnusable);
    EXPECT_THAT(result.err, HasSubstr("silent for too long"));
    Process process(command("", "60s", {"FAKE_VIDEO_MODE=silent"}));
    let_pass(milliseconds(1500));
    const auto asked = std::chrono::steady_clock::now();
    kill(process.pid(), SIGTERM);
    process.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - asked, milliseconds(2500));
}

TEST_F(FakeDeviceTest, WrongOptionsAreRefusedBeforeTheRunBegins) {
    const auto wrong = [&](const std::string& query) {
        const auto result = run_process(command(query, "1s"));
        EXPECT_EQ(result.exit_code, kWrongUsage) << query;
        return result.err;
    };
    EXPECT_THAT(wrong("?size=big"), HasSubstr("size is 'big', expected pixels such as 1280x720"));
    EXPECT_THAT(wrong("?size=0x720"), HasSubstr("size is '0x720'"));
    EXPECT_THAT(wrong("?fps=fast"), HasSubstr("fast"));
    EXPECT_THAT(wrong("?frmat=mjpeg"), HasSubstr("format"));
}

}  // namespace
}  // namespace facet::test
