// What goes wrong in `facet eval`: one clear line each, with the right exit code.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using testing::HasSubstr;

class EvalBadInput : public testing::Test {
protected:
    ProcessResult evaluate(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), {FACET_BINARY, "eval"});
        return run_process(arguments);
    }
    void expect_fails(const std::vector<std::string>& arguments, int exit_code, const std::string& message) {
        const ProcessResult result = evaluate(arguments);
        EXPECT_EQ(result.exit_code, exit_code) << result.err;
        EXPECT_THAT(result.err, HasSubstr(message));
        EXPECT_EQ(lines_of(result.err).size(), 1U) << result.err;
        EXPECT_EQ(result.out, "");
    }
    /// A valid gray BMP of 2x2 pixels, so that these tests need no data of others.
    void write_picture(const std::string& path) {
        std::string bytes = "BM";
        const auto put = [&bytes](std::uint32_t value, int count) {
            for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
        };
        put(54 + 16, 4), put(0, 4), put(54, 4), put(40, 4), put(2, 4), put(2, 4), put(1, 2), put(24, 2), put(0, 4),
            put(16, 4);
        put(2835, 4), put(2835, 4), put(0, 4), put(0, 4);
        bytes += std::string(16, '\x80');
        write_text(path, bytes);
    }
    TemporaryFolder folder_;
};

TEST_F(EvalBadInput, WrongUsageIsNamed) {
    expect_fails({"detec"}, kWrongUsage, "did you mean 'eval detect'?");
    expect_fails({"detect", "--truth", "x", "--modl", "y"}, kWrongUsage, "did you mean '--model'?");
    expect_fails({"detect", "--truth", "x", "--images", "y"}, kWrongUsage, "'--model' is required");
    expect_fails({"classify", "--model", "m", "--images", "y"}, kWrongUsage, "truth");
    expect_fails({"detect", "--truth", "x", "--results", "r", "--model", "m"}, kWrongUsage, "without --model");
    expect_fails({"track", "--truth", "x"}, kWrongUsage, "either --tracks or --detections");
    expect_fails({"track", "--truth", "x", "--tracks", "a", "--detections", "b"}, kWrongUsage,
                 "either --tracks or --detections");
}

TEST_F(EvalBadInput, TracksThatCannotBeReadAreNamedWithTheirLine) {
    const std::string good = folder_ / "good.txt";
    write_text(good, "1,1,0,0,9,9,1,1,1\n");
    expect_fails({"track", "--truth", folder_ / "none.txt", "--tracks", good}, kInputUnusable, "none.txt");
    write_text(folder_ / "bad.txt", "1,1,0,0,9,9\n1,x,0,0,9,9\n");
    expect_fails({"track", "--truth", good, "--tracks", folder_ / "bad.txt"}, kInputUnusable,
                 "bad.txt:2: 'x' where a number was expected");
    write_text(folder_ / "twice.txt", "3,7,0,0,9,9\n3,7,5,0,9,9\n");
    expect_fails({"track", "--truth", good, "--tracks", folder_ / "twice.txt"}, kInputUnusable,
                 "identity 7 stands twice on frame 3");
    write_text(folder_ / "other.txt", "1,1,0,0,9,9,1,7,1\n");
    expect_fails({"track", "--truth", folder_ / "other.txt", "--tracks", good}, kInputUnusable, "none of 1 rows counts");
    expect_fails({"track", "--truth", good, "--detections", good, "--tracker", "bytetrac"}, kWrongUsage,
                 "did you mean 'bytetrack'");
}

TEST_F(EvalBadInput, TheTracksOfTheTruthItselfArePerfect) {
    const std::string good = folder_ / "good.txt";
    write_text(good, "1,1,0,0,9,9,1,1,1\n2,1,1,0,9,9,1,1,1\n");
    const ProcessResult result = evaluate({"track", "--truth", good, "--tracks", good, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto json = nlohmann::json::parse(last_line(result.out));
    for (const char* key : {"hota", "mota", "idf1"}) EXPECT_EQ(json[key], 1.0) << key;
    EXPECT_EQ(json["n"], 2);
}

TEST_F(EvalBadInput, TruthAndPicturesThatDoNotBelongTogetherAreNamed) {
    write_picture(folder_ / "a.bmp");
    std::filesystem::create_directory(folder_ / "labels");
    const auto detect = [&](const std::string& truth) {
        return std::vector<std::string>{"detect",  "--model", "yolox-nano", "--images", folder_.path().string(),
                                        "--truth", truth};
    };
    expect_fails(detect(folder_ / "labels"), kInputUnusable, "no label file (*.txt)");
    write_text(folder_ / "labels/b.txt", "");
    expect_fails(detect(folder_ / "labels"), kInputUnusable, "nothing there belongs to a picture of");
    write_text(folder_ / "labels/a.txt", "0 0.5 0.5\n");
    expect_fails(detect(folder_ / "labels"), kInputUnusable, "a.txt:1: 3 columns");
    expect_fails({"classify", "--model", "m", "--images", folder_.path().string(), "--truth", folder_ / "labels/a.txt"},
                 kInputUnusable, "no column 'file'");
    expect_fails({"face", "--model", "m", "--images", folder_.path().string(), "--truth", folder_ / "labels/a.txt"},
                 kInputUnusable, "not JSON");
    write_text(folder_ / "facts.json", R"({"a.bmp": {"persons": 1}})");
    expect_fails({"face", "--model", "m", "--images", folder_.path().string(), "--truth", folder_ / "facts.json"},
                 kInputUnusable, "says no number of faces");
    expect_fails({"segment", "--model", "m", "--images", folder_.path().string(), "--truth", folder_ / "labels"},
                 kInputUnusable, "classes.txt");
}

TEST_F(EvalBadInput, AModelThatIsNotThereIsAModelsFailure) {
    write_picture(folder_ / "a.bmp");
    std::filesystem::create_directory(folder_ / "labels");
    write_text(folder_ / "labels/a.txt", "0 0.5 0.5 1 1\n");
    expect_fails({"detect", "--model", "yolox-nan", "--images", folder_.path().string(), "--truth", folder_ / "labels"},
                 kModelUnusable, "yolox-nan");
    expect_fails(
        {"detect", "--model", folder_ / "none.onnx", "--images", folder_.path().string(), "--truth", folder_ / "labels"},
        kModelUnusable, "none.onnx");
}

TEST_F(EvalBadInput, StoredResultsAreJudgedWithoutAModel) {
    write_text(folder_ / "truth.json",
               R"({"images": [{"id": 1, "file_name": "a.jpg"}], "categories": [{"id": 3, "name": "car"}],
        "annotations": [{"image_id": 1, "category_id": 3, "bbox": [0, 0, 10, 10]}]})");
    write_text(folder_ / "results.json", R"([{"image_id": 1, "category_id": 3, "bbox": [0, 0, 10, 9], "score": 0.5}])");
    const ProcessResult result =
        evaluate({"detect", "--results", folder_ / "results.json", "--truth", folder_ / "truth.json", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto json = nlohmann::json::parse(last_line(result.out));
    EXPECT_EQ(json["ap50"], 1.0);
    EXPECT_EQ(json["ap50_95"], 0.9);
    write_text(folder_ / "results.json", R"([{"image_id": 2, "category_id": 3, "bbox": [0, 0, 10, 9], "score": 0.5}])");
    expect_fails({"detect", "--results", folder_ / "results.json", "--truth", folder_ / "truth.json"}, kInputUnusable,
                 "results.json[0]: image_id: no such picture");
}

}  // namespace
}  // namespace facet::test
