#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sink/dialect/dl_streamer.h"

namespace facet::sink::dialect {
namespace {

struct Sample {
    Detection car;
    Detection person;
    std::vector<ObjectRecord> objects;
    FrameRecord record;
    Sample() {
        car.box = {100.4F, 50.6F, 200, 100};
        car.label = 2;
        car.score = 0.9F;
        car.attributes.push_back({"plate-text", "皖A12345", 0.75F});
        person.box = {1200, 700, 100, 100};  // beyond the picture's edge
        person.label = 0;
        person.score = 0.5F;
        objects = {{&car, "car", 7}, {&person, "person", 0}};
        record.camera = "north";
        record.source = "clip.mp4";
        record.size = {1280, 720};
        record.t = Nanoseconds(33'366'667);
        record.detected = true;
        record.objects = objects;
    }
};

TEST(DlStreamerJson, IsThisLine) {
    const Sample sample;
    EXPECT_EQ(
        dl_streamer_json(sample.record),
        R"({"objects":[{"detection":{"bounding_box":{"x_max":0.2346874952316284,"x_min":0.07843750119209289,)"
        R"("y_max":0.2091666751437717,"y_min":0.07027777565850152},"confidence":0.9,"label":"car","label_id":2},)"
        R"("h":100,"id":7,"region_id":0,"roi_type":"car","w":200,"x":100,"y":51,)"
        R"("plate-text":{"confidence":0.75,"label":"皖A12345","model":{"name":"plate-text"}}},)"
        R"({"detection":{"bounding_box":{"x_max":1,"x_min":0.9375,"y_max":1,"y_min":0.9722222222222222},"confidence":0.5,)"
        R"("label":"person","label_id":0},"h":20,"region_id":1,"roi_type":"person","w":80,"x":1200,"y":700}],)"
        R"("resolution":{"height":720,"width":1280},"source":"clip.mp4","timestamp":33366667})");
}

TEST(DlStreamerJson, WritesAnEmptyListWhereNothingWasFound) {
    Sample sample;
    sample.record.objects = {};
    EXPECT_EQ(dl_streamer_json(sample.record),
              R"({"objects":[],"resolution":{"height":720,"width":1280},"source":"clip.mp4","timestamp":33366667})");
}

TEST(DlStreamerJson, NormalisedBoxesReadBackToThePixelsTheyWere) {
    const Sample sample;
    const auto json = nlohmann::json::parse(dl_streamer_json(sample.record));
    const auto& bounds = json["objects"][0]["detection"]["bounding_box"];
    EXPECT_EQ(static_cast<float>(bounds["x_min"].get<double>() * 1280), sample.car.box.x);
    EXPECT_EQ(static_cast<float>(bounds["y_max"].get<double>() * 720), sample.car.box.bottom());
}

TEST(DlStreamerJson, AnAttributeNeverHidesAMemberOfTheObject) {
    Sample sample;
    sample.car.attributes = {{"id", "blue", 1}};
    const auto json = nlohmann::json::parse(dl_streamer_json(sample.record));
    EXPECT_EQ(json["objects"][0]["id"], 7);
    EXPECT_EQ(json["objects"][0]["id_"]["label"], "blue");
}

TEST(DlStreamerJson, NeverShowsTheUserOfAnAddress) {
    Sample sample;
    sample.record.source = "rtsp://admin:hunter2@10.0.0.7/main";
    EXPECT_THAT(dl_streamer_json(sample.record), testing::AllOf(testing::HasSubstr(R"("source":"rtsp://10.0.0.7/main")"),
                                                                testing::Not(testing::HasSubstr("hunter2"))));
}

TEST(WithoutSecrets, RemovesUserAndPasswordAndKeepsTheRest) {
    EXPECT_EQ(without_secrets("rtsp://user:pw@host:554/a@b?c=d"), "rtsp://host:554/a@b?c=d");
    EXPECT_EQ(without_secrets("rtsp://user@host"), "rtsp://host");
    EXPECT_EQ(without_secrets("http://u:p@ss@host/x"), "http://host/x");
    EXPECT_EQ(without_secrets("rtsp://user:pa/ss@host/x"), "rtsp://host/x") << "unescaped slash in the password";
    EXPECT_EQ(without_secrets("rtsp://host:554/stream@1"), "rtsp://host:554/stream@1");
    EXPECT_EQ(without_secrets("http://[::1]/a@b"), "http://[::1]/a@b");
    EXPECT_EQ(without_secrets("folder/a@b.mp4"), "folder/a@b.mp4");
    EXPECT_EQ(without_secrets("synthetic:street?seed=1"), "synthetic:street?seed=1");
    EXPECT_EQ(without_secrets(""), "");
}

}  // namespace
}  // namespace facet::sink::dialect
