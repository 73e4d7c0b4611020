// Truth as text: what `facet synth` writes can be read back.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "scenes.h"
#include "source/synthetic/truth_text.h"

namespace facet::source::synthetic {
namespace {

using nlohmann::json;

TEST(TextTest, JsonLinesHaveEveryObject) {
    Renderer renderer(specification_of("belt?size=320x180&light=dusk&objects=8&defects=1"));
    const auto truth = renderer.truth(40, TruthDetail::occlusion);
    const auto line = to_json_line(truth);
    EXPECT_EQ(line.back(), '\n');
    const json parsed = json::parse(line);
    EXPECT_EQ(parsed["frame"], 40);
    EXPECT_EQ(parsed["scene"], "belt");
    EXPECT_EQ(parsed["light"], "dusk");
    ASSERT_EQ(parsed["objects"].size(), truth.objects.size());
    for (std::size_t i = 0; i < truth.objects.size(); ++i) {
        EXPECT_EQ(parsed["objects"][i]["id"], truth.objects[i].id);
        EXPECT_NEAR(parsed["objects"][i]["box"][2].get<double>(), truth.objects[i].box.width, 0.01);
        EXPECT_NE(parsed["objects"][i]["defect"], "none");
    }
}

TEST(TextTest, MotRowsHaveNineColumnsInsideThePicture) {
    Renderer renderer(specification_of("street?size=320x180&objects=16"));
    const auto text = to_mot_lines(renderer.truth(7, TruthDetail::occlusion), {320, 180});
    for (const auto line : split(trim(text), '\n')) {
        const auto columns = split(line, ',');
        ASSERT_EQ(columns.size(), 9U);
        EXPECT_EQ(columns[0], "8");
        const double left = *parse_number(columns[2]), width = *parse_number(columns[4]),
                     visible = *parse_number(columns[8]);
        EXPECT_GE(left, 0);
        EXPECT_LE(left + width, 320.01);
        EXPECT_EQ(columns[6], visible >= 0.1 ? "1" : "0");
    }
}

TEST(TextTest, MasksAreCocoRunLengths) {
    Renderer renderer(specification_of("hall?size=320x180&objects=6"));
    const auto truth = renderer.truth(30, TruthDetail::masks);
    const json parsed = json::parse(to_mask_json(truth, {320, 180}));
    ASSERT_EQ(parsed["masks"].size(), truth.objects.size());
    for (const auto& mask : parsed["masks"]) {
        EXPECT_EQ(mask["segmentation"]["size"], json({180, 320}));
        std::int64_t sum = 0;
        for (const auto& run : mask["segmentation"]["counts"]) sum += run.get<std::int64_t>();
        EXPECT_EQ(sum, 320 * 180);
    }
}

TEST(TextTest, YoloRowsAreRelative) {
    Renderer renderer(specification_of("hall?size=320x180&objects=6"));
    const auto text = to_yolo_lines(renderer.truth(30, TruthDetail::occlusion), {320, 180}, {"car", "person"});
    ASSERT_FALSE(text.empty());
    for (const auto line : split(trim(text), '\n')) {
        const auto columns = split(line, ' ');
        ASSERT_EQ(columns.size(), 5U);
        for (std::size_t i = 1; i < 5; ++i)
            EXPECT_TRUE(*parse_number(columns[i]) >= 0 && *parse_number(columns[i]) <= 1) << line;
    }
}

TEST(TextTest, TheSummaryCountsWhatHappened) {
    Renderer renderer(specification_of("belt?size=320x180&objects=6&line=0.5,1,0.5,0;0.25,1,0.25,0"));
    auto events = renderer.events();
    Summary summary;
    for (int frame = 0; frame < 250; ++frame) {
        const auto truth = renderer.truth(frame, TruthDetail::boxes);
        events.observe(truth);
        summary.observe(truth);
    }
    const json parsed = json::parse(summary.to_json("clip \"a\".mp4", events, {320, 180}, 25))["clip \"a\".mp4"];
    EXPECT_EQ(parsed["frames"], 250);
    EXPECT_EQ(parsed["lines"].size(), 2U);
    // Goods move to the right; a line that points up has its right side there.
    EXPECT_GT(parsed["lines"][0]["forward"], 3);
    EXPECT_EQ(parsed["lines"][0]["backward"], 0);
    EXPECT_EQ(parsed["crossings_s"].size(), events.crossings().size());
    EXPECT_EQ(parsed["motion_frame_ranges"], json::parse("[[0, 249]]"));
    EXPECT_EQ(parsed["visits"], parsed["visit_intervals_s"].size());
    EXPECT_GE(parsed["visits"], parsed["max_simultaneous"]);
}

}  // namespace
}  // namespace facet::source::synthetic
