// Every family against the reference figures of the test data, in f32.
#include <cmath>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>

#include "base/file.h"
#include "quality/average_precision.h"
#include "quality/recognition.h"
#include "quality/truth.h"
#include "support.h"

namespace facet::tests {
namespace {

expert::ExpertOptions evaluation_options() {
    expert::ExpertOptions options;
    options.threshold = 0.01F;
    options.nms_iou = 0.5F;
    options.detections_max = 100;
    return options;
}

std::string text_of(const std::filesystem::path& path) {
    auto text = read_file(path, 1 << 24);
    EXPECT_TRUE(text.has_value()) << path;
    return text.value_or("");
}

/// AP50 over a folder of pictures with YOLO truth; `label_map` translates the truth's labels (-1 = leave out).
double ap50(Model& model, const std::string& folder, const std::map<int, int>& label_map = {}) {
    std::vector<quality::PictureMatches> matches;
    for (const auto& path : pictures_of(folder)) {
        const Picture picture = read_picture(path);
        quality::ScoredPicture scored;
        const auto truth_path = kData / "groundtruth" / folder / (path.stem().string() + ".txt");
        auto truth = quality::parse_yolo(text_of(truth_path), picture.size, truth_path.string());
        EXPECT_TRUE(truth.has_value());
        for (auto& object : *truth) {
            if (!label_map.empty()) {
                const auto mapped = label_map.find(object.label);
                if (mapped == label_map.end()) continue;
                object.label = mapped->second;
            }
            scored.truth.push_back(object);
        }
        scored.found = model.run<Detections>(picture).items;
        matches.push_back(quality::match_boxes(scored));
    }
    return quality::average_precision(matches).ap50;
}

constexpr double kTolerance = 0.01;

TEST(Accuracy, YoloxNanoFindsTheObjectsOfCoco128) {
    FACET_NEED_DATA();
    Model model("yolox-nano", evaluation_options());
    EXPECT_NEAR(ap50(model, "coco128"), 0.60, kTolerance);
    auto cars = evaluation_options();
    cars.labels = {"car"};
    Model car_model("yolox-nano", cars);
    EXPECT_NEAR(ap50(car_model, "traffic_atl", {{2, 2}}), 0.26, kTolerance);
}

TEST(Accuracy, NanodetFindsTheObjectsOfCoco128) {
    FACET_NEED_DATA();
    Model model("nanodet-m", evaluation_options());
    EXPECT_NEAR(ap50(model, "coco128"), 0.55, kTolerance);
}

TEST(Accuracy, Yolov8FindsTheObjectsOfCoco128) {
    FACET_NEED_DATA();
    Model model("yolov8n-int8", evaluation_options());
    EXPECT_NEAR(ap50(model, "coco128"), 0.63, kTolerance);
    auto cars = evaluation_options();
    cars.labels = {"car"};
    Model car_model("yolov8n-int8", cars);
    EXPECT_NEAR(ap50(car_model, "traffic_atl", {{2, 2}}), 0.24, kTolerance);
}

TEST(Accuracy, Yolov8SegmentFindsBoxesAsGoodAsTheDetector) {
    FACET_NEED_DATA();
    Model model("yolov8n-seg-int8", evaluation_options());
    const double ap = ap50(model, "coco128");
    printf("seg %f\n", ap);
    EXPECT_GT(ap, 0.5);
}

std::vector<std::vector<std::string>> table_of(const std::filesystem::path& path) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(text_of(path));
    std::string line;
    std::getline(lines, line);  // the header
    while (std::getline(lines, line)) {
        auto& row = rows.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, '\t');) row.push_back(cell);
    }
    return rows;
}

TEST(Accuracy, MobilenetNamesTheClassOfThePicture) {
    FACET_NEED_DATA();
    Model model("mobilenet-v2-int8");
    int first = 0;
    int among_five = 0;
    for (const auto& row : table_of(kData / "groundtruth/imagenet_labels.tsv")) {
        const auto result = model.run<Classification>(read_picture(kData / "images/imagenet" / row[0]));
        const int truth = std::stoi(row[1]);
        ASSERT_EQ(result.top.size(), 5U);
        first += quality::among_best(result, truth, 1) ? 1 : 0;
        among_five += quality::among_best(result, truth, 5) ? 1 : 0;
    }
    EXPECT_NEAR(first, 58, 1);
    EXPECT_NEAR(among_five, 93, 1);
    EXPECT_EQ(model.loaded().manifest.labels[0], "tench");
}

TEST(Accuracy, LprnetReadsThePlates) {
    FACET_NEED_DATA();
    Model model("lprnet");
    int right = 0;
    for (const auto& row : table_of(kData / "groundtruth/plate_crops.tsv"))
        right += model.run<Text>(read_picture(kData / "images/plate_crops" / row[0])).text == row[1];
    EXPECT_NEAR(right, 155, 1);
}

/// IoU of one truth class over CamVid, where the cells of `classes` count as it.
double camvid_iou(Model& model, int truth_class, const std::vector<int>& classes) {
    std::size_t both = 0;
    std::size_t either = 0;
    for (const auto& path : pictures_of("camvid")) {
        const Picture picture = read_picture(path);
        const Picture truth = read_picture(kData / "groundtruth/camvid" / path.filename());
        // A gray picture; where it is read as a colour one, its channels are equal.
        const bool is_gray = truth.format == PixelFormat::gray8;
        EXPECT_TRUE(is_gray || truth.format == PixelFormat::bgr24);
        const int step = is_gray ? 1 : 3;
        const auto map = model.run<SegmentMap>(picture);
        for (int y = 0; y < truth.size.height; ++y)
            for (int x = 0; x < truth.size.width; ++x) {
                const int label = truth.data[0][y * truth.stride[0] + step * x];
                if (label == 11) continue;
                const Point cell = map.placement.to_tensor({static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F});
                const int column = std::clamp(static_cast<int>(cell.x), 0, map.size.width - 1);
                const int row = std::clamp(static_cast<int>(cell.y), 0, map.size.height - 1);
                const int found = map.classes[static_cast<std::size_t>(row * map.size.width + column)];
                const bool is_found = std::find(classes.begin(), classes.end(), found) != classes.end();
                both += is_found && label == truth_class;
                either += is_found || label == truth_class;
            }
    }
    return static_cast<double>(both) / static_cast<double>(either);
}

TEST(Accuracy, SegmentersFindRoadAndCars) {
    FACET_NEED_DATA();
    Model road("road-adas-0001");
    EXPECT_NEAR(camvid_iou(road, 3, {1, 3}), 0.978, kTolerance);
    Model deeplab("deeplabv3-mnv2");
    EXPECT_NEAR(camvid_iou(deeplab, 8, {7}), 0.48, kTolerance);
}

TEST(Accuracy, FaceDetectorsFindTheFaces) {
    FACET_NEED_DATA();
    expert::ExpertOptions options;
    options.threshold = 0.7F;
    for (const std::string name :
         {"ultraface-rfb-320", "ultraface-rfb-320-simplified", "yunet-120x160", "blazeface-short"}) {
        Model model(name, options);
        const auto nine = model.run<Detections>(read_picture(kData / "images/misc/nine_faces.jpg")).items.size();
        const auto seven = model.run<Detections>(read_picture(kData / "images/misc/seven_people.jpg")).items.size();
        printf("%s %zu %zu\n", name.c_str(), nine, seven);
        if (name.starts_with("ultraface")) {
            EXPECT_EQ(nine, 9U) << name;
            EXPECT_EQ(seven, 7U) << name;
        }
    }
}

float cosine(const Embedding& a, const Embedding& b) {
    return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0F);
}

TEST(Accuracy, EmbeddingsTellPersonsApart) {
    FACET_NEED_DATA();
    const Picture picture = read_picture(kData / "images/misc/reid_walking.jpg");
    const std::array boxes{Box{0, 0, 134, 361},   Box{134, 0, 117, 325}, Box{251, 0, 75, 208}, Box{326, 0, 68, 187},
                           Box{394, 0, 119, 357}, Box{513, 0, 75, 246},  Box{588, 0, 140, 360}};  // A1..A4, B1, C1, D1
    const std::map<std::string, std::array<double, 6>> expected{{"osnet-x025", {0.94, 0.92, 0.93, 0.55, 0.58, 0.52}},
                                                                {"reid-retail-0288", {0.96, 0.95, 0.94, 0.73, 0.66, 0.66}}};
    for (const auto& [name, cosines] : expected) {
        Model model(name);
        std::vector<Embedding> vectors;
        for (const Box& box : boxes) vectors.push_back(model.run<Embedding>(picture, box));
        for (std::size_t i = 0; i < cosines.size(); ++i)
            EXPECT_NEAR(cosine(vectors[0], vectors[i + 1]), cosines[i], kTolerance) << name << " " << i;
    }
}

TEST(Accuracy, PlatesAreFoundRectifiedAndRead) {
    FACET_NEED_DATA();
    Model detector("plate-y5fu");
    Model reader("lprnet");
    Model colour("plate-colour");
    const std::map<std::string, std::string> plates{{"plate_car_1.jpg", "浙GZ6825"}, {"plate_car_2.png", "藏DT5022"}};
    for (const auto& [file, text] : plates) {
        const Picture picture = read_picture(kData / "images/misc" / file);
        const auto found = detector.run<Detections>(picture).items;
        ASSERT_FALSE(found.empty()) << file;
        ASSERT_EQ(found[0].keypoints.size(), 4U);
        std::array<Point, 4> corners;
        for (std::size_t i = 0; i < 4; ++i) corners[i] = found[0].keypoints[i].point;
        const auto read = reader.run<Text>(picture, corners);
        EXPECT_EQ(read.text, text) << read.score;
        const auto paint = colour.run<Classification>(picture, corners);
        printf("%s %s %f %d %f\n", file.c_str(), read.text.c_str(), static_cast<double>(read.score), paint.top[0].label,
               static_cast<double>(paint.top[0].score));
    }
}

TEST(Accuracy, PoseFindsThePersonsAndTheirJoints) {
    FACET_NEED_DATA();
    Model model("yolo11n-pose-int8-floathead", evaluation_options());
    std::vector<quality::PictureMatches> matches;
    for (const auto& path : pictures_of("coco8_pose")) {
        const Picture picture = read_picture(path);
        quality::ScoredPicture scored;
        const auto truth_path = kData / "groundtruth/coco8_pose" / (path.stem().string() + ".txt");
        auto truth = quality::parse_yolo(text_of(truth_path), picture.size, truth_path.string());
        ASSERT_TRUE(truth.has_value());
        scored.truth = *truth;
        scored.found = model.run<Detections>(picture).items;
        matches.push_back(quality::match_keypoints(scored, quality::coco_keypoint_spreads()));
    }
    const double ap = quality::average_precision(matches).ap50;
    printf("pose %f\n", ap);
    EXPECT_GT(ap, 0.5);
}

}  // namespace
}  // namespace facet::tests
