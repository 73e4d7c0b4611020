// What every tracker must do, whatever its method: run over all of them.

#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/random.h"
#include "tracks.h"

namespace facet::scene {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::around;
using test::make;
using test::TrackerTest;

INSTANTIATE_TEST_SUITE_P(All, TrackerTest, testing::ValuesIn(test::kTrackers), test::name_of);

/// A busy scene from a seed: objects come and go, are missed, jitter, change label; false ones appear.
std::vector<Detections> busy_scene(std::uint64_t seed, int frames) {
    Random random(seed);
    struct Thing {
        double x, y, dx, dy;
    };
    std::vector<Thing> things;
    std::vector<Detections> scene;
    for (int frame = 0; frame < frames; ++frame) {
        if (random.chance(0.1))
            things.push_back({random.uniform(0, 900), random.uniform(0, 600), random.uniform(-8, 8), random.uniform(-8, 8)});
        Detections detections;
        for (auto& thing : things) {
            thing.x += thing.dx;
            thing.y += thing.dy;
            if (random.chance(0.15)) continue;
            detections.items.push_back(around(thing.x + random.normal(), thing.y + random.normal(),
                                              static_cast<float>(random.uniform(0.15, 0.99)),
                                              static_cast<int>(random.between(0, 2))));
        }
        if (random.chance(0.3)) detections.items.push_back(around(random.uniform(0, 900), random.uniform(0, 600), 0.6F));
        std::erase_if(things,
                      [](const Thing& thing) { return thing.x < 0 || thing.x > 900 || thing.y < 0 || thing.y > 600; });
        scene.push_back(std::move(detections));
    }
    return scene;
}

TEST_P(TrackerTest, IdsAreUniqueOrderedNeverReusedAndNeverShareADetection) {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto tracker = make(*GetParam());
        std::map<std::int64_t, Nanoseconds> first_seen;
        std::set<std::int64_t> gone;
        std::set<std::int64_t> before;
        Nanoseconds t{};
        for (const auto& detections : busy_scene(seed, 400)) {
            t += milliseconds(40);
            std::set<std::int64_t> now;
            std::set<int> taken;
            std::int64_t previous = 0;
            for (const auto& track : tracker->update(detections, t)) {
                ASSERT_GT(track.id, previous);
                previous = track.id;
                now.insert(track.id);
                ASSERT_FALSE(gone.contains(track.id));
                ASSERT_EQ(first_seen.try_emplace(track.id, track.first_seen).first->second, track.first_seen);
                ASSERT_LE(track.last_seen, t);
                ASSERT_EQ(track.detection >= 0, track.last_seen == t);
                ASSERT_EQ(track.state == TrackState::lost, track.state != TrackState::tentative && track.detection < 0);
                if (track.detection < 0) continue;
                ASSERT_TRUE(taken.insert(track.detection).second);
                const auto& detection = detections.items.at(static_cast<std::size_t>(track.detection));
                ASSERT_EQ(track.box, detection.box);
                ASSERT_EQ(track.score, detection.score);
            }
            for (const auto id : before)
                if (!now.contains(id)) gone.insert(id);
            before = now;
        }
        EXPECT_GT(gone.size(), 10U) << "the scene was to be busy";
    }
}

TEST_P(TrackerTest, TheSameInputGivesTheSameTracks) {
    const auto other = make(*GetParam());
    Nanoseconds t{};
    for (const auto& detections : busy_scene(9, 300)) {
        t += milliseconds(50);
        const auto a = tracker_->update(detections, t);
        const auto b = other->update(detections, t);
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            ASSERT_EQ(a[i].id, b[i].id);
            ASSERT_EQ(a[i].box, b[i].box);
            ASSERT_EQ(a[i].state, b[i].state);
            ASSERT_EQ(a[i].label, b[i].label);
        }
    }
}

TEST_P(TrackerTest, TheOrderOfDetectionsDoesNotMatter) {
    const auto other = make(*GetParam());
    Random random(5);
    Nanoseconds t{};
    for (const auto& detections : busy_scene(11, 300)) {
        t += milliseconds(50);
        auto shuffled = detections;
        for (std::size_t i = shuffled.items.size(); i > 1; --i)
            std::swap(shuffled.items[i - 1], shuffled.items[random.below(i)]);
        const auto a = tracker_->update(detections, t);
        const auto b = other->update(shuffled, t);
        ASSERT_EQ(a.size(), b.size());
        for (std::size_t i = 0; i < a.size(); ++i) {
            ASSERT_EQ(a[i].id, b[i].id);
            ASSERT_EQ(a[i].box, b[i].box);
        }
    }
}

TEST_P(TrackerTest, AnObjectIsOneTrackFromItsFirstDetection) {
    for (int frame = 0; frame < 30; ++frame) {
        const auto tracks = see(frame / 30.0, {around(100 + 4 * frame, 200)});
        ASSERT_EQ(tracks.size(), 1U);
        EXPECT_EQ(tracks[0].id, 1);
        EXPECT_EQ(tracks[0].detection, 0);
        EXPECT_EQ(tracks[0].first_seen, Nanoseconds{});
    }
}

TEST_P(TrackerTest, ABelievedTrackWasSeenTwiceAndSoonerWithHighScores) {
    (void)see(0, {});
    EXPECT_EQ(see(0.1, {around(100, 100, 0.9F), around(300, 100, 0.45F)})[0].state, TrackState::tentative);
    auto tracks = see(0.2, {around(100, 100, 0.9F), around(300, 100, 0.45F)});
    EXPECT_EQ(tracks[0].state, TrackState::confirmed);
    EXPECT_EQ(tracks[1].state, TrackState::tentative);
    (void)see(0.3, {around(100, 100, 0.9F), around(300, 100, 0.45F)});
    tracks = see(0.4, {around(100, 100, 0.9F), around(300, 100, 0.45F)});
    EXPECT_EQ(tracks[1].state, TrackState::confirmed);
}

TEST_P(TrackerTest, WhatTheFirstFrameShowsClearlyIsBelievedAtOnce) {
    const auto tracks = see(0, {around(100, 100, 0.9F), around(300, 100, 0.5F)});
    EXPECT_EQ(tracks[0].state, TrackState::confirmed);
    EXPECT_EQ(tracks[1].state, TrackState::tentative);
}

TEST_P(TrackerTest, ABoxWhoseLabelFlipsStaysOneTrackWithTheLabelOfMostScore) {
    std::span<const Track> tracks;
    for (int frame = 0; frame < 40; ++frame) {
        const bool car = frame % 4 != 0;
        tracks = see(frame / 12.5, {around(100 + 5 * frame, 200, car ? 0.6F : 0.7F, car ? 2 : 67)});
        ASSERT_EQ(tracks.size(), 1U);
    }
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_EQ(tracks[0].label, 2);
}

TEST_P(TrackerTest, ATrackThatIsLostAndFoundAgainKeepsItsId) {
    for (const double rate : {30.0, 10.0, 5.0}) {
        const auto tracker = make(*GetParam());
        const auto step = [&](int frame, bool visible) {
            Detections detections;
            if (visible) detections.items.push_back(around(100 + 90 * frame / rate, 200));
            return tracker->update(detections, from_seconds(frame / rate));
        };
        const int lost_at = static_cast<int>(2 * rate);
        const int found_at = lost_at + static_cast<int>(0.8 * rate);
        for (int frame = 0; frame < lost_at; ++frame) (void)step(frame, true);
        for (int frame = lost_at; frame < found_at; ++frame) {
            const auto tracks = step(frame, false);
            ASSERT_EQ(tracks.size(), 1U);
            ASSERT_EQ(tracks[0].state, TrackState::lost);
            ASSERT_NEAR(tracks[0].box.centre().x, 100 + 90 * frame / rate, 20) << "predicted where it should be";
        }
        const auto tracks = step(found_at, true);
        ASSERT_EQ(tracks.size(), 1U) << rate;
        EXPECT_EQ(tracks[0].id, 1) << rate;
        EXPECT_EQ(tracks[0].state, TrackState::confirmed);
    }
}

TEST_P(TrackerTest, ATrackThatStaysAwayEnds) {
    for (int frame = 0; frame < 30; ++frame) (void)see(frame / 30.0, {around(100 + 4 * frame, 200)});
    std::size_t count = 1;
    for (int frame = 30; frame < 30 + 35; ++frame) count = see(frame / 30.0, {}).size();
    EXPECT_EQ(count, 0U);
}

TEST_P(TrackerTest, AnObjectThatStandsForMinutesIsKeptThroughMissesOfSeconds) {
    Random random(3);
    std::span<const Track> tracks;
    for (int frame = 0; frame < 5 * 600; ++frame) {
        const bool hidden = frame % 200 > 160;  // 8 seconds of 40
        const auto jitter = random.normal();
        tracks = hidden ? see(frame / 5.0, {}) : see(frame / 5.0, {around(400 + jitter, 300)});
        ASSERT_EQ(tracks.size(), 1U) << frame;
        ASSERT_EQ(tracks[0].id, 1);
        if (hidden) {
            ASSERT_GT(iou(tracks[0].box, around(400, 300).box), 0.7F) << "it does not drift away";
        }
    }
}

TEST_P(TrackerTest, TheSameMotionGivesTheSameIdsAtEveryRate) {
    // Four objects come one after the other, cross, and leave.
    const auto scene = [](double t) {
        std::vector<std::pair<int, Detection>> seen;
        for (int i = 0; i < 4; ++i) {
            const double age = t - 1.5 * i;
            if (age < 0 || age > 8) continue;
            const double x = i % 2 ? 900 - 100 * age : 100 + 100 * age;
            seen.emplace_back(i, around(x, 200 + 60 * i));
        }
        return seen;
    };
    for (const int rate : {30, 15, 10, 6, 5, 2}) {
        const auto tracker = make(*GetParam());
        std::map<int, std::set<std::int64_t>> ids;
        for (int frame = 0; frame < 14 * rate; ++frame) {
            const double t = static_cast<double>(frame) / rate;
            Detections detections;
            std::vector<int> objects;
            for (const auto& [object, detection] : scene(t)) {
                objects.push_back(object);
                detections.items.push_back(detection);
            }
            for (const auto& track : tracker->update(detections, from_seconds(t)))
                if (track.detection >= 0) ids[objects[static_cast<std::size_t>(track.detection)]].insert(track.id);
        }
        for (int i = 0; i < 4; ++i)
            EXPECT_EQ(ids[i], (std::set<std::int64_t>{i + 1})) << "object " << i << " at " << rate << " frames a second";
    }
}

TEST_P(TrackerTest, ObjectsThatCrossKeepTheirIds) {
    for (const int rate : {30, 10, 5}) {
        const auto tracker = make(*GetParam());
        for (int frame = 0; frame < 6 * rate; ++frame) {
            const double t = static_cast<double>(frame) / rate;
            const auto tracks =
                tracker->update({{around(100 + 120 * t, 300, 0.9F), around(800 - 120 * t, 312, 0.8F)}}, from_seconds(t));
            ASSERT_EQ(tracks.size(), 2U);
            ASSERT_EQ(tracks[0].detection, 0) << "at " << t << " s, " << rate << " frames a second";
            ASSERT_EQ(tracks[1].detection, 1);
        }
    }
}

TEST_P(TrackerTest, SmallFastObjectsAreFollowedBeyondTheirOwnLength) {
    // 300 pixels a second: 60 at 5 frames a second and 150 at 2, with boxes of 40; one object every 3 seconds.
    for (const int rate : {5, 2}) {
        const auto tracker = make(*GetParam());
        std::map<int, std::set<std::int64_t>> ids;
        for (int frame = 0; frame < 30 * rate; ++frame) {
            const double t = static_cast<double>(frame) / rate;
            Detections detections;
            std::vector<int> objects;
            for (int i = 0; i < 10; ++i) {
                const double x = 300 * (t - 3 * i);
                if (x < 0 || x > 1280) continue;
                objects.push_back(i);
                detections.items.push_back(around(x, 200));
            }
            for (const auto& track : tracker->update(detections, from_seconds(t)))
                if (track.detection >= 0) ids[objects[static_cast<std::size_t>(track.detection)]].insert(track.id);
        }
        std::set<std::int64_t> all;
        for (const auto& [object, of_object] : ids) {
            EXPECT_EQ(of_object.size(), 1U) << "object " << object << " at " << rate << " frames a second";
            all.insert(of_object.begin(), of_object.end());
        }
        EXPECT_EQ(all.size(), 10U) << rate;
    }
}

TEST_P(TrackerTest, WhereNobodyLooksNothingAges) {
    for (int frame = 0; frame < 10; ++frame) (void)see(frame / 10.0, {around(100, 100)});
    for (int frame = 10; frame < 300; ++frame) {
        const auto tracks = tracker_->propagate(from_seconds(frame / 10.0));
        ASSERT_EQ(tracks.size(), 1U);
        ASSERT_EQ(tracks[0].state, TrackState::confirmed);
        ASSERT_EQ(tracks[0].detection, -1);
        ASSERT_EQ(tracks[0].last_seen, milliseconds(900));
    }
    const auto tracks = see(30, {around(102, 100)});
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
}

TEST_P(TrackerTest, BetweenLooksTracksMoveOn) {
    for (int frame = 0; frame < 40; ++frame) {
        const double t = frame / 20.0;
        const auto tracks = frame % 4 == 0 ? see(t, {around(100 + 80 * t, 100)}) : tracker_->propagate(from_seconds(t));
        ASSERT_EQ(tracks.size(), 1U);
        if (t > 1) {
            EXPECT_NEAR(tracks[0].box.centre().x, 100 + 80 * t, 4);
            EXPECT_NEAR(tracks[0].velocity.x, 80, 12);
        }
    }
}

TEST_P(TrackerTest, TimeMayStandStill) {
    for (int i = 0; i < 20; ++i) ASSERT_EQ(see(1, {around(100, 100)}).size(), 1U);
    const auto tracks = see(0.5, {around(100, 100)});  // earlier: counts as the last time
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 1);
    EXPECT_EQ(tracks[0].last_seen, seconds(1));
    EXPECT_TRUE(std::isfinite(tracks[0].velocity.x));
}

TEST_P(TrackerTest, ADayWithoutAnythingIsNothing) {
    (void)see(0, {around(100, 100)});
    for (int hour = 1; hour <= 24; ++hour)
        for (int frame = 0; frame < 20; ++frame) (void)tracker_->update({}, seconds(3600 * hour + frame));
    EXPECT_TRUE(tracker_->update({}, seconds(100'000)).empty());
    const auto tracks = tracker_->update({{around(100, 100)}}, seconds(100'001));
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].id, 2);
}

TEST_P(TrackerTest, HostileDetectionsAreIgnored) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    Random random(8);
    const float values[] = {kNan, kInfinity, -kInfinity, 0, -5, 1e38F, 1e-38F, 40, 1e7F};
    for (int frame = 0; frame < 300; ++frame) {
        Detections detections{{around(100 + frame, 100)}};
        for (int i = 0; i < 8; ++i) {
            const auto any = [&] { return values[random.below(std::size(values))]; };
            Detection bad = test::at(any(), any(), any(), any(), any());
            bad.embedding.assign(random.below(3), kNan);
            detections.items.push_back(bad);
        }
        bool found = false;
        for (const auto& track : tracker_->update(detections, from_seconds(frame / 30.0))) {
            ASSERT_TRUE(std::isfinite(track.box.x) && std::isfinite(track.box.width) && std::isfinite(track.velocity.x));
            found = found || (track.id == 1 && track.detection == 0);
        }
        ASSERT_TRUE(found) << frame;
    }
}

TEST_P(TrackerTest, TenThousandDetectionsAreBoundedWork) {
    Random random(4);
    for (int frame = 0; frame < 4; ++frame) {
        Detections detections;
        for (int i = 0; i < 10'000; ++i)
            detections.items.push_back(
                around(random.uniform(0, 1900), random.uniform(0, 1000), static_cast<float>(random.uniform(0.2, 1))));
        EXPECT_LE(tracker_->update(detections, from_seconds(frame / 10.0)).size(), 512U);
    }
}

}  // namespace
}  // namespace facet::scene
