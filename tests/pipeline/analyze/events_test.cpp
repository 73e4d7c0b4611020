// The configs of examples/ on the clips whose events were counted by eye: every one found, none invented.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "support/process.h"

namespace facet::test {
namespace {

using nlohmann::json;

const std::string kData = "../shared/data";

class EventsTest : public testing::Test {
protected:
    void SetUp() override {
        if (!std::filesystem::exists(kData)) GTEST_SKIP() << kData << " is not here: nothing to compare with";
        truth_ = json::parse(read_text(kData + "/groundtruth/video_events.json"));
        setenv("FACET_MODEL_MIRROR", (kData + "/models").c_str(), 1);
    }
    /// Runs a config of examples/ and keeps its events and detections.
    void analyze(const std::string& example) {
        const auto result = run_process({FACET_BINARY, "analyze", "-c", "examples/" + example + "/config.yaml", "--events",
                                         folder_ / "events.jsonl", "--detections", folder_ / "detections.jsonl"});
        ASSERT_EQ(result.exit_code, 0) << result.err;
        for (const auto& line : lines_of(read_text(folder_ / "events.jsonl"))) events_.push_back(json::parse(line));
        for (const auto& line : lines_of(read_text(folder_ / "detections.jsonl"))) detections_.push_back(json::parse(line));
    }
    std::vector<json> events_of(const std::string& camera, const std::string& rule) const {
        std::vector<json> found;
        for (const auto& event : events_)
            if (event["camera"] == camera && event["rule"] == rule) found.push_back(event);
        return found;
    }
    /// Every crossing of the truth has one event of its direction within the tolerance, and there are no others.
    void expect_crossings(const std::string& camera, const json& clip) {
        std::vector<json> events = events_of(camera, "gate");
        const std::size_t found = events.size();
        for (const auto& crossing : clip["crossings_s"]) {
            const std::string direction = crossing.value("dir", "down") == "down" ? "forward" : "backward";
            const auto match = std::find_if(events.begin(), events.end(), [&](const json& event) {
                return event["direction"] == direction &&
                       std::abs(event["t"].get<double>() - crossing["t"].get<double>()) <= clip["tolerance_s"].get<double>();
            });
            ASSERT_NE(match, events.end()) << camera << ": not found: " << crossing;
            events.erase(match);
        }
        EXPECT_EQ(found, clip["crossings_s"].size()) << camera;
    }
    TemporaryFolder folder_;
    json truth_;
    std::vector<json> events_;
    std::vector<json> detections_;
};

TEST_F(EventsTest, EveryCrossingIsFoundWithItsDirectionAndNoneIsInvented) {
    analyze("traffic");
    expect_crossings("motorway", truth_["motorway_cars_1280x720.mp4"]);
    expect_crossings("road", truth_["car_detection_768x432.mp4"]);
}

TEST_F(EventsTest, EveryVisitBeginsAndEndsWhenItDid) {
    analyze("people-counting");
    const json& clip = truth_["one_by_one_person_768x432.mp4"];
    const double tolerance_s = clip["tolerance_s"];
    const auto events = events_of("room", "visit");
    const json& visits = clip["visit_intervals_s"];
    ASSERT_EQ(events.size(), 2 * visits.size());
    for (std::size_t i = 0; i < visits.size(); ++i) {
        EXPECT_EQ(events[2 * i]["direction"], "enter");
        EXPECT_NEAR(events[2 * i]["t"].get<double>(), visits[i][0].get<double>(), tolerance_s);
        EXPECT_EQ(events[2 * i + 1]["direction"], "leave");
        EXPECT_NEAR(events[2 * i + 1]["t"].get<double>(), visits[i][1].get<double>(), tolerance_s);
    }

    // The same run: light changes without motion, and a person in a known range of frames.
    std::size_t frames_with_motion = 0;
    const json& yard = truth_["motion_2_178x100.mp4"];
    for (const auto& line : detections_) {
        const std::string source = line["source"];
        if (line["objects"].empty() || source.find("motion_") == std::string::npos) continue;
        EXPECT_EQ(source.find("motion_1_"), std::string::npos) << "motion where only the light changed: " << line;
        const double frame = std::round(line["timestamp"].get<double>() * 1e-9 * yard["fps"].get<double>());
        EXPECT_GE(frame, yard["motion_frame_ranges"][0][0].get<double>());
        EXPECT_LE(frame, yard["motion_frame_ranges"][0][1].get<double>() + yard["linger_frames_allowed"].get<double>());
        ++frames_with_motion;
    }
    EXPECT_GT(frames_with_motion, 20U);
}

TEST_F(EventsTest, BottlesAreCountedRightInEveryInterval) {
    analyze("line-inspection");
    for (const auto& interval : truth_["bottle_detection_640x360.mp4"]["stable_counts"]) {
        std::vector<std::size_t> counts;
        for (const auto& line : detections_) {
            const double t = line["timestamp"].get<double>() * 1e-9;
            if (t >= interval["from_s"] && t <= interval["to_s"]) counts.push_back(line["objects"].size());
        }
        ASSERT_FALSE(counts.empty());
        std::nth_element(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2), counts.end());
        EXPECT_EQ(counts[counts.size() / 2], interval["bottles"]) << interval;
    }
}

TEST_F(EventsTest, CascadesReadThePlatesOfVehicles) {
    analyze("plates");
    const json truth = json::parse(read_text(kData + "/groundtruth/misc_images.json"));
    ASSERT_EQ(detections_.size(), 2U);
    for (const auto& line : detections_) {
        const std::string name = std::filesystem::path(line["source"].get<std::string>()).filename();
        ASSERT_EQ(line["objects"].size(), 1U) << line;
        const json& object = line["objects"][0];
        EXPECT_EQ(object[object.contains("text") ? "text" : "close-text"]["label"], truth[name]["plate"]) << line;
    }
}

}  // namespace
}  // namespace facet::test
