#include "quality/average_precision.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <numeric>

#include "base/random.h"

namespace facet::quality {
namespace {

TruthObject truth_at(float x, int label = 0) {
    TruthObject object;
    object.box = {x, 0, 10, 10};
    object.label = label;
    return object;
}

Detection found_at(float x, float score, int label = 0) {
    Detection detection;
    detection.box = {x, 0, 10, 10};
    detection.label = label;
    detection.score = score;
    return detection;
}

AveragePrecision evaluate(const std::vector<ScoredPicture>& pictures) {
    std::vector<PictureMatches> matches;
    for (const ScoredPicture& picture : pictures) matches.push_back(match_boxes(picture));
    return average_precision(matches);
}

ScoredPicture random_picture(Random& random, int labels) {
    ScoredPicture picture;
    for (std::uint64_t i = random.below(6); i-- > 0;) {
        TruthObject object = truth_at(0, static_cast<int>(random.below(static_cast<std::uint64_t>(labels))));
        object.box = {static_cast<float>(random.between(0, 60)), static_cast<float>(random.between(0, 60)),
                      static_cast<float>(random.between(5, 40)), static_cast<float>(random.between(5, 40))};
        object.crowd = random.chance(0.1);
        picture.truth.push_back(object);
        for (std::uint64_t n = random.below(3); n-- > 0;) {
            Detection detection = found_at(0, static_cast<float>(random.below(1000)) / 1000, object.label);
            detection.box = object.box;
            detection.box.x += static_cast<float>(random.between(-6, 6));
            picture.found.push_back(detection);
        }
    }
    return picture;
}

TEST(AveragePrecisionTest, FindingEverythingExactlyIsOne) {
    const AveragePrecision result = evaluate({{{truth_at(0), truth_at(50, 3)}, {found_at(0, 0.9F), found_at(50, 0.2F, 3)}}});
    EXPECT_DOUBLE_EQ(result.ap50, 1);
    EXPECT_DOUBLE_EQ(result.ap50_95, 1);
    EXPECT_DOUBLE_EQ(result.recall, 1);
    EXPECT_EQ(result.classes.size(), 2U);
}

TEST(AveragePrecisionTest, NothingFoundIsZeroAndNoTruthIsNoClass) {
    EXPECT_EQ(evaluate({{{truth_at(0)}, {}}}).ap50, 0);
    EXPECT_EQ(evaluate({{{truth_at(0)}, {}}}).classes.size(), 1U);
    EXPECT_TRUE(evaluate({{{}, {found_at(0, 0.9F)}}}).classes.empty());
    EXPECT_EQ(evaluate({}).ap50, 0);
}

TEST(AveragePrecisionTest, AWrongBoxOfHigherScoreHalvesThePrecisionAtEveryRecall) {
    const AveragePrecision result = evaluate({{{truth_at(0)}, {found_at(0, 0.5F), found_at(50, 0.9F)}}});
    EXPECT_NEAR(result.ap50, 0.5, 1e-12);
}

TEST(AveragePrecisionTest, OneOfTwoFoundFillsTheRecallsUpToOneHalf) {
    const AveragePrecision result = evaluate({{{truth_at(0), truth_at(50)}, {found_at(0, 0.5F)}}});
    EXPECT_NEAR(result.ap50, 51.0 / 101, 1e-12);  // recalls 0, 0.01 ... 0.5
    EXPECT_NEAR(result.recall, 0.5, 1e-12);
}

TEST(AveragePrecisionTest, ASecondBoxOnTheSameObjectIsWrong) {
    const AveragePrecision result =
        evaluate({{{truth_at(0), truth_at(50)}, {found_at(0, 0.9F), found_at(0, 0.8F), found_at(50, 0.7F)}}});
    EXPECT_NEAR(result.ap50, (51 * 1.0 + 50 * 2.0 / 3) / 101, 1e-12);
}

TEST(AveragePrecisionTest, ABoxShiftedToAnOverlapOfTwoThirdsCountsAtFourOfTenThresholds) {
    const AveragePrecision result = evaluate({{{truth_at(0)}, {found_at(2, 0.9F)}}});  // IoU 8 / 12
    EXPECT_NEAR(result.ap50, 1, 1e-12);
    EXPECT_NEAR(result.ap75, 0, 1e-12);
    EXPECT_NEAR(result.ap50_95, 0.4, 1e-12);  // 0.5, 0.55, 0.6, 0.65
}

TEST(AveragePrecisionTest, BoxesInACrowdAndOnIgnoredObjectsDoNotCount) {
    TruthObject crowd = truth_at(100);
    crowd.box.width = 100;
    crowd.crowd = true;
    TruthObject ignored = truth_at(50);
    ignored.ignored = true;
    const AveragePrecision result =
        evaluate({{{crowd, ignored, truth_at(0)},
                   {found_at(110, 0.95F), found_at(120, 0.94F), found_at(50, 0.93F), found_at(0, 0.9F)}}});
    EXPECT_DOUBLE_EQ(result.ap50, 1);
    EXPECT_EQ(result.classes.at(0).truth_count, 1U);
}

TEST(AveragePrecisionTest, OnlyTheBestHundredOfAClassTakePart) {
    ScoredPicture picture{{truth_at(0)}, {}};
    for (int i = 0; i < 100; ++i) picture.found.push_back(found_at(50, 0.9F));
    picture.found.push_back(found_at(0, 0.1F));
    EXPECT_EQ(evaluate({picture}).ap50, 0);
    picture.found.pop_back();
    picture.found.back() = found_at(0, 0.1F);
    EXPECT_GT(evaluate({picture}).ap50, 0);
}

TEST(AveragePrecisionTest, ADoubledDataSetHasTheSamePrecisionAsASelectionOfEachPictureTwice) {
    EXPECT_TRUE(rc::check("resampling is the same as repeating pictures", [](std::uint64_t seed) {
        Random random(seed);
        std::vector<ScoredPicture> once;
        for (int i = 0; i < 4; ++i) once.push_back(random_picture(random, 3));
        std::vector<ScoredPicture> twice = once;
        twice.insert(twice.end(), once.begin(), once.end());
        std::vector<PictureMatches> matches;
        for (const ScoredPicture& picture : once) matches.push_back(match_boxes(picture));
        const std::vector<std::size_t> selection{0, 1, 2, 3, 0, 1, 2, 3};
        RC_ASSERT(std::abs(evaluate(twice).ap50_95 - average_precision(matches, selection).ap50_95) < 1e-12);
    }));
}

TEST(AveragePrecisionTest, FiguresLieBetweenZeroAndOneAndFallWithTheThreshold) {
    EXPECT_TRUE(rc::check("bounds", [](std::uint64_t seed) {
        Random random(seed);
        std::vector<ScoredPicture> pictures;
        for (int i = 0; i < 3; ++i) pictures.push_back(random_picture(random, 2));
        const AveragePrecision result = evaluate(pictures);
        RC_ASSERT(result.ap50_95 >= 0);
        RC_ASSERT(result.ap75 <= result.ap50 + 1e-12);
        RC_ASSERT(result.ap50_95 <= result.ap50 + 1e-12);
        RC_ASSERT(result.ap50 <= 1 + 1e-12);
    }));
}

TEST(KeypointSimilarityTest, ExactKeypointsAreOneAndADistanceOfOneSpreadIsTheGaussAtOne) {
    TruthObject truth = truth_at(0);
    truth.area = 100;
    truth.keypoints.assign(17, {{5, 5}, 2});
    std::vector<Keypoint> found(17, {{5, 5}, 1});
    EXPECT_DOUBLE_EQ(keypoint_similarity(truth, found, coco_keypoint_spreads()), 1);
    for (std::size_t i = 1; i < 17; ++i) truth.keypoints[i].visibility = 0;
    found[0].point.x += static_cast<float>(2 * 0.026 * 10);  // 2 * spread * sqrt(area)
    found[1].point.x += 1000;                                // not labelled, does not count
    EXPECT_NEAR(keypoint_similarity(truth, found, coco_keypoint_spreads()), std::exp(-0.5), 1e-5);
    found.pop_back();
    EXPECT_EQ(keypoint_similarity(truth, found, coco_keypoint_spreads()), 0);
}

TEST(KeypointSimilarityTest, APersonWithoutLabelledKeypointsDoesNotCountAsMissed) {
    TruthObject labelled = truth_at(0);
    labelled.keypoints.assign(17, {{5, 5}, 2});
    TruthObject unlabelled = truth_at(100);
    unlabelled.keypoints.assign(17, {{0, 0}, 0});
    Detection found = found_at(0, 0.9F);
    found.keypoints.assign(17, {{5, 5}, 1});
    const std::vector<PictureMatches> matches{match_keypoints({{labelled, unlabelled}, {found}}, coco_keypoint_spreads())};
    EXPECT_DOUBLE_EQ(average_precision(matches).ap50_95, 1);
    EXPECT_EQ(average_precision(matches).classes.at(0).truth_count, 1U);
}

}  // namespace
}  // namespace facet::quality
