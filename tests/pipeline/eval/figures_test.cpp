// The figures of `facet eval` against the reference figures in the README of the test data: in f32 within 0.01 (counts
// within one picture), in automatic precision within 0.02.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using Json = nlohmann::json;

const std::string kData = "../shared/data/";

bool data_is_there() { return std::filesystem::exists(kData + "models") && std::filesystem::exists(kData + "groundtruth"); }

#define NEED_DATA() \
    if (!data_is_there()) GTEST_SKIP() << kData << " is missing: the figures of models are not checked"

/// `task` over the pictures of `images` against groundtruth/`truth`; the JSON object of the last line.
Json evaluate(const std::string& task, const std::string& model, const std::string& images, const std::string& truth,
              const std::vector<std::string>& more = {"--precision", "f32"}) {
    std::vector<std::string> command{FACET_BINARY,
                                     "eval",
                                     task,
                                     "--model",
                                     kData + "models/" + model,
                                     "--images",
                                     kData + "images/" + images,
                                     "--truth",
                                     kData + "groundtruth/" + truth,
                                     "--json"};
    command.insert(command.end(), more.begin(), more.end());
    const ProcessResult result = run_process(command);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const auto lines = lines_of(result.out);
    if (lines.empty()) return Json::object();
    return Json::parse(lines.back());
}

constexpr double kTolerance = 0.01;
constexpr double kAutomaticTolerance = 0.02;

struct DetectCase {
    const char* model;
    const char* set;
    double ap50;
};

class DetectFigures : public testing::TestWithParam<DetectCase> {};

TEST_P(DetectFigures, AveragePrecisionIsTheReference) {
    NEED_DATA();
    const auto& [model, set, ap50] = GetParam();
    const bool traffic = std::string(set) == "traffic_atl";
    const auto figure = [traffic](const Json& json) {
        return traffic ? json["ap50_by_class"]["car"].get<double>() : json["ap50"].get<double>();
    };
    EXPECT_NEAR(figure(evaluate("detect", model, set, set)), ap50, kTolerance);
    EXPECT_NEAR(figure(evaluate("detect", model, set, set, {})), ap50, kAutomaticTolerance);
}

INSTANTIATE_TEST_SUITE_P(Models, DetectFigures,
                         testing::Values(DetectCase{"det_yolox_nano_416.onnx", "coco128", 0.60},
                                         DetectCase{"det_nanodet_m_320.onnx", "coco128", 0.55},
                                         DetectCase{"det_yolov8n_int8dyn_320.onnx", "coco128", 0.63},
                                         DetectCase{"det_yolox_nano_416.onnx", "traffic_atl", 0.26},
                                         DetectCase{"det_yolov8n_int8dyn_320.onnx", "traffic_atl", 0.24}));

TEST(EvalFigures, TheDetectionsThatAreWrittenGiveOneLineAPictureInOrder) {
    NEED_DATA();
    const TemporaryFolder folder;
    const Json json = evaluate("detect", "det_yolox_nano_416.onnx", "traffic_atl", "traffic_atl",
                               {"--precision", "f32", "--detections", folder / "one.jsonl", "--threads", "1"});
    evaluate("detect", "det_yolox_nano_416.onnx", "traffic_atl", "traffic_atl",
             {"--precision", "f32", "--detections", folder / "two.jsonl", "--threads", "2"});
    const std::string text = read_text(folder / "one.jsonl");
    EXPECT_EQ(text, read_text(folder / "two.jsonl")) << "the number of workers must not show";
    const auto lines = lines_of(text);
    ASSERT_EQ(lines.size(), json["frames"].get<std::size_t>());
    std::string before;
    for (const std::string& line : lines) {
        const Json picture = Json::parse(line);
        const auto source = picture["source"].get<std::string>();
        EXPECT_GT(source, before);
        before = source;
        EXPECT_LE(picture["objects"].size(), 100U);
        for (const Json& object : picture["objects"]) EXPECT_GE(object["detection"]["confidence"].get<double>(), 0.01);
    }
}

// Its 8-bit logits tie often; a tie is no first place.
TEST(EvalFigures, Mobilenet) {
    NEED_DATA();
    const Json exact = evaluate("classify", "cls_mobilenet_v2_qlinear_224.onnx", "imagenet", "imagenet_labels.tsv");
    EXPECT_EQ(exact["n"], 99);
    EXPECT_NEAR(exact["top1_count"].get<double>(), 58, 1);
    EXPECT_NEAR(exact["top5_count"].get<double>(), 93, 1);
    EXPECT_NEAR(exact["top1"].get<double>() * 99, exact["top1_count"].get<double>(), 1e-3);
    const Json automatic = evaluate("classify", "cls_mobilenet_v2_qlinear_224.onnx", "imagenet", "imagenet_labels.tsv", {});
    EXPECT_NEAR(automatic["top1"].get<double>(), 58.0 / 99, kAutomaticTolerance);
    EXPECT_NEAR(automatic["top5"].get<double>(), 93.0 / 99, kAutomaticTolerance);
}

TEST(EvalFigures, LprnetOnCropsAndOnWholePictures) {
    NEED_DATA();
    const Json crops = evaluate("read", "plate_rec_lprnet_24x94.onnx", "plate_crops", "plate_crops.tsv");
    EXPECT_EQ(crops["n"], 167);
    EXPECT_NEAR(crops["exact"].get<double>() * 167, 155, 1.001);
    const Json automatic = evaluate("read", "plate_rec_lprnet_24x94.onnx", "plate_crops", "plate_crops.tsv", {});
    EXPECT_NEAR(automatic["exact"].get<double>(), 155.0 / 167, kAutomaticTolerance);
    for (const auto& precision : {std::vector<std::string>{"--precision", "f32"}, {}}) {
        const Json pictures = evaluate("read", "plate_rec_lprnet_24x94.onnx", "misc", "misc_images.json", precision);
        EXPECT_EQ(pictures["n"], 2);
        EXPECT_EQ(pictures["exact"], 1.0) << pictures;
    }
}

TEST(EvalFigures, RoadAndCarOfCamvid) {
    NEED_DATA();
    for (const auto& [precision, tolerance] : {std::pair(std::vector<std::string>{"--precision", "f32"}, kTolerance),
                                               {std::vector<std::string>{}, kAutomaticTolerance}}) {
        EXPECT_NEAR(evaluate("segment", "seg_road_adas_0001_512x896.onnx", "camvid", "camvid", precision)["iou"]["Road"]
                        .get<double>(),
                    0.978, tolerance);
        EXPECT_NEAR(
            evaluate("segment", "seg_deeplabv3_mnv2_257.onnx", "camvid", "camvid", precision)["iou"]["Car"].get<double>(),
            0.48, tolerance);
    }
}

TEST(EvalFigures, FacesOfBothFormsOfUltraface) {
    NEED_DATA();
    for (const char* model : {"face_ultraface_rfb_320.onnx", "face_ultraface_rfb_320_simplified.onnx"}) {
        const Json json = evaluate("face", model, "misc", "misc_images.json");
        EXPECT_EQ(json["faces_by_picture"]["nine_faces.jpg"], 9.0) << model;
        EXPECT_EQ(json["faces_by_picture"]["seven_people.jpg"], 7.0) << model;
        EXPECT_EQ(json["faces"], 16) << model;
    }
}

struct EmbedCase {
    const char* model;
    std::array<double, 6> cosines;  // A1 with A2, A3, A4, B1, C1, D1
};

class EmbedFigures : public testing::TestWithParam<EmbedCase> {};

TEST_P(EmbedFigures, CosinesAreTheReference) {
    NEED_DATA();
    for (const auto& [precision, tolerance] : {std::pair(std::vector<std::string>{"--precision", "f32"}, kTolerance),
                                               {std::vector<std::string>{}, kAutomaticTolerance}}) {
        const Json json = evaluate("embed", GetParam().model, "misc", "misc_images.json", precision);
        const std::array names{"A2", "A3", "A4", "B1", "C1", "D1"};
        for (std::size_t i = 0; i < names.size(); ++i)
            EXPECT_NEAR(json["cosine"][names[i]].get<double>(), GetParam().cosines[i], tolerance) << names[i];
    }
}

INSTANTIATE_TEST_SUITE_P(Models, EmbedFigures,
                         testing::Values(EmbedCase{"reid_osnet_x0_25.onnx", {0.94, 0.92, 0.93, 0.55, 0.58, 0.52}},
                                         EmbedCase{"reid_person_retail_0288.onnx", {0.96, 0.95, 0.94, 0.73, 0.66, 0.66}}));

TEST(EvalFigures, PosesAreFoundByTheRepairedModelAndNotByTheDefectiveOne) {
    NEED_DATA();
    const Json repaired = evaluate("pose", "pose_yolo11n_int8qdq_640_floathead.onnx", "coco8_pose", "coco8_pose");
    EXPECT_GT(repaired["oks_ap"].get<double>(), 0.5);
    const Json defective = evaluate("pose", "pose_yolo11n_int8qdq_640.onnx", "coco8_pose", "coco8_pose");
    EXPECT_EQ(defective["oks_ap"], 0.0) << "its scores are all zero, and a correct runtime reproduces that";
}

}  // namespace
}  // namespace facet::test
