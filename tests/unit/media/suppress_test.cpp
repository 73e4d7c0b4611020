#include "media/suppress.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <limits>

namespace facet {
namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

rc::Gen<std::vector<Detection>> detections() {
    return rc::gen::container<std::vector<Detection>>(rc::gen::exec([] {
        Detection detection;
        const auto number = [](int low, int high) { return static_cast<float>(*rc::gen::inRange(low, high)); };
        detection.box = {number(0, 12), number(0, 12), number(0, 9), number(0, 9)};
        detection.score = number(0, 11) / 10;  // ties are common
        detection.label = *rc::gen::inRange(0, 3);
        return detection;
    }));
}

bool same(const Detection& a, const Detection& b) { return a.box == b.box && a.score == b.score && a.label == b.label; }

bool rivals(const Detection& a, const Detection& b, float iou_max, SuppressBy by) {
    return (by == SuppressBy::position || a.label == b.label) && iou(a.box, b.box) > iou_max;
}

TEST(SuppressTest, WhatStaysHasNoRivalAndWhatGoesHasABetterOne) {
    EXPECT_TRUE(rc::check("greedy suppression", [] {
        const auto all = *detections();
        const float iou_max = static_cast<float>(*rc::gen::inRange(0, 10)) / 10;
        const auto by = *rc::gen::element(SuppressBy::label, SuppressBy::position);
        auto kept = all;
        suppress(kept, iou_max, by, kAll);

        RC_ASSERT(std::is_sorted(kept.begin(), kept.end(), [](const auto& a, const auto& b) { return a.score > b.score; }));
        for (std::size_t i = 0; i < kept.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) RC_ASSERT(!rivals(kept[i], kept[j], iou_max, by));
        for (const auto& one : all) {
            const bool stays = std::any_of(kept.begin(), kept.end(), [&](const auto& k) { return same(k, one); });
            const bool beaten = std::any_of(kept.begin(), kept.end(), [&](const auto& k) {
                return k.score >= one.score && rivals(k, one, iou_max, by);
            });
            RC_ASSERT(stays || beaten);
        }
        auto again = kept;
        suppress(again, iou_max, by, kAll);
        RC_ASSERT(std::equal(again.begin(), again.end(), kept.begin(), kept.end(), same));
    }));
}

TEST(SuppressTest, ALimitKeepsTheBest) {
    EXPECT_TRUE(rc::check("a prefix of the unlimited answer", [] {
        const auto all = *detections();
        const auto count = *rc::gen::inRange<std::size_t>(0, 5);
        auto kept = all;
        auto limited = all;
        suppress(kept, 0.5F, SuppressBy::label, kAll);
        suppress(limited, 0.5F, SuppressBy::label, count);
        RC_ASSERT(limited.size() == std::min(count, kept.size()));
        RC_ASSERT(std::equal(limited.begin(), limited.end(), kept.begin(), same));
    }));
}

TEST(SuppressTest, OfEqualScoresTheEarlierStays) {
    std::vector<Detection> detections(2);
    detections[0].box = {0, 0, 10, 10};
    detections[1].box = {1, 0, 10, 10};
    suppress(detections, 0.5F, SuppressBy::label, kAll);
    ASSERT_EQ(detections.size(), 1U);
    EXPECT_EQ(detections[0].box.x, 0);
}

TEST(SuppressTest, LabelsSuppressEachOtherOnlyByPosition) {
    std::vector<Detection> detections(2);
    detections[0].box = detections[1].box = {0, 0, 10, 10};
    detections[1].label = 1;
    suppress(detections, 0.5F, SuppressBy::label, kAll);
    EXPECT_EQ(detections.size(), 2U);
    suppress(detections, 0.5F, SuppressBy::position, kAll);
    EXPECT_EQ(detections.size(), 1U);
}

}  // namespace
}  // namespace facet
