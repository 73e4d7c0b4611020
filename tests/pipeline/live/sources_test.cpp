// `facet run` on sources of all kinds that need no server: what is played, sent or plugged in.
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
        return json::parse(lines_of(result.out).back())["cameras"][0];
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

}  // namespace
}  // namespace facet::test
