#include "source/live/live_input.h"

#include <gtest/gtest.h>

#include <thread>

namespace facet::source::live {
namespace {

TEST(LiveInput, WhatIsNotThereIsNamed) {
    Interrupt interrupt;
    const auto input = LiveInput::open("no/such/file.mp4", {}, interrupt);
    ASSERT_FALSE(input);
    EXPECT_EQ(input.error().code, ErrorCode::not_found);
    EXPECT_NE(input.error().message.find("no/such/file.mp4"), std::string::npos);
}

TEST(LiveInput, AnAddressWithoutACameraGivesAnErrorWithoutThePassword) {
    Interrupt interrupt;
    const auto input = LiveInput::open("rtsp://user:hidden@127.0.0.1:1/main", {}, interrupt);
    ASSERT_FALSE(input);
    EXPECT_EQ(input.error().message.find("hidden"), std::string::npos) << input.error().message;
    EXPECT_NE(input.error().message.find("127.0.0.1:1"), std::string::npos) << input.error().message;
}

TEST(LiveInput, AddressesAreCheckedWithoutOpeningAnything) {
    for (const char* good : {"rtsp://h/x", "rtsps://h/x", "https://h/x", "street.mp4", "file:///no/such.mp4", "camera.sdp",
                             "/dev/video7?size=1280x720&fps=29.97&format=mjpeg", "synthetic:hall?seed=3"})
        EXPECT_TRUE(LiveInput::check(good, {})) << good;
    for (const char* bad : {"ftp://u:hidden@h/x", "/dev/video7?size=1280", "/dev/video7?size=1280x720x3",
                            "/dev/video7?fps=0", "synthetic:nowhere", "synthetic:hall?fps=fast"}) {
        const Status status = LiveInput::check(bad, {});
        ASSERT_FALSE(status) << bad;
        EXPECT_NE(status.error().message.find("expected"), std::string::npos) << status.error().message;
        EXPECT_EQ(status.error().message.find("hidden"), std::string::npos) << status.error().message;
    }
    EXPECT_FALSE(LiveInput::check("street.mp4", {.poll = std::chrono::seconds(1)}));
    EXPECT_TRUE(LiveInput::check("http://h/x.jpg", {.poll = std::chrono::seconds(1)}));
}

TEST(LiveInput, ASceneIsPlayedAtItsRateAndRenderedByItsDecoder) {
    Interrupt interrupt;
    auto input = LiveInput::open("synthetic:street?size=160x96&fps=100&frames=4", {}, interrupt);
    ASSERT_TRUE(input) << input.error().message;
    LiveTimeline timeline;
    auto decoder = (*input)->make_decoder(timeline);
    ASSERT_TRUE(decoder);
    LivePacket packet;
    std::vector<FramePtr> frames;
    TimePoint last{};
    for (auto more = (*input)->read(packet); more && *more; more = (*input)->read(packet)) {
        EXPECT_EQ(packet.unit.kind, ffmpeg::UnitKind::key);
        EXPECT_TRUE(last == TimePoint{} || packet.arrived - last == std::chrono::milliseconds(10));
        last = packet.arrived;
        ASSERT_TRUE((*decoder)->decode(packet, frames));
    }
    ASSERT_EQ(frames.size(), 4U);
    EXPECT_EQ(frames[3]->picture.size, (Size{160, 96}));
    EXPECT_EQ(frames[3]->sequence, 3);
    EXPECT_EQ(frames[3]->t, std::chrono::milliseconds(30));
}

TEST(LiveInput, ASceneInALoopBeginsAgain) {
    Interrupt interrupt;
    auto input = LiveInput::open("synthetic:street?size=160x96&fps=100&frames=2", {.loop = true}, interrupt);
    ASSERT_TRUE(input);
    LivePacket packet;
    std::vector<std::int64_t> numbers;
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(*(*input)->read(packet));
        numbers.push_back(std::get<SceneFrame>(packet.content).number);
    }
    EXPECT_EQ(numbers, (std::vector<std::int64_t>{0, 1, 0, 1, 0}));
    interrupt.raise();
    EXPECT_FALSE(*(*input)->read(packet));
}

TEST(LivePacket, AReferenceHasTheSameContentAndCopiesNone) {
    LivePacket packet;
    packet.unit = {ffmpeg::UnitKind::disposable, true};
    packet.arrived = TimePoint(std::chrono::hours(3));
    packet.captured = TimePoint(std::chrono::hours(2));
    packet.content = PictureFile{std::make_shared<const std::string>("a picture")};
    EXPECT_EQ(packet.bytes(), 9U);
    const auto same = packet.reference();
    ASSERT_TRUE(same);
    EXPECT_EQ(same->unit.kind, packet.unit.kind);
    EXPECT_EQ(same->arrived, packet.arrived);
    EXPECT_EQ(same->captured, packet.captured);
    EXPECT_EQ(std::get<PictureFile>(same->content).bytes, std::get<PictureFile>(packet.content).bytes);
    packet.content = SceneFrame{42};
    EXPECT_EQ(packet.bytes(), 0U);
    EXPECT_EQ(std::get<SceneFrame>(packet.reference()->content).number, 42);
    packet.content = std::monostate();
    EXPECT_EQ(packet.bytes(), 0U);
    EXPECT_TRUE(packet.reference());
}

TEST(Interrupt, ItWakesWhoWaits) {
    Interrupt interrupt;
    std::thread raiser([&] { interrupt.raise(); });
    EXPECT_TRUE(interrupt.wait_until(monotonic_now() + std::chrono::seconds(60)));
    raiser.join();
    EXPECT_TRUE(interrupt.is_raised());
}

TEST(Interrupt, WithoutItTheWaitEndsInTime) {
    Interrupt interrupt;
    EXPECT_FALSE(interrupt.wait_until(monotonic_now() + std::chrono::milliseconds(1)));
}

}  // namespace
}  // namespace facet::source::live
