// What a user does wrong: each mistake is one clear line that names the thing, with the right exit code.
#include <gmock/gmock.h>

#include "support/process.h"

namespace facet::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class BadInputTest : public testing::Test {
protected:
    ProcessResult analyze(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {FACET_BINARY, "analyze"});
        return run_process(arguments);
    }
    /// The result of a config, with a small synthetic camera and motion where {} stands for the camera's further keys.
    ProcessResult with_camera(const std::string& keys) {
        write_text(folder_ / "site.yaml", "cameras:\n  - name: a\n    source: 'synthetic:street?size=160x96&frames=5'\n" +
                                              keys + "experts:\n  - {name: motion, model: motion}\n");
        return analyze({"-c", folder_ / "site.yaml"});
    }
    TemporaryFolder folder_;
};

void expect_fails(const ProcessResult& result, int exit_code, const std::string& message) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_THAT(result.err, Not(HasSubstr("terminate called")));
}

TEST_F(BadInputTest, AWrongOptionNamesTheNearestOne) {
    expect_fails(analyze({"x.mp4", "--treads", "2"}), kWrongUsage, "unknown option '--treads', did you mean '--threads'?");
    expect_fails(analyze({"x.mp4", "--threads", "0"}), kWrongUsage, "threads is '0', expected 1..256");
    expect_fails(run_process({FACET_BINARY, "analyse"}), kWrongUsage, "unknown command 'analyse', did you mean 'analyze'?");
    expect_fails(analyze({}), kWrongUsage, "no input");
}

TEST_F(BadInputTest, AConfigMistakeIsNamedWithItsLine) {
    expect_fails(with_camera("    ruls: []\n"), kWrongUsage,
                 "site.yaml:4: camera 'a': unknown key 'ruls', did you mean 'rules'?");
    expect_fails(analyze({"-c", folder_ / "none.yaml"}), kWrongUsage, "none.yaml");
    write_text(folder_ / "broken.yaml", "cameras: [\n");
    expect_fails(analyze({"-c", folder_ / "broken.yaml"}), kWrongUsage, "broken.yaml:");
    write_text(folder_ / "unset.yaml", "cameras: [{name: a, source: '${FACET_TEST_NOT_SET}'}]\n");
    expect_fails(analyze({"-c", folder_ / "unset.yaml"}), kWrongUsage,
                 "environment variable 'FACET_TEST_NOT_SET' is not set");
}

TEST_F(BadInputTest, ImpossibleGeometryIsRefusedByTheRulesName) {
    expect_fails(with_camera("    rules: [{name: gate, type: line, points: [[0.5, 0.5], [0.5, 0.5]]}]\n"), kWrongUsage,
                 "'gate'");
    expect_fails(with_camera("    rules: [{name: bow, type: zone, points: [[0, 0], [1, 1], [1, 0], [0, 1]]}]\n"),
                 kWrongUsage, "'bow'");
    expect_fails(with_camera("    rules: [{name: far, type: line, points: [[0, 0.5], [2, 0.5]]}]\n"), kWrongUsage, "'far'");
    expect_fails(with_camera("    rules: [{name: r, type: lin, points: [[0, 0.5], [1, 0.5]]}]\n"), kWrongUsage,
                 "did you mean 'line'?");
    expect_fails(with_camera("    masks: [[[0, 0], [1, 1]]]\n"), kWrongUsage, "expected a simple polygon");
    expect_fails(with_camera("    tracker: bytetrak\n"), kWrongUsage, "did you mean 'bytetrack'?");
}

TEST_F(BadInputTest, AnInputThatIsNoVideoIsNamed) {
    expect_fails(analyze({folder_ / "none.mp4"}), kInputUnusable, "none.mp4");
    write_text(folder_ / "empty.mp4", "");
    expect_fails(analyze({folder_ / "empty.mp4"}), kInputUnusable, "empty.mp4");
    write_text(folder_ / "text.mp4", "this is no video at all\n");
    expect_fails(analyze({folder_ / "text.mp4"}), kInputUnusable, "text.mp4");
    std::filesystem::create_directory(folder_ / "folder");
    expect_fails(analyze({folder_ / "folder"}), kInputUnusable, "folder");
    expect_fails(analyze({"synthetic:nowhere"}), kInputUnusable, "nowhere");
}

TEST_F(BadInputTest, OneBadInputAmongGoodOnesIsDoneInPart) {
    const auto result = analyze({"synthetic:street?size=160x96&frames=5", folder_ / "none.mp4", "--json"});
    expect_fails(result, kDoneInPart, "none.mp4");
    EXPECT_THAT(last_line(result.out), HasSubstr("\"frames\":5"));
}

TEST_F(BadInputTest, AModelThatCannotBeUsedIsNamed) {
    const std::string video = "synthetic:street?size=160x96&frames=5";
    expect_fails(analyze({video, "--model", "yolox-nan"}), kModelUnusable, "did you mean 'yolox-nano'?");
    expect_fails(analyze({video, "--model", folder_ / "none.onnx"}), kModelUnusable, "none.onnx");
    write_text(folder_ / "text.onnx", "this is no model\n");
    expect_fails(analyze({video, "--model", folder_ / "text.onnx"}), kModelUnusable, "text.onnx");
    write_text(folder_ / "empty.onnx", "");
    expect_fails(analyze({video, "--model", folder_ / "empty.onnx"}), kModelUnusable, "empty.onnx");
}

TEST_F(BadInputTest, AnOutputThatCannotBeWrittenIsNamedAndLeavesNothingBehind) {
    const std::string video = "synthetic:street?size=160x96&frames=5";
    expect_fails(analyze({video, "--events", folder_ / "none/e.jsonl"}), kOutputUnwritable, "none/e.jsonl");
    expect_fails(analyze({video, "--detections", "/dev/full"}), kOutputUnwritable, "/dev/full");
    expect_fails(analyze({video, "--report", folder_ / "none/r.html"}), kOutputUnwritable, "none/r.html");
    expect_fails(analyze({video, "--overlay", folder_ / "none/o.mp4"}), kOutputUnwritable, "none/o.mp4");
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace facet::test
