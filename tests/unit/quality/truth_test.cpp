#include "quality/truth.h"

#include <gtest/gtest.h>

namespace facet::quality {
namespace {

TEST(TruthTest, YoloRowsBecomeBoxesInPixels) {
    const auto objects = parse_yolo("45 0.5 0.25 0.2 0.5\r\n\n0 0.1 0.1 0.2 0.2\n", {200, 100}, "a.txt");
    ASSERT_TRUE(objects.has_value());
    ASSERT_EQ(objects->size(), 2U);
    EXPECT_EQ((*objects)[0].label, 45);
    EXPECT_EQ((*objects)[0].box, (Box{80, 0, 40, 50}));
    EXPECT_TRUE(parse_yolo("", {10, 10}, "empty.txt")->empty());
}

TEST(TruthTest, YoloPoseRowsCarryKeypoints) {
    const auto objects = parse_yolo("0 0.5 0.5 1 1 0.5 0.25 2 0 0 0", {200, 100}, "pose.txt");
    ASSERT_TRUE(objects.has_value());
    ASSERT_EQ((*objects)[0].keypoints.size(), 2U);
    EXPECT_EQ((*objects)[0].keypoints[0].point, (Point{100, 25}));
    EXPECT_EQ((*objects)[0].keypoints[0].visibility, 2);
    EXPECT_EQ((*objects)[0].keypoints[1].visibility, 0);
}

TEST(TruthTest, WrongYoloRowsAreNamedByFileAndLine) {
    const auto message = [](std::string_view text) { return parse_yolo(text, {10, 10}, "a.txt").error().message; };
    EXPECT_EQ(message("0 0.5 0.5 1\n"),
              "a.txt:1: 4 columns, expected class, centre x, centre y, width, height and 3 a keypoint");
    EXPECT_EQ(message("0 0.5 0.5 1 1\n0 0.5 x 1 1"), "a.txt:2: 'x' where a number was expected");
    EXPECT_EQ(message("0.5 0.5 0.5 1 1"), "a.txt:1: class 0.5, expected 0, 1 ...");
    EXPECT_EQ(message("-1 0.5 0.5 1 1"), "a.txt:1: class -1, expected 0, 1 ...");
    EXPECT_EQ(message("0 0.5 0.5 -1 1"), "a.txt:1: a box of negative size");
    EXPECT_EQ(message("0 0.5 0.5 nan 1"), "a.txt:1: 'nan' where a number was expected");
    EXPECT_EQ(message("0 0.5 0.5 1 1 0 0 7"), "a.txt:1: visibility 7 of keypoint 0, expected 0, 1 or 2");
}

TEST(TruthTest, MotRowsAreReadWithTheColumnsThatAreThere) {
    const auto rows = parse_mot("1,3,113.84,274.5,57.307,130.05,-1,-1,-1,-1\n2, 4, 1,2,3,4\n", "res.txt");
    ASSERT_TRUE(rows.has_value());
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ((*rows)[0].left, 113.84);
    EXPECT_EQ((*rows)[0].confidence, -1);
    EXPECT_EQ((*rows)[1].confidence, 1);
    EXPECT_EQ((*rows)[1].label, -1);
    EXPECT_EQ(parse_mot("1,2,3\n", "x").error().message, "x:1: 3 columns, expected frame, id, left, top, width, height ...");
    EXPECT_EQ(parse_mot("1.5,2,3,4,5,6\n", "x").error().message, "x:1: frame 1.5, expected a whole number");
}

TEST(TruthTest, OfMotTruthOnlyConfidentRowsOfTheLabelCount) {
    const auto rows = parse_mot("1,1,0,0,9,9,1,1,1\n1,2,0,0,9,9,0,1,1\n1,3,0,0,9,9,1,7,1\n1,4,0,0,9,9,1\n", "gt.txt");
    ASSERT_TRUE(rows.has_value());
    EXPECT_EQ(counted_truth(*rows, 1).size(), 2U);
    EXPECT_EQ(counted_truth(*rows, std::nullopt).size(), 3U);
}

TEST(TruthTest, TablesAreReadByTheNamesOfTheirColumns) {
    const auto labels = parse_table("file\tclass_index\twnid\r\na.jpg\t10\tn01\r\n", "class_index", "t.tsv");
    ASSERT_TRUE(labels.has_value());
    EXPECT_EQ((*labels)[0].file, "a.jpg");
    EXPECT_EQ((*labels)[0].value, "10");
    EXPECT_EQ(parse_table("file\tname\n", "text", "t.tsv").error().message,
              "t.tsv: no column 'text' in the header line 'file\tname'");
    EXPECT_EQ(parse_table("file\ttext\na.jpg\n", "text", "t.tsv").error().message, "t.tsv:2: 1 columns, expected 2");
    EXPECT_FALSE(parse_table("", "text", "t.tsv").has_value());
}

TEST(TruthTest, NamesAreLinesWithoutTheEmptyOnesAtTheEnd) {
    EXPECT_EQ(parse_names("Sky\r\nBuilding\n\nPole\n\n"), (std::vector<std::string>{"Sky", "Building", "", "Pole"}));
}

TEST(TruthTest, FactsOfPicturesAreReadFromJson) {
    const auto facts = parse_picture_facts(
        R"({"b.jpg": {"faces": 7, "persons": 3, "note": "x"},
            "a.jpg": {"plate": "浙GZ6825", "boxes_xyxy": {"A1": [1, 2, 4, 6]}}})",
        "m.json");
    ASSERT_TRUE(facts.has_value());
    ASSERT_EQ(facts->size(), 2U);
    EXPECT_EQ((*facts)[0].file, "a.jpg");
    EXPECT_EQ((*facts)[0].plate, "浙GZ6825");
    ASSERT_EQ((*facts)[0].boxes.size(), 1U);
    EXPECT_EQ((*facts)[0].boxes[0].second, (Box{1, 2, 3, 4}));
    EXPECT_EQ((*facts)[1].faces, 7);
    EXPECT_FALSE((*facts)[0].faces.has_value());
}

TEST(TruthTest, WrongJsonIsNamed) {
    const auto message = [](std::string_view text) { return parse_picture_facts(text, "m.json").error().message; };
    EXPECT_EQ(message("{"), "m.json: not JSON");
    EXPECT_EQ(message("[]"), "m.json: expected an object of picture name -> facts");
    EXPECT_EQ(message(R"({"a": {"faces": -1}})"), "m.json: a: faces: expected a count");
    EXPECT_EQ(message(R"({"a": {"boxes_xyxy": {"A": [1, 2]}}})"),
              "m.json: a: boxes_xyxy: A: expected a box [x1, y1, x2, y2]");
    EXPECT_EQ(message(R"({"a": {"plate": 5}})"), "m.json: a: plate: expected a text");
}

}  // namespace
}  // namespace facet::quality
