// What one tracker does and others do not.

#include <cmath>

#include "tracks.h"

namespace facet::scene {
namespace {

using test::around;
using test::make;

/// An embedding of unit length that points mostly along one axis.
std::vector<float> look(std::size_t axis, float tilt = 0.2F) {
    std::vector<float> values(8, 0);
    values[axis] = std::sqrt(1 - tilt * tilt);
    values[(axis + 1) % 8] = tilt;
    return values;
}

Detection with_look(Detection detection, std::vector<float> embedding) {
    detection.embedding = std::move(embedding);
    return detection;
}

TEST(ByteTrackTest, AnUnsureBoxContinuesATrackAndStartsNone) {
    const auto tracker = make(kByteTrack);
    for (int frame = 0; frame < 20; ++frame) {
        const float score = frame < 5 ? 0.9F : 0.2F;
        const auto tracks =
            tracker->update({{around(100 + 3 * frame, 100, score), around(500, 100, 0.3F)}}, from_seconds(frame / 30.0));
        ASSERT_EQ(tracks.size(), 1U);
        EXPECT_EQ(tracks[0].detection, 0);
        EXPECT_EQ(tracks[0].state, TrackState::confirmed);
    }
}

TEST(OcSortTest, AnUnsureBoxIsNotLookedAt) {
    const auto tracker = make(kOcSort);
    for (int frame = 0; frame < 20; ++frame)
        (void)tracker->update({{around(100 + 3 * frame, 100, frame < 5 ? 0.9F : 0.2F)}}, from_seconds(frame / 30.0));
    EXPECT_EQ(tracker->update({}, from_seconds(20 / 30.0)).front().state, TrackState::lost);
}

TEST(OcSortTest, WhatStoppedWhileHiddenIsFoundWhereItWasLastSeen) {
    const auto tracker = make(kOcSort);
    for (int frame = 0; frame < 60; ++frame)
        (void)tracker->update({{around(100 + 5 * frame, 100)}}, from_seconds(frame / 30.0));
    for (int frame = 60; frame < 80; ++frame) (void)tracker->update({}, from_seconds(frame / 30.0));
    const auto tracks = tracker->update({{around(100 + 5 * 61, 100)}}, from_seconds(80 / 30.0));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_LT(std::abs(tracks[0].velocity.x), 60) << "updated again: it was slow while hidden, not 150 pixels a second";
}

TEST(AppearanceTest, PeopleWhoMeetAndTurnBackKeepTheirIds) {
    // Both walk towards the middle, hide behind a pillar, and come out on the side where they went in. By motion alone each
    // looks like the other one.
    const auto position = [](double t) { return t < 2 ? 60 * t : (t < 3 ? 120.0 : 120 - 60 * (t - 3)); };
    for (const auto* info : {&kByteTrack, &kAppearance}) {
        const auto tracker = make(*info);
        std::int64_t left = 0;
        for (int frame = 0; frame < 50; ++frame) {
            const double t = frame / 10.0;
            Detections detections;
            if (t < 2 || t >= 3)
                detections.items = {with_look(around(200 + position(t), 200, 0.9F), look(0)),
                                    with_look(around(440 - position(t), 200, 0.8F), look(4))};
            for (const auto& track : tracker->update(detections, from_seconds(t)))
                if (track.detection == 0) left = track.id;
        }
        if (info == &kAppearance) {
            EXPECT_EQ(left, 1);
        } else {
            EXPECT_NE(left, 1) << "the scene was to be too hard for motion alone";
        }
    }
}

TEST(AppearanceTest, SomebodyElseInTheSamePlaceIsSomebodyElse) {
    const auto tracker = make(kAppearance);
    for (int frame = 0; frame < 10; ++frame)
        (void)tracker->update({{with_look(around(100 + 12 * frame, 100), look(0))}}, from_seconds(frame / 5.0));
    for (int frame = 10; frame < 17; ++frame) (void)tracker->update({}, from_seconds(frame / 5.0));
    const auto tracks = tracker->update({{with_look(around(100 + 12 * 17, 100), look(3))}}, from_seconds(17 / 5.0));
    ASSERT_EQ(tracks.size(), 2U);
    EXPECT_EQ(tracks[0].state, TrackState::lost);
    EXPECT_EQ(tracks[1].detection, 0);
}

TEST(AppearanceTest, SomebodyKnownIsFoundAfterSeconds) {
    const auto tracker = make(kAppearance);
    for (int frame = 0; frame < 10; ++frame)
        (void)tracker->update({{with_look(around(100 + 12 * frame, 100), look(0))}}, from_seconds(frame / 5.0));
    for (int frame = 10; frame < 27; ++frame) (void)tracker->update({}, from_seconds(frame / 5.0));
    const auto tracks = tracker->update({{with_look(around(330, 110), look(0, 0.4F))}}, from_seconds(27 / 5.0));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

TEST(AppearanceTest, WithoutEmbeddingsItIsByteTrack) {
    const auto plain = make(kByteTrack);
    const auto tracker = make(kAppearance);
    for (int frame = 0; frame < 200; ++frame) {
        Detections detections;
        for (int i = 0; i < 6; ++i)
            if ((frame + 3 * i) % 11 != 0)
                detections.items.push_back(
                    around(50 + 90 * i + 4 * frame % 70, 100 + 2 * frame % 90, 0.3F + 0.1F * static_cast<float>(i)));
        const auto a = plain->update(detections, from_seconds(frame / 10.0));
        const auto b = tracker->update(detections, from_seconds(frame / 10.0));
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            ASSERT_EQ(a[i].id, b[i].id);
            ASSERT_EQ(a[i].box, b[i].box);
        }
    }
}

}  // namespace
}  // namespace facet::scene
