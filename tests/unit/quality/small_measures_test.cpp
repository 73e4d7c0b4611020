#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "quality/bootstrap.h"
#include "quality/counting.h"
#include "quality/event_match.h"
#include "quality/recognition.h"
#include "quality/segmentation.h"

namespace facet::quality {
namespace {

using std::chrono::milliseconds;

TEST(SegmentationTest, OverlapIsPooledOverPicturesAndUncountedPixelsAreLeftOut) {
    SegmentationScore score;
    const std::array<std::uint8_t, 6> truth{0, 0, 1, 1, SegmentationScore::kIgnored, 2};
    const std::array<std::uint8_t, 6> found{0, 1, 1, 1, 7, SegmentationScore::kOther};
    score.add(truth, found);
    const std::array<std::uint8_t, 2> more{0, 0};
    score.add(more, more);
    const auto iou = score.iou();
    ASSERT_EQ(iou.size(), 3U);  // 7 stands only where truth does not count
    EXPECT_DOUBLE_EQ(iou.at(0), 3.0 / 4);
    EXPECT_DOUBLE_EQ(iou.at(1), 2.0 / 3);
    EXPECT_DOUBLE_EQ(iou.at(2), 0);
    EXPECT_DOUBLE_EQ(score.mean_iou(), (0.75 + 2.0 / 3) / 3);
    EXPECT_DOUBLE_EQ(score.pixel_accuracy(), 5.0 / 7);
    EXPECT_EQ(SegmentationScore().mean_iou(), 0);
}

TEST(RecognitionTest, TheRightClassCountsAmongTheBestFiveOnly) {
    const Classification result{{{3, 0.5F}, {1, 0.2F}, {4, 0.1F}, {5, 0.05F}, {9, 0.04F}, {2, 0.03F}}};
    EXPECT_TRUE(among_best(result, 3, 1));
    EXPECT_FALSE(among_best(result, 1, 1));
    EXPECT_TRUE(among_best(result, 9, 5));
    EXPECT_FALSE(among_best(result, 2, 5));
    EXPECT_FALSE(among_best({}, 2, 5));
    const Classification tied{{{3, 0.4F}, {1, 0.4F}, {4, 0.1F}}};
    EXPECT_FALSE(among_best(tied, 3, 1)) << "a tie is no first place";
    EXPECT_TRUE(among_best(tied, 3, 2));
}

TEST(RecognitionTest, DistancesOfTextsCountCharactersAndNotBytes) {
    EXPECT_EQ(edit_distance("京PL3N67", "京PL3N67"), 0U);
    EXPECT_EQ(edit_distance("京PL3N67", "浙PL3N67"), 1U);
    EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
    EXPECT_EQ(edit_distance("", "浙A"), 2U);
    EXPECT_EQ(edit_distance("浙A", ""), 2U);
    EXPECT_EQ(character_count("浙A6MX97"), 7U);
}

TEST(RecognitionTest, DistanceIsSymmetricAndObeysTheTriangle) {
    EXPECT_TRUE(rc::check("metric", [](const std::string& a, const std::string& b, const std::string& c) {
        RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
        RC_ASSERT(edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c));
    }));
}

TEST(RecognitionTest, CosineKnowsDirectionOnly) {
    const std::array<float, 2> right{2, 0};
    const std::array<float, 2> up{0, 3};
    const std::array<float, 2> left{-1, 0};
    const std::array<float, 2> none{0, 0};
    EXPECT_DOUBLE_EQ(cosine(right, right), 1);
    EXPECT_DOUBLE_EQ(cosine(right, up), 0);
    EXPECT_DOUBLE_EQ(cosine(right, left), -1);
    EXPECT_DOUBLE_EQ(cosine(right, none), 0);
}

TEST(CountingTest, ErrorsAreMeansAndATruthOfZeroHasNoPercentage) {
    const CountError error = count_error(std::array{4.0, 0.0, 2.0}, std::array{3.0, 1.0, 2.0});
    EXPECT_EQ(error.exact, 1U);
    EXPECT_DOUBLE_EQ(error.mean_absolute, 2.0 / 3);
    EXPECT_DOUBLE_EQ(error.mean_percentage, 0.125);
    EXPECT_DOUBLE_EQ(error.bias, 0);
    EXPECT_EQ(count_error({}, {}).n, 0U);
}

TEST(EventMatchTest, TimeAndDirectionDecideAndEachEventCountsOnce) {
    const std::vector<TimedEvent> truth{{milliseconds(1000), "line forward"}, {milliseconds(5000), "line backward"}};
    const std::vector<TimedEvent> found{
        {milliseconds(1900), "line forward"}, {milliseconds(1100), "line forward"}, {milliseconds(5000), "line forward"}};
    const EventMatch match = match_events(truth, found);
    ASSERT_EQ(match.pairs.size(), 1U);
    EXPECT_EQ(match.pairs[0], std::pair(std::size_t{0}, std::size_t{1}));  // the nearer one
    EXPECT_EQ(match.missed, 1U);
    EXPECT_EQ(match.invented, 2U);
    EXPECT_DOUBLE_EQ(match.f1, 2 * (1.0 / 3) * 0.5 / (1.0 / 3 + 0.5));
}

TEST(EventMatchTest, TheMostPairsAreMadeEvenIfEachIsFartherAway) {
    // 1.0 s may take either; 1.8 s only the later truth.
    const std::vector<TimedEvent> truth{{milliseconds(100), "a"}, {milliseconds(1000), "a"}};
    const std::vector<TimedEvent> found{{milliseconds(1000), "a"}, {milliseconds(1800), "a"}};
    EXPECT_EQ(match_events(truth, found).pairs.size(), 2U);
}

TEST(EventMatchTest, ATruthMayStateItsOwnTolerance) {
    const std::vector<TimedEvent> found{{milliseconds(3000), "a"}};
    EXPECT_EQ(match_events({{{milliseconds(1000), "a"}}}, found).pairs.size(), 0U);
    EXPECT_EQ(match_events({{{milliseconds(1000), "a", std::chrono::seconds(2)}}}, found).pairs.size(), 1U);
    EXPECT_DOUBLE_EQ(match_events({}, {}).f1, 1);
}

TEST(BootstrapTest, TheIntervalOfAMeanIsTheOneOfItsStandardError) {
    Random random(1);
    std::vector<double> values(400);
    for (double& value : values) value = 3 + random.normal();
    const auto mean = [&](std::span<const std::size_t> selection) {
        double sum = 0;
        for (const std::size_t i : selection) sum += values[i];
        return sum / static_cast<double>(selection.size());
    };
    const Interval interval = bootstrap(blocks_of(values.size(), 1), 7, 2000, mean);
    EXPECT_NEAR((interval.high - interval.low) / 2, 1.96 / std::sqrt(400), 0.012);
    EXPECT_LT(interval.low, 3);
    EXPECT_GT(interval.high, 3);
    const Interval again = bootstrap(blocks_of(values.size(), 1), 7, 2000, mean);
    EXPECT_EQ(interval.low, again.low);
    EXPECT_EQ(interval.high, again.high);
}

TEST(BootstrapTest, UnitsThatDependOnEachOtherWidenTheIntervalWhenTheyStayInTheirBlock) {
    Random random(2);
    std::vector<double> values;
    for (int block = 0; block < 40; ++block) values.insert(values.end(), 10, random.normal());  // ten equal units each
    const auto mean = [&](std::span<const std::size_t> selection) {
        double sum = 0;
        for (const std::size_t i : selection) sum += values[i];
        return sum / static_cast<double>(selection.size());
    };
    const Interval blind = bootstrap(blocks_of(values.size(), 1), 3, 1000, mean);
    const Interval aware = bootstrap(blocks_of(values.size(), 10), 3, 1000, mean);
    EXPECT_NEAR((aware.high - aware.low) / (blind.high - blind.low), std::sqrt(10), 0.8);
}

TEST(BootstrapTest, BlocksCoverAllUnitsOnce) {
    const auto blocks = blocks_of(7, 3);
    ASSERT_EQ(blocks.size(), 3U);
    EXPECT_EQ(blocks[2].begin, 6U);
    EXPECT_EQ(blocks[2].end, 7U);
    EXPECT_TRUE(blocks_of(0, 3).empty());
    const Interval none = bootstrap({}, 1, 10, [](std::span<const std::size_t>) { return 1.0; });
    EXPECT_EQ(none.high, 0);
}

}  // namespace
}  // namespace facet::quality
