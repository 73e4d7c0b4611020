#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>

#include "base/file.h"
#include "base/random.h"
#include "quality/clear.h"
#include "quality/hota.h"
#include "quality/identity.h"
#include "quality/truth.h"

namespace facet::quality {
namespace {

MotRow row(int frame, std::int64_t id, double left = 0) {
    MotRow result;
    result.frame = frame;
    result.id = id;
    result.left = left;
    result.width = result.height = 10;
    return result;
}

Sequence sequence_of(const std::vector<MotRow>& truth, const std::vector<MotRow>& found) {
    auto sequence = make_sequence(truth, found);
    EXPECT_TRUE(sequence.has_value());
    return std::move(*sequence);
}

std::vector<MotRow> rows_of(const std::string& path) {
    const auto text = read_file(path, std::size_t{1} << 26);
    if (!text) return {};
    auto rows = parse_mot(*text, path);
    EXPECT_TRUE(rows.has_value());
    return std::move(*rows);
}

constexpr const char* kMot = "../shared/data/groundtruth/mot/";

TEST(TrackingTest, ACopyOfTheTruthIsPerfect) {
    const std::vector<MotRow> truth{row(1, 7), row(1, 9, 100), row(2, 7, 1), row(2, 9, 101), row(3, 7, 2)};
    const Sequence sequence = sequence_of(truth, truth);
    const Hota h = hota(sequence);
    EXPECT_NEAR(h.hota, 1, 1e-12);
    EXPECT_NEAR(h.loca, 1, 1e-12);
    const Clear c = clear(sequence);
    EXPECT_DOUBLE_EQ(c.mota, 1);
    EXPECT_DOUBLE_EQ(c.motp, 1);
    EXPECT_EQ(c.mostly_tracked, 2U);
    EXPECT_DOUBLE_EQ(identity(sequence).idf1, 1);
}

TEST(TrackingTest, NothingFoundAndNothingThereAreNoDivisionByZero) {
    const Sequence missed = sequence_of({row(1, 1)}, {});
    EXPECT_EQ(clear(missed).mota, 0);
    EXPECT_EQ(clear(missed).mostly_lost, 1U);
    EXPECT_EQ(hota(missed).hota, 0);
    EXPECT_EQ(identity(missed).idf1, 0);
    const Sequence invented = sequence_of({}, {row(1, 1)});
    EXPECT_EQ(clear(invented).invented, 1U);
    EXPECT_EQ(clear(invented).mota, -1);
    EXPECT_EQ(hota(sequence_of({}, {})).hota, 0);
}

TEST(TrackingTest, AChangedIdentityIsOneSwitchAndNoFragment) {
    const Sequence sequence =
        sequence_of({row(1, 1), row(2, 1), row(3, 1), row(4, 1)}, {row(1, 5), row(2, 5), row(3, 6), row(4, 6)});
    const Clear c = clear(sequence);
    EXPECT_EQ(c.switches, 1U);
    EXPECT_EQ(c.fragments, 0U);
    EXPECT_DOUBLE_EQ(c.mota, 0.75);
    EXPECT_DOUBLE_EQ(identity(sequence).idf1, 0.5);
    // Every true positive shares 2 of its pair's 4 boxes.
    EXPECT_NEAR(hota(sequence).assa, 0.5, 1e-12);
    EXPECT_NEAR(hota(sequence).deta, 1, 1e-12);
}

TEST(TrackingTest, AGapIsOneFragmentAndNoSwitchWhereTheIdentityReturns) {
    const Sequence sequence = sequence_of({row(1, 1), row(2, 1), row(3, 1), row(1, 2, 100), row(2, 2, 100), row(3, 2, 100)},
                                          {row(1, 5), row(3, 5), row(1, 6, 100), row(2, 6, 100), row(3, 6, 100)});
    const Clear c = clear(sequence);
    EXPECT_EQ(c.fragments, 1U);
    EXPECT_EQ(c.switches, 0U);
    EXPECT_EQ(c.missed, 1U);
}

TEST(TrackingTest, AnOldPairIsKeptOverANearerNewcomer) {
    const Sequence sequence = sequence_of({row(1, 1), row(2, 1)}, {row(1, 5), row(2, 5, 2), row(2, 6)});
    EXPECT_EQ(clear(sequence).switches, 0U);
    EXPECT_EQ(clear(sequence).invented, 1U);
}

TEST(TrackingTest, TheTwoConventionsDifferInHowLongAnOldPairIsRemembered) {
    // Identity 5 leaves for a frame and returns at a distance; 6 is nearer then.
    const std::vector<MotRow> truth{row(1, 1), row(2, 1), row(3, 1)};
    const std::vector<MotRow> found{row(1, 5), row(2, 9, 500), row(3, 5, 2), row(3, 6)};
    EXPECT_EQ(clear(sequence_of(truth, found), 0.5, ClearConvention::motmetrics).switches, 0U);
    EXPECT_EQ(clear(sequence_of(truth, found), 0.5, ClearConvention::trackeval).switches, 1U);
}

TEST(TrackingTest, AnIdentityTwiceOnOneFrameIsRefusedByName) {
    const auto sequence = make_sequence({{row(3, 4), row(3, 4, 50)}}, {});
    ASSERT_FALSE(sequence.has_value());
    EXPECT_EQ(sequence.error().message, "truth: identity 4 stands twice on frame 3, expected once");
}

TEST(TrackingTest, FiguresDoNotDependOnTheNamesOfIdentitiesOrTheOrderOfRows) {
    EXPECT_TRUE(rc::check("relabelled and reversed", [](std::uint64_t seed) {
        Random random(seed);
        std::vector<MotRow> truth;
        std::vector<MotRow> found;
        for (int frame = 1; frame <= 12; ++frame)
            for (int id = 1; id <= 3; ++id) {
                const double left = 40.0 * id + 3.0 * frame;
                truth.push_back(row(frame, id, left));
                if (random.chance(0.8))
                    found.push_back(
                        row(frame, frame > 6 && random.chance(0.2) ? id + 10 : id, left + random.uniform(-4, 4)));
            }
        std::vector<MotRow> renamed(found.rbegin(), found.rend());
        for (MotRow& entry : renamed) entry.id += 1000;
        const Sequence a = sequence_of(truth, found);
        const Sequence b = sequence_of(truth, renamed);
        RC_ASSERT(std::abs(hota(a).hota - hota(b).hota) < 1e-9);
        RC_ASSERT(clear(a).switches == clear(b).switches);
        RC_ASSERT(std::abs(clear(a).motp - clear(b).motp) < 1e-9);
        RC_ASSERT(identity(a).matched == identity(b).matched);
    }));
}

TEST(TrackingTest, TudCampusGivesThePublishedFigures) {
    if (!std::filesystem::exists(kMot)) GTEST_SKIP() << kMot << " is missing: published figures are not compared";
    const std::vector<MotRow> truth = rows_of(std::string(kMot) + "TUD-Campus/gt.txt");
    const std::vector<MotRow> found = rows_of(std::string(kMot) + "TUD-Campus/res.txt");
    const Sequence sequence = sequence_of(counted_truth(truth, 1), found);
    const Clear c = clear(sequence, 0.5, ClearConvention::motmetrics);
    EXPECT_NEAR(c.mota, 0.5265, 1e-4);
    EXPECT_NEAR(1 - c.motp, 0.2772, 1e-4);
    EXPECT_EQ(c.invented, 13U);
    EXPECT_EQ(c.missed, 150U);
    EXPECT_EQ(c.switches, 7U);
    EXPECT_EQ(c.identities, 8U);
    EXPECT_EQ(c.mostly_tracked, 1U);
    EXPECT_EQ(c.mostly_lost, 1U);
    EXPECT_NEAR(identity(sequence).idf1, 0.5577, 1e-4);
    EXPECT_NEAR(clear(sequence).mota, 0.5265, 1e-4);
}

TEST(TrackingTest, Mot16GivesThePublishedFigures) {
    if (!std::filesystem::exists(kMot)) GTEST_SKIP() << kMot << " is missing: published figures are not compared";
    const std::vector<MotRow> truth = counted_truth(rows_of(std::string(kMot) + "MOT16-11/gt.txt"), 1);
    EXPECT_EQ(truth.size(), 9174U);
    const Sequence sequence = sequence_of(truth, rows_of(std::string(kMot) + "MOT16-11/res.txt"));
    const Clear c = clear(sequence, 0.5, ClearConvention::motmetrics);
    EXPECT_NEAR(c.mota, 0.5376, 1e-4);
    EXPECT_EQ(c.invented, 369U);
    EXPECT_EQ(c.missed, 3838U);
    EXPECT_EQ(c.switches, 35U);
    EXPECT_EQ(c.identities, 69U);
    EXPECT_NEAR(identity(sequence).idf1, 0.5460, 1e-4);
    EXPECT_NEAR(clear(sequence).mota, 0.5376, 1e-3);
}

}  // namespace
}  // namespace facet::quality
