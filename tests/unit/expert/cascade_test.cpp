#include "expert/cascade.h"

#include "support.h"

namespace facet::expert {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kLabels{"person", "car"};

Detection detection(Box box, int label, float score) {
    Detection made;
    made.box = box;
    made.label = label;
    made.score = score;
    return made;
}

ExpertConfig child(const std::string& name, const std::string& of) {
    ExpertConfig config;
    config.name = name;
    config.of = of;
    return config;
}

TEST(Cascade, TheBestDetectionsOfTheRightLabelsAreCropped) {
    const Detections parents{{detection({0, 0, 10, 10}, 1, 0.5F), detection({20, 20, 10, 10}, 0, 0.9F),
                              detection({40, 40, 10, 10}, 1, 0.8F), detection({60, 60, 10, 10}, 1, 0.7F)}};
    ExpertConfig config = child("plates", "vehicles");
    config.of_labels = {"car"};
    config.crops_max = 2;
    const auto crops = find_crops(parents, kLabels, config, Task::plate, {100, 100});
    ASSERT_EQ(crops.size(), 2U);
    EXPECT_EQ(crops[0].detection, 2U);
    EXPECT_EQ(crops[1].detection, 3U);
    config.of_labels.clear();
    EXPECT_EQ(find_crops(parents, kLabels, config, Task::plate, {100, 100})[0].detection, 1U);
}

TEST(Cascade, TheMarginStaysInsideThePicture) {
    ExpertConfig config = child("a", "b");
    config.margin = 0.5F;
    const Detections parents{{detection({0, 10, 20, 40}, 0, 1)}};
    const auto crops = find_crops(parents, kLabels, config, Task::embed, {100, 60});
    ASSERT_EQ(crops.size(), 1U);
    EXPECT_EQ(crops[0].region, (Box{0, 0, 30, 60}));
    EXPECT_FALSE(crops[0].corners.has_value());
}

TEST(Cascade, CropsThatShowNothingAreLeftOut) {
    const Detections parents{{detection({10, 10, 1, 50}, 0, 1), detection({200, 10, 50, 50}, 0, 1)}};
    EXPECT_TRUE(find_crops(parents, kLabels, child("a", "b"), Task::embed, {100, 100}).empty());
}

TEST(Cascade, CornersAreRectifiedForReadersOnly) {
    Detections parents{{detection({10, 10, 40, 20}, 0, 1)}};
    for (const Point corner : {Point{10, 12}, Point{50, 10}, Point{50, 28}, Point{10, 30}})
        parents.items[0].keypoints.push_back({corner, 1});
    auto crops = find_crops(parents, kLabels, child("text", "plates"), Task::read, {100, 100});
    ASSERT_TRUE(crops.at(0).corners.has_value());
    EXPECT_EQ((*crops[0].corners)[0], (Point{10, 12}));
    ExpertConfig wide = child("text", "plates");
    wide.margin = 0.25F;
    crops = find_crops(parents, kLabels, wide, Task::read, {100, 100});
    EXPECT_EQ((*crops.at(0).corners)[1], (Point{60, 5}));  // away from the middle (30, 20)
    EXPECT_FALSE(find_crops(parents, kLabels, wide, Task::embed, {100, 100}).at(0).corners.has_value());
    std::swap(parents.items[0].keypoints[0], parents.items[0].keypoints[1]);  // crosses itself: the box is better
    EXPECT_FALSE(find_crops(parents, kLabels, wide, Task::read, {100, 100}).at(0).corners.has_value());
}

TEST(Cascade, ResultsAttachToTheirDetection) {
    Detection vehicle = detection({0, 0, 10, 10}, 1, 1);
    const std::vector<std::string> colours{"blue", "green"};
    attach(vehicle, child("colour", "vehicles"), Task::classify, colours, Classification{{{1, 0.7F}, {0, 0.3F}}});
    attach(vehicle, child("text", "vehicles"), Task::read, {}, Text{"AB123", 0.9F});
    attach(vehicle, child("text", "vehicles"), Task::read, {}, Text{"", 0.9F});
    attach(vehicle, child("text", "vehicles"), Task::read, {}, Text{"unsure", 0.1F});
    attach(vehicle, child("look", "vehicles"), Task::embed, {}, Embedding{{0.6F, 0.8F}});
    attach(vehicle, child("odd", "vehicles"), Task::anomaly, {}, Score{0.25F});
    ASSERT_EQ(vehicle.attributes.size(), 3U);
    EXPECT_EQ(vehicle.attributes[0].name, "colour");
    EXPECT_EQ(vehicle.attributes[0].text, "green");
    EXPECT_EQ(vehicle.attributes[1].text, "AB123");
    EXPECT_FLOAT_EQ(vehicle.attributes[2].score, 0.25F);
    EXPECT_EQ(vehicle.embedding, (std::vector<float>{0.6F, 0.8F}));
}

TEST(Cascade, AttributesOfACropsDetectionReachTheParent) {
    Detection plate = detection({1, 1, 4, 2}, 0, 0.8F);
    attach(plate, child("plate-text", "plates"), Task::read, {}, Text{"AB123", 0.9F});
    for (int i = 0; i < 4; ++i) plate.keypoints.push_back({{1, 1}, 1});
    Detection vehicle = detection({0, 0, 10, 10}, 1, 1);
    const std::vector<std::string> labels{"plate"};
    attach(vehicle, child("plates", "vehicles"), Task::plate, labels, Detections{{plate}});
    ASSERT_EQ(vehicle.attributes.size(), 2U);
    EXPECT_EQ(vehicle.attributes[0].text, "plate");
    EXPECT_EQ(vehicle.attributes[1].text, "AB123");
    EXPECT_TRUE(vehicle.keypoints.empty());  // a plate's corners are not the vehicle's
    Detection person = detection({0, 0, 10, 10}, 0, 1);
    attach(person, child("pose", "persons"), Task::pose, {}, Detections{{plate}});
    EXPECT_EQ(person.keypoints.size(), 4U);
    attach(person, child("pose", "persons"), Task::pose, {}, Detections{});  // nothing found, nothing said
    EXPECT_EQ(person.attributes.size(), 2U);
}

TEST(Cascade, WrongDeclarationsAreNamed) {
    const auto error_of = [](std::vector<ExpertConfig> experts) {
        const auto status = check_cascades(experts);
        return status ? std::string("fine") : status.error().message;
    };
    EXPECT_EQ(error_of({child("vehicles", ""), child("plates", "vehicles"), child("text", "plates")}), "fine");
    EXPECT_THAT(error_of({child("vehicles", ""), child("plates", "vehicle")}), HasSubstr("did you mean 'vehicles'"));
    EXPECT_THAT(error_of({child("a", "b"), child("b", "a")}), HasSubstr("leads back to itself"));
    EXPECT_THAT(error_of({child("a", "a")}), HasSubstr("leads back to itself"));
    EXPECT_THAT(error_of({child("a", ""), child("a", "")}), HasSubstr("stands twice"));
    FamilyInfo family;
    family.name = "classification";
    family.detects = false;
    EXPECT_THAT(check_cascade(child("text", "classes"), child("classes", ""), family, kLabels).error().message,
                HasSubstr("gives no boxes"));
    family.detects = true;
    ExpertConfig config = child("text", "classes");
    config.of_labels = {"cat"};
    EXPECT_THAT(check_cascade(config, child("classes", ""), family, kLabels).error().message,
                HasSubstr("unknown label 'cat'"));
}

}  // namespace
}  // namespace facet::expert
