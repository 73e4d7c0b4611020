// What tests/pipeline/eval does not measure, of real networks in f32.
#include <map>

#include "base/file.h"
#include "quality/average_precision.h"
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

/// AP50 over a folder of pictures with YOLO truth.
double ap50(Model& model, const std::string& folder) {
    std::vector<quality::PictureMatches> matches;
    for (const auto& path : pictures_of(folder)) {
        const Picture picture = read_picture(path);
        const auto truth_path = kData / "groundtruth" / folder / (path.stem().string() + ".txt");
        auto truth = quality::parse_yolo(text_of(truth_path), picture.size, truth_path.string());
        EXPECT_TRUE(truth.has_value());
        matches.push_back(quality::match_boxes({*truth, model.run<Detections>(picture).items}));
    }
    return quality::average_precision(matches).ap50;
}

TEST(Accuracy, Yolov8SegmentFindsBoxesAsGoodAsTheDetector) {
    FACET_NEED_DATA();
    Model model("yolov8n-seg-int8", evaluation_options());
    EXPECT_GT(ap50(model, "coco128"), 0.5);
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
        EXPECT_EQ(nine, 9U) << name;
        // The short-range network is for faces near the camera; those of the group are too small for it.
        if (name != "blazeface-short") {
            EXPECT_GE(seven, 6U) << name;
        }
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
        EXPECT_EQ(paint.top[0].label, 0) << "both plates are blue";
    }
}

}  // namespace
}  // namespace facet::tests
