// Schedules: abrupt, gradual and cyclic change of light and scenes.
#include <gmock/gmock.h>

#include <cstdio>
#include <fstream>

#include "scenes.h"

namespace facet::source::synthetic {
namespace {

using testing::HasSubstr;

std::vector<double> hours_of(const std::string& address, double until, double step) {
    const Timeline timeline(specification_of(address));
    std::vector<double> hours;
    for (double t = 0; t < until; t += step) hours.push_back(timeline.at(t).dials.hour);
    return hours;
}

TEST(ScheduleTest, WithoutOneNothingChanges) {
    EXPECT_EQ(hours_of("street?light=dusk", 100, 50), (std::vector<double>{1, 1}));
}

TEST(ScheduleTest, AbruptLightJumps) {
    EXPECT_EQ(hours_of("street?schedule=abrupt&period=10s", 60, 9.999), (std::vector<double>{0, 0, 1, 2, 1, 0, 1}));
}

TEST(ScheduleTest, GradualLightGlidesAndStays) {
    const auto hours = hours_of("street?schedule=gradual&period=10s", 50, 5);
    EXPECT_THAT(hours, testing::Pointwise(testing::DoubleNear(1e-9), std::vector<double>{0, 0, 0, 0.5, 1, 1.5, 2, 2, 2, 2}));
}

TEST(ScheduleTest, CyclicLightComesBack) {
    const auto hours = hours_of("street?schedule=cyclic&period=10s", 120, 5);
    EXPECT_THAT(std::vector<double>(hours.begin() + 4, hours.begin() + 14),
                testing::Pointwise(testing::DoubleNear(1e-9), std::vector<double>{1, 1.5, 2, 1.5, 1, 0.5, 0, 0.5, 1, 1.5}));
    EXPECT_EQ(hours[8], hours[16]);
}

TEST(ScheduleTest, ScenesFollowEachOther) {
    Renderer renderer(specification_of("street?size=160x96&fps=10&schedule=abrupt&scenes=street,hall,belt&period=2s"));
    EXPECT_EQ(renderer.truth(19, TruthDetail::boxes).scene, "street");
    EXPECT_EQ(renderer.truth(20, TruthDetail::boxes).scene, "hall");
    EXPECT_EQ(renderer.truth(40, TruthDetail::boxes).scene, "belt");
    EXPECT_EQ(renderer.truth(60, TruthDetail::boxes).scene, "street");
    EXPECT_GT(pixels_that_differ(renderer.render(19), renderer.render(20), 20), 160 * 96 / 4);
}

TEST(ScheduleTest, AGradualChangeOfSceneIsACrossFade) {
    const std::string dials = "&size=160x96&fps=10&noise=0&sway=0&objects=0&parked=0";
    Renderer both(specification_of("street?schedule=gradual&scenes=street,hall&period=4s" + dials));
    Renderer street(specification_of("street?" + dials.substr(1))), hall(specification_of("hall?" + dials.substr(1)));
    const auto truth = both.truth(45, TruthDetail::boxes);
    EXPECT_NEAR(truth.fade, 0.5, 1e-9);
    const auto a = luma_of(street.render(45)), b = luma_of(hall.render(45)), mixed = luma_of(both.render(45));
    for (std::size_t i = 0; i < mixed.size(); i += 17) EXPECT_NEAR(mixed[i], (a[i] + b[i]) / 2.0, 2);
    EXPECT_EQ(both.truth(44, TruthDetail::boxes).scene, "street");
    EXPECT_EQ(both.truth(46, TruthDetail::boxes).scene, "hall");
}

TEST(ScheduleTest, ThingsGoOnBehindACutThatComesBack) {
    Renderer cut(specification_of("street?size=160x96&fps=10&schedule=abrupt&scenes=street,hall&period=2s")),
        whole(specification_of("street?size=160x96&fps=10"));
    const auto a = cut.truth(45, TruthDetail::boxes), b = whole.truth(45, TruthDetail::boxes);
    ASSERT_EQ(a.objects.size(), b.objects.size());
    for (std::size_t i = 0; i < a.objects.size(); ++i) EXPECT_EQ(a.objects[i].box, b.objects[i].box);
}

class ScheduleFileTest : public testing::Test {
protected:
    std::string write(const std::string& text) {
        std::ofstream(path_) << text;
        return "street?size=160x96&schedule_file=" + path_;
    }
    std::string complaint(const std::string& text) {
        const auto result = read_address(write(text));
        EXPECT_FALSE(result.has_value()) << text;
        return result ? "" : result.error().message;
    }
    ~ScheduleFileTest() override { std::remove(path_.c_str()); }
    std::string path_ = testing::TempDir() + "facet_schedule_test.yaml";
};

TEST_F(ScheduleFileTest, StepsChangeWhatTheyName) {
    const auto specification = specification_of(write(R"(
cycle: 30s
steps:
  - {at: 0s, objects: 3}
  - {at: 10s, light: night, transition: gradual, over: 4s}
  - {at: 20s, scene: hall, rain: 0.5}
)"));
    const Timeline timeline(specification);
    EXPECT_EQ(timeline.at(5).dials.objects, 3);
    EXPECT_EQ(timeline.at(5).dials.hour, 0);
    EXPECT_DOUBLE_EQ(timeline.at(12).dials.hour, 1);
    EXPECT_EQ(timeline.at(19).dials.hour, 2);
    EXPECT_EQ(timeline.at(25).dials.scene, "hall");
    EXPECT_EQ(timeline.at(25).dials.hour, 2);
    EXPECT_EQ(timeline.at(25).dials.objects, 3);
    EXPECT_EQ(timeline.at(31).dials.scene, "street");
}

TEST_F(ScheduleFileTest, MistakesAreNamedWithTheirLine) {
    EXPECT_THAT(complaint("steps: 3"), HasSubstr("must be a list"));
    EXPECT_THAT(complaint("steps:\n  - {at: 5s}"), HasSubstr("expected 0s for the first step"));
    EXPECT_THAT(complaint("steps:\n  - {at: 0s}\n  - {at: 4s}\n  - {at: 4s}"),
                HasSubstr(":4: schedule step: at is 4s, expected more than 4s"));
    EXPECT_THAT(complaint("steps:\n  - {at: 0s, nois: 0.1}"), HasSubstr("unknown key 'nois', did you mean 'noise'?"));
    EXPECT_THAT(complaint("steps:\n  - {at: 0s, seed: 3}"), HasSubstr("unknown key 'seed'"));
    EXPECT_THAT(complaint("steps:\n  - {at: 0s, scene: hal}"), HasSubstr("did you mean 'hall'?"));
    EXPECT_THAT(complaint("cycle: 5s\nsteps:\n  - {at: 0s}\n  - {at: 6s}"), HasSubstr("less than the cycle"));
    EXPECT_THAT(complaint("steps: [{at: 0s"), HasSubstr("facet_schedule_test.yaml:"));
    EXPECT_THAT(read_address("street?schedule_file=/nowhere/s.yaml").error().message, HasSubstr("/nowhere/s.yaml"));
}

}  // namespace
}  // namespace facet::source::synthetic
