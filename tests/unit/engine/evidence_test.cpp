#include "engine/evidence.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "base/text.h"
#include "engine/evidence_picture.h"
#include "packet_clips.h"
#include "support/process.h"

namespace facet::engine {
namespace {

using facet::test::eventually;
using facet::test::TemporaryFolder;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr Size kSub{64, 48};

class EvidenceTest : public testing::Test {
protected:
    EvidenceTest() { metrics_.declare(evidence_metrics()); }

    /// A store with one camera.
    void open(EvidenceOptions options, PacketRing* ring = nullptr, bool is_main = false) {
        if (options.archive.folder.empty()) options.archive.folder = folder_.path();
        store_ = std::make_unique<EvidenceStore>(options, metrics_, log_);
        const auto not_owned = [](const PacketRing*) {};
        camera_ = store_->add_camera("north", std::shared_ptr<const PacketRing>(ring, not_owned), is_main);
    }
    void start() {
        store_->start([] {});
    }
    /// A gray frame with luma `luma` that was taken and arrived at `arrived`.
    static FramePtr frame_at(TimePoint arrived, int luma = 100) {
        PictureBuffer buffer(PixelFormat::i420, kSub);
        for (int plane = 0; plane < 3; ++plane) {
            const Size size = plane_size(PixelFormat::i420, kSub, plane);
            for (int y = 0; y < size.height; ++y)
                std::fill_n(buffer.plane(plane) + y * buffer.stride(plane), size.width,
                            static_cast<std::uint8_t>(plane == 0 ? luma : 128));
        }
        auto frame = std::make_shared<Frame>();
        frame->picture = std::move(buffer).release();
        frame->arrived = arrived;
        frame->captured = wall_now() - (monotonic_now() - arrived);
        return frame;
    }
    Event event(std::optional<Box> box = {}) {
        Event event;
        event.camera = "north";
        event.track = ++events_;
        event.id = event_id(event);
        event.time = wall_now() + std::chrono::hours(24 * 365);  // not before its frame
        event.box = box;
        event.evidence.frame = 7;
        return event;
    }
    static std::string day_of(const Event& event) { return rfc3339(event.time).substr(0, 10); }
    Evidence settled(const EvidenceClaimPtr& claim) {
        EXPECT_TRUE(eventually([&] { return claim->is_settled(); }, milliseconds(5000)));
        return claim->is_settled() ? claim->evidence() : Evidence{};
    }
    double fates(const std::string& fate) { return metrics_.counter(evidence_metrics()[0], {"north", fate}).value(); }
    bool closes() { return store_->close(seconds(5)); }

    TemporaryFolder folder_;
    Metrics metrics_;
    Log log_{LogLevel::off};
    std::unique_ptr<EvidenceStore> store_;
    EvidenceStore::CameraPtr camera_;
    std::int64_t events_ = 0;
};

TEST_F(EvidenceTest, AnEventHasTheFrameAndItsBoxGrownByAFifth) {
    open({});
    start();
    const Event first = event(Box{20, 20, 20, 10});
    const Evidence evidence = settled(store_->offer(camera_, first, frame_at(monotonic_now())));
    EXPECT_EQ(evidence.frame, 7);
    EXPECT_EQ(evidence.picture, "north/" + day_of(first) + "/" + first.id + ".jpg");
    EXPECT_EQ(evidence.crop, "north/" + day_of(first) + "/" + first.id + ".crop.jpg");
    EXPECT_EQ(evidence.clip, "");
    EXPECT_EQ(evidence.source, "") << "the camera has only one";
    const auto picture = test::frames_of(folder_ / evidence.picture);
    ASSERT_EQ(picture.size(), 1U);
    EXPECT_EQ(picture[0].width, 64);
    EXPECT_EQ(picture[0].height, 48);
    const auto crop = test::frames_of(folder_ / evidence.crop);
    ASSERT_EQ(crop.size(), 1U);
    EXPECT_EQ(crop[0].width, 24);
    EXPECT_NEAR(crop[0].height, 12, 2) << "19..31, widened to whole pairs of rows";
    EXPECT_EQ(fates("written"), 1);
    ASSERT_TRUE(closes());
}

TEST_F(EvidenceTest, ACropIsCutAtThePicturesEdgeAndAnEventWithoutABoxHasNone) {
    open({});
    start();
    const auto crop = test::frames_of(
        folder_ / settled(store_->offer(camera_, event(Box{54, 38, 20, 20}), frame_at(monotonic_now()))).crop);
    ASSERT_EQ(crop.size(), 1U);
    EXPECT_EQ(crop[0].width, 12);
    EXPECT_EQ(crop[0].height, 12);
    EXPECT_EQ(settled(store_->offer(camera_, event(), frame_at(monotonic_now()))).crop, "");
    EXPECT_EQ(settled(store_->offer(camera_, event(Box{100, 100, 5, 5}), frame_at(monotonic_now()))).crop, "");
    ASSERT_TRUE(closes());
    EXPECT_EQ(fates("written"), 3);
}

TEST_F(EvidenceTest, AClipBeginsWithTheKeyBeforeItsBeginningAndShowsEveryFrameUntilItsEnd) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 200, 25);
    const TimePoint begin = monotonic_now() - seconds(20);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    open({.archive = {}, .clip_before = seconds(1), .clip_after = seconds(2)}, &ring);
    start();
    const TimePoint at = begin + 100 * test::kFrameTime;
    const Evidence evidence = settled(store_->offer(camera_, event(), frame_at(at)));
    EXPECT_THAT(evidence.clip, HasSubstr(".mp4"));
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / evidence.clip); }, milliseconds(5000)))
        << "its end has come long ago";
    const auto shown = test::frames_of(folder_ / evidence.clip);
    ASSERT_FALSE(shown.empty());
    EXPECT_NEAR(shown.front().seconds, 0, 0.001);
    const auto key = static_cast<int>(test::key_at(sent, at - seconds(1)));
    EXPECT_GE(key, 70) << "keys are about a second apart";
    EXPECT_EQ(shown.size(), static_cast<std::size_t>(151 - key)) << "packets up to 150";
    for (std::size_t i = 0; i + 4 < shown.size(); ++i)  // of the last some may refer to what is cut off
        EXPECT_NEAR(shown[i].luma, test::kLumaFirst + key + static_cast<int>(i), 1) << i;
    ASSERT_TRUE(closes());
    EXPECT_EQ(fates("clip"), 1);
}

TEST_F(EvidenceTest, AClipWhosePacketsHadNoRoomIsCountedAsCut) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 200, 25);
    const TimePoint begin = monotonic_now() - seconds(20);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 60 * (PacketRing::kPacketOverhead + 100));
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    open({.archive = {}, .clip_before = seconds(5), .clip_after = seconds(1)}, &ring);
    start();
    const Evidence evidence = settled(store_->offer(camera_, event(), frame_at(begin + 190 * test::kFrameTime)));
    ASSERT_TRUE(closes());
    EXPECT_LT(test::frames_of(folder_ / evidence.clip).size(), 75U);
    EXPECT_EQ(fates("clip_cut"), 1);
    EXPECT_EQ(fates("clip"), 0);
}

TEST_F(EvidenceTest, AnOpenClipIsCutWhereItIsWhenTheRunEnds) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 50, 25);
    const TimePoint begin = monotonic_now() - 50 * test::kFrameTime;
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    open({.archive = {}, .clip_before = seconds(1), .clip_after = seconds(60)}, &ring);
    start();
    const Evidence evidence = settled(store_->offer(camera_, event(), frame_at(begin + 49 * test::kFrameTime)));
    EXPECT_FALSE(std::filesystem::exists(folder_ / evidence.clip));
    EXPECT_TRUE(std::filesystem::exists(folder_ / evidence.clip + ".partial")) << "room is set aside";
    ASSERT_TRUE(closes());
    EXPECT_EQ(test::frames_of(folder_ / evidence.clip).size(), 50U);
    EXPECT_FALSE(std::filesystem::exists(folder_ / evidence.clip + ".partial"));
}

TEST_F(EvidenceTest, ABetterStreamGivesThePictureOfTheSameMoment) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 100, 50, 320, 240);
    const TimePoint begin = monotonic_now() - seconds(10);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    // As PacketRing's users see it: the frame whose presentation is 70 frames after the first one's, as soon as may be.
    Nanoseconds least = Nanoseconds::max();
    for (const auto& packet : sent.packets)
        least = std::min(least, packet->arrived.time_since_epoch() - packet->data.time().value());
    const TimePoint at(least + sent.packets.front()->data.time().value() + 70 * test::kFrameTime);

    const auto picture =
        picture_near(ring.cut(at, at, at + seconds(1)), at + milliseconds(10), monotonic_now() + seconds(5));
    ASSERT_TRUE(picture) << picture.error().message;
    EXPECT_NEAR(picture->data[0][picture->stride[0] * 239 + 319], test::kLumaFirst + 70, 1);

    open({}, &ring, true);
    start();
    const Evidence evidence = settled(store_->offer(camera_, event(Box{0, 0, 8, 6}), frame_at(at, 200)));
    EXPECT_EQ(evidence.source, "main");
    const auto shown = test::frames_of(folder_ / evidence.picture);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_EQ(shown[0].width, 320);
    const auto crop = test::frames_of(folder_ / evidence.crop);
    ASSERT_EQ(crop.size(), 1U);
    EXPECT_NEAR(crop[0].width, 44, 1) << "8 of 64 are 40 of 320, and a tenth more to the right";
    EXPECT_GT(crop[0].corner, 200) << "the white square is there";
    EXPECT_LT(crop[0].luma, 150) << "and a little around it";
    ASSERT_TRUE(closes());
}

TEST_F(EvidenceTest, AnEventThatIsDecidedLaterShowsItsOwnTime) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 100, 50, 64, 48);
    const TimePoint begin = monotonic_now() - seconds(10);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    open({}, &ring);
    start();
    const FramePtr decided = frame_at(begin + seconds(3), 230);
    Event event_before = event();
    event_before.time = decided->captured - seconds(1);
    const auto shown = test::frames_of(folder_ / settled(store_->offer(camera_, event_before, decided)).picture);
    ASSERT_EQ(shown.size(), 1U);
    EXPECT_NEAR(shown[0].luma, 255 / 219.0 * (test::kLumaFirst + 50 - 16), 5) << "frame 50 or one beside it, in full range";
    Event event_now = event();
    event_now.time = decided->captured;
    EXPECT_GT(test::frames_of(folder_ / settled(store_->offer(camera_, event_now, decided)).picture).at(0).luma, 220);
    ASSERT_TRUE(closes());
}

TEST_F(EvidenceTest, WhereTheBetterStreamIsDownTheDetectingOneIsShownAndNamed) {
    PacketRing ring(seconds(60), 1 << 20);
    open({}, &ring, true);
    start();
    const Evidence evidence = settled(store_->offer(camera_, event(), frame_at(monotonic_now())));
    EXPECT_EQ(evidence.source, "sub");
    EXPECT_EQ(test::frames_of(folder_ / evidence.picture).at(0).width, 64);
    ASSERT_TRUE(closes());
}

TEST_F(EvidenceTest, WhatNobodyWaitsForIsNotLeftBehind) {
    open({});
    const Event late = event(Box{1, 1, 20, 20});
    const auto claim = store_->offer(camera_, late, frame_at(monotonic_now()));
    EXPECT_TRUE(claim->give_up());
    EXPECT_FALSE(claim->give_up()) << "once";
    start();
    ASSERT_TRUE(closes());
    EXPECT_FALSE(claim->is_settled());
    EXPECT_FALSE(std::filesystem::exists(folder_ / "north/" + day_of(late) + "/" + late.id + ".jpg"));
    EXPECT_EQ(fates("late"), 1);
    EXPECT_EQ(fates("written"), 0);
}

TEST_F(EvidenceTest, TooManyAtOnceGoWithoutAndNobodyWaits) {
    open({});
    const auto began = monotonic_now();
    std::vector<EvidenceClaimPtr> claims;
    for (int i = 0; i < 40; ++i) claims.push_back(store_->offer(camera_, event(), frame_at(began)));  // nobody works yet
    EXPECT_EQ(fates("overflow"), 8);
    EXPECT_TRUE(claims.back()->is_settled());
    EXPECT_EQ(claims.back()->evidence().picture, "");
    EXPECT_EQ(claims.back()->evidence().frame, 7);
    start();
    ASSERT_TRUE(closes());
    EXPECT_EQ(fates("written"), 32);
    for (const auto& claim : claims) EXPECT_TRUE(claim->is_settled());
}

TEST_F(EvidenceTest, AFolderThatGoesAwayCostsEvidenceAndSettlesTheClaim) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 50, 25);
    const TimePoint begin = monotonic_now() - seconds(3);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    facet::test::write_text(folder_ / "file", "where a folder should be");
    open({.archive = {folder_ / "file", {}, 0}, .clip_before = seconds(1), .clip_after = seconds(1)}, &ring);
    start();
    const Evidence evidence = settled(store_->offer(camera_, event(), frame_at(begin + seconds(1))));
    EXPECT_EQ(evidence.picture, "");
    EXPECT_EQ(evidence.clip, "");
    ASSERT_TRUE(closes());
    EXPECT_EQ(fates("failed"), 1);
    EXPECT_EQ(fates("clip_failed"), 1);
}

TEST_F(EvidenceTest, BytesAreBoundedWithOpenClipsIncluded) {
    const std::string video = folder_ / "video.mp4";
    test::write_clip(video, 200, 25);
    const TimePoint begin = monotonic_now() - seconds(20);
    const test::Packets sent = test::read_packets(video, begin);
    PacketRing ring(seconds(60), 1 << 24);
    ring.begin(sent.stream);
    for (const auto& packet : sent.packets) ring.put(packet);
    constexpr std::int64_t kBytesMax = 1'000'000;
    open({.archive = {folder_ / "kept", {}, kBytesMax}, .clip_before = seconds(1), .clip_after = seconds(1)}, &ring);
    start();
    const auto bytes_there = [&] {
        std::uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "kept"))
            if (entry.is_regular_file()) bytes += entry.file_size();
        return bytes;
    };
    std::vector<Event> offered;
    for (int i = 0; i < 60; ++i) {
        offered.push_back(event(Box{0, 0, 60, 40}));
        settled(store_->offer(camera_, offered.back(), frame_at(begin + seconds(4), 60 + i)));
    }
    ASSERT_TRUE(closes());
    EXPECT_LE(bytes_there(), kBytesMax);
    EXPECT_FALSE(std::filesystem::is_empty(folder_ / "kept"));
}

}  // namespace
}  // namespace facet::engine
