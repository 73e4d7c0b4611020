// facet synth as a program: what it writes can be read back, mistakes have their exit codes, an interruption leaves valid
// files.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "source/file/file_source.h"
#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class SynthTest : public testing::Test {
protected:
    static ProcessResult synth(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {FACET_BINARY, "synth"});
        return run_process(arguments);
    }
    static void expect_fails(const std::vector<std::string>& arguments, int exit_code, const std::string& message) {
        const auto result = synth(arguments);
        EXPECT_EQ(result.exit_code, exit_code) << result.err;
        EXPECT_THAT(result.err, HasSubstr(message));
        EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
    }
    static int frames_in(const std::string& path) {
        auto source = source::kFileSource.open(path);
        if (!source) {
            ADD_FAILURE() << source.error().message;
            return -1;
        }
        int frames = 0;
        for (auto frame = (*source)->next(); frame && *frame; frame = (*source)->next()) ++frames;
        return frames;
    }
    TemporaryFolder folder_;
};

TEST_F(SynthTest, AVideoAndItsTruthAreWritten) {
    const std::string address = "synthetic:belt?seed=4&size=160x96&frames=30&objects=6&line=0.5,1,0.5,0";
    const auto result =
        synth({address, "--out", folder_ / "a.mp4", "--truth", folder_ / "a.jsonl", "--mot", folder_ / "a.txt", "--events",
               folder_ / "a.json", "--masks", folder_ / "masks", "--yolo", folder_ / "yolo"});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(frames_in(folder_ / "a.mp4"), 30);
    const auto lines = lines_of(read_text(folder_ / "a.jsonl"));
    ASSERT_EQ(lines.size(), 30U);
    std::size_t objects = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const json line = json::parse(lines[i]);
        EXPECT_EQ(line["frame"], i);
        objects += line["objects"].size();
    }
    EXPECT_EQ(lines_of(read_text(folder_ / "a.txt")).size(), objects);
    const json events = json::parse(read_text(folder_ / "a.json"))["a.mp4"];
    EXPECT_EQ(events["frames"], 30);
    EXPECT_EQ(events["fps"], 25);
    EXPECT_EQ(events["line"]["from"], json({80.0, 96.0}));
    EXPECT_EQ(json::parse(read_text(folder_ / "masks/000029.json"))["frame"], 29);
    EXPECT_TRUE(std::filesystem::exists(folder_ / "yolo/000000.txt"));
    EXPECT_EQ(lines_of(read_text(folder_ / "yolo/classes.txt")).at(0), "person");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
        EXPECT_NE(entry.path().extension(), ".partial");
}

TEST_F(SynthTest, TheSameAddressGivesTheSameFiles) {
    for (const char* name : {"1", "2"}) {
        const auto result = synth({"hall?size=160x96&frames=12", "--out", folder_ / (std::string(name) + ".mp4"), "--truth",
                                   folder_ / (std::string(name) + ".jsonl")});
        ASSERT_EQ(result.exit_code, 0) << result.err;
    }
    EXPECT_EQ(read_text(folder_ / "1.mp4"), read_text(folder_ / "2.mp4"));
    EXPECT_EQ(read_text(folder_ / "1.jsonl"), read_text(folder_ / "2.jsonl"));
}

TEST_F(SynthTest, MistakesHaveOneLineAndTheirExitCode) {
    const std::string out = folder_ / "x.jsonl";
    expect_fails({"strete", "--truth", out}, kWrongUsage, "did you mean 'street'?");
    expect_fails({"street?objets=2", "--truth", out}, kWrongUsage, "did you mean 'objects'?");
    expect_fails({"street"}, kWrongUsage, "at least one of --out");
    expect_fails({"--truth", out}, kWrongUsage, "expected one scene");
    expect_fails({"street", "hall", "--truth", out}, kWrongUsage, "expected one scene");
    expect_fails({"street?frames=0", "--truth", out}, kWrongUsage, "without end");
    expect_fails({"street", "--trut", out}, kWrongUsage, "did you mean '--truth'?");
    expect_fails({"street?schedule_file=" + (folder_ / "none.yaml"), "--truth", out}, kWrongUsage, "none.yaml");
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(SynthTest, AnOutputThatCannotBeWrittenIsSaidAndNothingIsLeft) {
    const std::string small = "street?size=160x96&frames=5";
    expect_fails({small, "--out", folder_ / "none/x.mp4"}, kOutputUnwritable, "none/x.mp4");
    expect_fails({small, "--out", folder_ / "x.mp4", "--truth", folder_ / "none/x.jsonl"}, kOutputUnwritable,
                 "none/x.jsonl");
    write_text(folder_ / "file", "");
    expect_fails({small, "--masks", folder_ / "file/masks"}, kOutputUnwritable, "file/masks");
    expect_fails({small, "--truth", "/dev/full"}, kOutputUnwritable, "/dev/full");
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.mp4"));
    EXPECT_FALSE(std::filesystem::exists(folder_ / "x.mp4.partial"));
}

TEST_F(SynthTest, AnInterruptionLeavesValidFiles) {
    const std::string pipe = folder_ / "truth";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    Process process({FACET_BINARY, "synth", "street?size=160x96&frames=100000", "--out", folder_ / "a.mp4", "--truth", pipe,
                     "--mot", folder_ / "a.txt", "--events", folder_ / "a.json"});
    std::ifstream truth(pipe);
    std::string line;
    ASSERT_TRUE(std::getline(truth, line));  // it is under way
    kill(process.pid(), SIGINT);
    int lines = 1;
    while (std::getline(truth, line)) {
        EXPECT_TRUE(json::accept(line));
        ++lines;
    }
    const auto result = process.wait();
    EXPECT_EQ(result.exit_code, kInterrupted) << result.err;
    EXPECT_LT(lines, 100000);
    EXPECT_EQ(frames_in(folder_ / "a.mp4"), lines);
    EXPECT_EQ(json::parse(read_text(folder_ / "a.json"))["a.mp4"]["frames"], lines);
}

}  // namespace
}  // namespace facet::test
