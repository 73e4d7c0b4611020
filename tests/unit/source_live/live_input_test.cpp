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
