// What `facet run` keeps of events and of whole cameras: pictures, clips and recordings that show what they should, bounds,
// and disks that fail.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/mount.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr double kFramesPerSecond = 25;

/// A picture as R G B bytes.
struct Pixels {
    int width = 0;
    int height = 0;
    std::string bytes;

    const char* at(int x, int y) const { return bytes.data() + 3 * (static_cast<std::ptrdiff_t>(y) * width + x); }
};

/// All frames of a video or picture; those of a video at the size of the detecting stream.
std::vector<Pixels> frames_of(const std::string& path, bool is_scaled = true) {
    int width = 320;
    int height = 192;
    if (!is_scaled) {
        const auto size =
            run_process({"ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", path});
        std::sscanf(size.out.c_str(), "%d,%d", &width, &height);
    }
    const auto raw = run_process({"ffmpeg", "-v", "error", "-i", path, "-vf", fmt::format("scale={}:{}", width, height),
                                  "-f", "rawvideo", "-pix_fmt", "rgb24", "-"});
    const auto bytes = 3UL * static_cast<unsigned>(width) * static_cast<unsigned>(height);
    EXPECT_GE(raw.out.size(), bytes) << path << raw.err;
    std::vector<Pixels> frames;
    for (std::size_t i = 0; (i + 1) * bytes <= raw.out.size(); ++i)
        frames.push_back({width, height, raw.out.substr(i * bytes, bytes)});
    return frames;
}

/// A file's times are a camera's: they begin with the first arrival, which comes late where the machine is slow.
constexpr std::ptrdiff_t kFramesApart = kSanitized ? 12 : 3;

/// Those of frames that a camera may have sent at `t`.
std::span<const Pixels> around(const std::vector<Pixels>& frames, double t) {
    const auto number = static_cast<std::ptrdiff_t>(std::lround(t * kFramesPerSecond));
    const auto end = std::ssize(frames);
    const auto first = std::clamp<std::ptrdiff_t>(number - kFramesApart, 0, end - 1);
    return std::span(frames).subspan(
        static_cast<std::size_t>(first),
        static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(number + kFramesApart + 1, first + 1, end) - first));
}

/// Mean difference of the samples of `part` and what lies at (left, top) in `whole`.
double difference(const Pixels& part, const Pixels& whole, int left = 0, int top = 0) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < part.height; ++y)
        for (int x = 0; x < part.width; ++x) {
            if (left + x < 0 || left + x >= whole.width || top + y < 0 || top + y >= whole.height) continue;
            for (int i = 0; i < 3; ++i, ++count)
                sum += std::abs(static_cast<unsigned char>(part.at(x, y)[i]) -
                                static_cast<unsigned char>(whole.at(left + x, top + y)[i]));
        }
    return count > 0 ? sum / count : 255;
}

/// The same at the best place within two pixels.
double difference_near(const Pixels& part, const Pixels& whole, double left, double top) {
    double best = 255;
    for (int y = -2; y <= 2; ++y)
        for (int x = -2; x <= 2; ++x)
            best = std::min(best, difference(part, whole, static_cast<int>(left) + x, static_cast<int>(top) + y));
    return best;
}

struct ClipFacts {
    int frames = 0;
    double begin = -1;
    bool begins_with_key = false;
};
ClipFacts facts_of(const std::string& path) {
    ClipFacts facts;
    const auto counted = run_process({"ffprobe", "-v", "error", "-count_frames", "-show_entries",
                                      "stream=nb_read_frames:stream=start_time", "-of", "csv=p=0", path});
    EXPECT_EQ(counted.err, "") << path;
    std::sscanf(counted.out.c_str(), "%lf,%d", &facts.begin, &facts.frames);
    const auto flags = run_process({"ffprobe", "-v", "error", "-show_entries", "packet=flags", "-of", "csv=p=0", path});
    facts.begins_with_key = flags.out.starts_with("K");
    return facts;
}

class EvidenceRunTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        videos_ = new TemporaryFolder();
        for (const auto& [name, size] : {std::pair{"sub", "320x192"}, std::pair{"main", "960x576"}}) {
            const std::string raw = *videos_ / (std::string(name) + "_raw.mp4");
            run_process(
                {FACET_BINARY, "synth", fmt::format("street?seed=1&size={}&frames=200&objects=6", size), "--out", raw});
            run_process({"ffmpeg", "-v", "error", "-i", raw, "-c:v", "libx264", "-crf", "16", "-g", "25", "-bf", "2",
                         *videos_ / (std::string(name) + ".mp4")});
        }
    }
    static void TearDownTestSuite() {
        delete videos_;
        videos_ = nullptr;
    }
    void SetUp() override {
        if (!std::filesystem::exists(main()) || run_process({"ffprobe", "-version"}).exit_code != 0)
            GTEST_SKIP() << "SKIPPED: no ffmpeg with libx264 and no ffprobe here";
    }

    static std::string sub() { return *videos_ / "sub.mp4"; }
    static std::string main() { return *videos_ / "main.mp4"; }
    /// A site with one camera.
    void write_site(const std::string& keys, const std::string& sections) {
        write_text(folder_ / "site.yaml", fmt::format(R"(
cameras:
  - name: north
    source: {}
    live: true
    {}
    rules:
      - {{name: across, type: line, points: [[0, 0.6], [1, 0.6]]}}
      - {{name: within, type: zone, points: [[0.1, 0.3], [0.9, 0.3], [0.9, 0.9], [0.1, 0.9]]}}
experts:
  - {{name: motion, model: motion}}
{})",
                                                      sub(), keys, sections));
    }
    std::vector<std::string> command(std::vector<std::string> options = {}) {
        options.insert(options.begin(),
                       {FACET_BINARY, "run", "-c", folder_ / "site.yaml", "--events", folder_ / "events.jsonl"});
        return options;
    }
    std::vector<json> events() const {
        std::vector<json> out;
        for (const auto& line : lines_of(read_text(folder_ / "events.jsonl"))) out.push_back(json::parse(line));
        return out;
    }
    std::vector<std::string> files(const std::string& folder) const {
        std::vector<std::string> paths;
        std::error_code gone;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, gone))
            if (entry.is_regular_file()) paths.push_back(entry.path().string());
        std::sort(paths.begin(), paths.end());
        return paths;
    }

    static TemporaryFolder* videos_;
    TemporaryFolder folder_;
};
TemporaryFolder* EvidenceRunTest::videos_ = nullptr;

TEST_F(EvidenceRunTest, EveryEventHasAPictureACropAndAClipThatShowIt) {
    // Exact pixels also where the machine is short of time (decisions/0007).
    write_site("decode: references", "evidence: {folder: kept, clip_before: 1s, clip_after: 1s}\n");
    const auto result = run_process(command({"--json"}));
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const auto all = events();
    ASSERT_GT(all.size(), 3U);
    EXPECT_EQ(json::parse(last_line(result.out))["cameras"][0]["events"], all.size());
    const auto sent = frames_of(sub());
    std::set<std::string> expected;
    std::size_t late = 0;
    for (const auto& event : all) {
        SCOPED_TRACE(event.dump());
        const json& evidence = event["evidence"];
        EXPECT_FALSE(evidence.contains("source")) << "there is only one stream";
        const std::string id = event["id"];
        const std::string day = "north/" + event["time"].get<std::string>().substr(0, 10) + "/";
        if (kSanitized && !evidence.contains("picture")) {  // it came too late for its line
            ++late;
            continue;
        }
        ASSERT_EQ(evidence.value("picture", ""), day + id + ".jpg");
        ASSERT_EQ(evidence.value("crop", ""), day + id + ".crop.jpg");
        ASSERT_EQ(evidence.value("clip", ""), day + id + ".mp4");
        for (const char* kind : {"picture", "crop", "clip"})
            expected.insert(folder_ / ("kept/" + evidence[kind].get<std::string>()));
        const std::string path = folder_ / ("kept/" + evidence["picture"].get<std::string>());
        EXPECT_EQ(read_text(path).substr(0, 3), "\xFF\xD8\xFF") << "a JPEG";
        const Pixels picture = frames_of(path, false).at(0);
        ASSERT_EQ(picture.width, 320);
        ASSERT_EQ(picture.height, 192);
        const Pixels crop = frames_of(folder_ / ("kept/" + evidence["crop"].get<std::string>()), false).at(0);
        const auto box = event["box"].get<std::vector<double>>();
        EXPECT_LE(crop.width, 1.2 * box[2] + 4);
        EXPECT_LE(crop.height, 1.2 * box[3] + 4);
        double picture_off = 255;
        double crop_off = 255;
        for (const Pixels& frame : around(sent, event["t"])) {
            picture_off = std::min(picture_off, difference(picture, frame));
            crop_off = std::min(crop_off, difference_near(crop, frame, std::max(0.0, box[0] - 0.1 * box[2]),
                                                          std::max(0.0, box[1] - 0.1 * box[3])));
        }
        EXPECT_LT(picture_off, 4) << "of 255: JPEG's loss";
        EXPECT_LT(crop_off, 5);

        const ClipFacts clip = facts_of(folder_ / ("kept/" + evidence["clip"].get<std::string>()));
        EXPECT_TRUE(clip.begins_with_key);
        EXPECT_NEAR(clip.begin, 0, 0.001);
        const double t = event["t"];  // a second before and after, and at most a second more to the key before that
        EXPECT_GE(clip.frames, kFramesPerSecond * (std::min(t + 1, 8.0) - std::max(t - 1, 0.0)) - 4);
        EXPECT_LE(clip.frames, kFramesPerSecond * 3 + 4);
    }
    const auto there = files(folder_ / "kept");
    EXPECT_LT(late, all.size());
    if (late == 0) {
        EXPECT_EQ(std::set<std::string>(there.begin(), there.end()), expected) << "nothing else is left";
    }
}

TEST_F(EvidenceRunTest, PicturesAndClipsComeFromTheBetterStreamWhereThereIsOne) {
    write_site("evidence_source: " + main(), "evidence: {folder: kept, clip_before: 1s, clip_after: 1s}\n");
    const auto result = run_process(command());
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const auto sent = frames_of(main());
    int of_main = 0;
    for (const auto& event : events()) {
        SCOPED_TRACE(event.dump());
        const json& evidence = event["evidence"];
        if (kSanitized && !evidence.contains("picture")) continue;
        ASSERT_TRUE(evidence.contains("picture"));
        const std::string path = folder_ / ("kept/" + evidence["picture"].get<std::string>());
        EXPECT_EQ(frames_of(path, false).at(0).width, evidence["source"] == "main" ? 960 : 320);
        if (evidence["source"] != "main") continue;
        ++of_main;
        const Pixels picture = frames_of(path).at(0);
        double off = 255;  // the two receivers do not begin in the same instant
        for (const Pixels& frame : around(sent, event["t"])) off = std::min(off, difference(picture, frame));
        EXPECT_LT(off, 4);
        const Pixels crop = frames_of(folder_ / ("kept/" + evidence["crop"].get<std::string>()), false).at(0);
        EXPECT_GT(crop.width, 2.5 * event["box"][2].get<double>()) << "the box is scaled";
        const auto size = run_process({"ffprobe", "-v", "error", "-show_entries", "stream=width", "-of", "csv=p=0",
                                       folder_ / ("kept/" + evidence["clip"].get<std::string>())});
        EXPECT_EQ(size.out, "960\n");
    }
    EXPECT_GT(of_main, 2);
}

TEST_F(EvidenceRunTest, WhereTheBetterStreamIsAwayTheOtherOneIsShownAndNamed) {
    write_site("evidence_source: 'rtsp://viewer:hidden-word@127.0.0.1:1/main'",
               "evidence: {folder: kept, clip_before: 0s, clip_after: 0s}\n");
    const auto result = run_process(command());
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    EXPECT_THAT(result.err, HasSubstr("camera 'north': its evidence source is away"));
    EXPECT_THAT(result.err, Not(HasSubstr("hidden-word")));
    ASSERT_FALSE(events().empty());
    for (const auto& event : events()) {
        EXPECT_EQ(event["evidence"].value("source", ""), "sub");
        EXPECT_TRUE(event["evidence"].contains("picture"));
        EXPECT_FALSE(event["evidence"].contains("clip"));
    }
}

TEST_F(EvidenceRunTest, WithoutTheSectionNothingIsKept) {
    write_site("", "");
    ASSERT_EQ(run_process(command()).exit_code, kDone);
    ASSERT_FALSE(events().empty());
    for (const auto& event : events()) EXPECT_EQ(event["evidence"].size(), 1U) << "the frame's number";
}

TEST_F(EvidenceRunTest, AFullDiskCostsEvidenceAndNoEvent) {
    const std::string small = folder_ / "small";
    std::filesystem::create_directory(small);
    if (mount("tmpfs", small.c_str(), "tmpfs", 0, "size=120k") != 0)
        GTEST_SKIP() << "SKIPPED: cannot mount a small disk here: " << std::strerror(errno);
    write_site("record: true", "evidence: {folder: small/evidence}\nrecord: {folder: small/recordings}\n");
    const auto result = run_process(command({"--json"}));
    std::size_t with_picture = 0;
    std::size_t named = 0;
    const auto all = events();
    for (const auto& event : all)
        for (const char* kind : {"picture", "crop"}) {
            if (!event["evidence"].contains(kind)) continue;
            ++named;
            const std::string bytes = read_text(small + "/evidence/" + event["evidence"][kind].get<std::string>());
            if (bytes.ends_with("\xFF\xD9")) ++with_picture;
        }
    umount2(small.c_str(), MNT_DETACH);
    ASSERT_EQ(result.exit_code, kDone) << result.err;
    const json camera = json::parse(last_line(result.out))["cameras"][0];
    EXPECT_EQ(camera["events"], all.size()) << "every event is written";
    EXPECT_EQ(camera["packets"], 200) << "nobody waited for the disk";
    EXPECT_EQ(named, with_picture) << "what a line names is there as a whole";
    EXPECT_LT(named, 2 * all.size());
    EXPECT_THAT(result.err, HasSubstr("camera 'north': evidence is missing"));
    EXPECT_THAT(result.err, HasSubstr("No space left on device"));
}

TEST_F(EvidenceRunTest, RecordingsOutliveAKillAndStayWithinTheirBytes) {
    write_site("record: true\n    loop: true", "record: {folder: kept, segment: 1s, bytes_max: 1MB}\n");
    std::filesystem::create_directories(folder_ / "kept/north/2000-01-01");
    write_text(folder_ / "kept/north/2000-01-01/00-00-00.000.mp4", std::string(1'500'000, 'x'));  // ours, and old
    write_text(folder_ / "kept/north/2000-01-01/mine.mp4", std::string(2'000'000, 'x'));
    Process process(command());
    EXPECT_TRUE(eventually([&] { return files(folder_ / "kept").size() >= 5; }, milliseconds(15'000)));
    kill(process.pid(), SIGKILL);
    process.wait();
    std::uintmax_t bytes = 0;
    int frames = 0;
    for (const auto& path : files(folder_ / "kept")) {
        if (path.ends_with("mine.mp4")) continue;
        bytes += std::filesystem::file_size(path);
        const ClipFacts segment = facts_of(path);
        EXPECT_TRUE(segment.begins_with_key) << path;
        frames += segment.frames;
    }
    EXPECT_GE(frames, 75);
    EXPECT_LE(bytes, 1'000'000U);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "kept/north/2000-01-01/mine.mp4")) << "a foreign file";
    EXPECT_FALSE(std::filesystem::exists(folder_ / "kept/north/2000-01-01/00-00-00.000.mp4"));
}

TEST_F(EvidenceRunTest, ARecordingHoldsEveryPacketAndTheNumbersSaySo) {
    write_site("record: true\n    loop: true",
               "record: {folder: kept, segment: 2s}\nevidence: {folder: kept}\nmetrics: {listen: '127.0.0.1:39471'}\n");
    Process process(command({"--json"}));
    std::string text;
    EXPECT_TRUE(eventually(
        [&] {
            text = run_process({"curl", "-s", "http://127.0.0.1:39471/metrics"}).out;
            return text.find("facet_evidence_total{camera=\"north\",fate=\"clip\"} ") != std::string::npos &&
                   text.find("facet_evidence_total{camera=\"north\",fate=\"clip\"} 0") == std::string::npos;
        },
        milliseconds(20'000)))
        << text;
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
    EXPECT_THAT(text, HasSubstr("facet_recorded_total{camera=\"north\",fate=\"dropped\"} 0\n"));
    EXPECT_THAT(text, HasSubstr("facet_evidence_total{camera=\"north\",fate=\"late\"} 0\n"));
    int frames = 0;
    for (const auto& path : files(folder_ / "kept"))
        if (path.size() > 16 && path[path.size() - 8] == '.') frames += facts_of(path).frames;  // HH-MM-SS.mmm.mp4
    EXPECT_EQ(frames, json::parse(last_line(result.out))["cameras"][0]["packets"]);
}

TEST_F(EvidenceRunTest, ACameraThatIsToBeRecordedFromNowOnIs) {
    write_site("loop: true", "record: {folder: kept, segment: 1s}\n");
    Process process(command());
    let_pass(milliseconds(2000));
    EXPECT_TRUE(files(folder_ / "kept").empty());
    write_site("loop: true\n    record: true", "record: {folder: kept, segment: 1s}\n");
    kill(process.pid(), SIGHUP);
    EXPECT_TRUE(eventually([&] { return files(folder_ / "kept").size() >= 2; }, milliseconds(15'000)));
    write_site("loop: true", "record: {folder: kept, segment: 1s}\n");
    kill(process.pid(), SIGHUP);
    let_pass(milliseconds(2000));
    const auto segments = files(folder_ / "kept");
    let_pass(milliseconds(2500));
    EXPECT_EQ(files(folder_ / "kept"), segments) << "it is not recorded any more";
    kill(process.pid(), SIGTERM);
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
    for (const auto& path : segments) EXPECT_GT(facts_of(path).frames, 0) << path;
}

TEST_F(EvidenceRunTest, WrongConfigsAndFoldersAreRefusedByName) {
    const auto refused = [&](const std::string& keys, const std::string& sections, int code, const std::string& text) {
        write_site(keys, sections);
        const auto result = run_process(command());
        EXPECT_EQ(result.exit_code, code) << keys << sections;
        EXPECT_THAT(result.err, HasSubstr(text));
    };
    refused("record: true", "", kWrongUsage, "there is no section `record`");
    refused("evidence_source: " + main(), "", kWrongUsage, "evidence_source has no use without a section `evidence`");
    refused("", "evidence: {}\n", kWrongUsage, "'folder' is missing");
    refused("", "evidence: {folder: kept, bytes_max: lots}\n", kWrongUsage, "bytes_max is 'lots', expected bytes");
    refused("", "evidence: {folder: kept, clip_before: 2m}\n", kWrongUsage, "clip_before is '2m', expected 0..60");
    write_text(folder_ / "file", "x");
    refused("", "evidence: {folder: file/kept}\n", kOutputUnwritable, "file/kept: cannot write files to this folder");
}

}  // namespace
}  // namespace facet::test
