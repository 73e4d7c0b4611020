#include "brain/schedule/scheduler.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

namespace facet::brain {
namespace {

using std::chrono::milliseconds;

TimePoint at(int ms) { return TimePoint(milliseconds(ms)); }

/// A scheduler whose commands are collected per fact.
class World {
public:
    explicit World(std::size_t workers, std::size_t cameras = 1, CameraTerms terms = {})
        : scheduler_({.workers = workers, .packets_pending_max = 8}) {
        for (std::size_t i = 0; i < cameras; ++i) {
            scheduler_.add_camera(terms);
            tell(CameraUp{i}, at(0));
        }
    }
    std::vector<Command> tell(const Fact& fact, TimePoint now) {
        std::vector<Command> commands;
        scheduler_.on(fact, now, commands);
        return commands;
    }
    Scheduler& scheduler() { return scheduler_; }

private:
    Scheduler scheduler_;
};

TEST(Scheduler, AKeyFrameIsDecodedAndItsFrameLookedAt) {
    World world(1);
    auto commands = world.tell(PacketArrived{0, 10, PacketKind::key}, at(0));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::decode);
    EXPECT_EQ(commands[0].first, 10);
    world.tell(FrameDecoded{0, 10, at(0)}, at(5));
    commands = world.tell(DecodeDone{0, milliseconds(5)}, at(5));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::infer);
    EXPECT_EQ(commands[0].first, 10);
    EXPECT_TRUE(world.tell(InferenceDone{0, milliseconds(8)}, at(13)).empty());
}

TEST(Scheduler, BeforeTheFirstKeyFrameNothingIsDecoded) {
    World world(1);
    const auto commands = world.tell(PacketArrived{0, 1, PacketKind::forward}, at(0));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::drop_packets);
    EXPECT_EQ(commands[0].reason, DropReason::no_key);
}

TEST(Scheduler, WhatThePolicyDoesNotWantIsDroppedOnArrival) {
    for (const auto& [policy, wanted] : std::map<DecodePolicy, int>{
             {DecodePolicy::all, 4}, {DecodePolicy::references, 3}, {DecodePolicy::forward, 2}, {DecodePolicy::keys, 1}}) {
        World world(8, 1, {.policy = policy});
        int dropped = 0;
        std::int64_t packet = 0;
        for (const auto kind : {PacketKind::key, PacketKind::forward, PacketKind::bidirectional, PacketKind::disposable})
            for (const auto& command : world.tell(PacketArrived{0, packet++, kind}, at(0)))
                if (command.kind == CommandKind::drop_packets && command.reason == DropReason::policy) ++dropped;
        EXPECT_EQ(dropped, 4 - wanted);
    }
}

TEST(Scheduler, TheEarlierDeadlineGoesFirst) {
    World world(1, 3);
    world.tell(PacketArrived{2, 0, PacketKind::key}, at(0));  // occupies the worker
    world.tell(PacketArrived{0, 0, PacketKind::key}, at(2));
    world.tell(PacketArrived{1, 0, PacketKind::key}, at(1));
    const auto commands = world.tell(DecodeDone{2, milliseconds(5)}, at(5));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].camera, 1U);
}

TEST(Scheduler, OfOneCameraTheNewestDecodedFrameWins) {
    World world(1, 2);
    world.tell(PacketArrived{0, 0, PacketKind::key}, at(0));
    world.tell(PacketArrived{0, 1, PacketKind::forward}, at(40));
    world.tell(FrameDecoded{0, 0, at(0)}, at(41));
    const auto commands = world.tell(FrameDecoded{0, 1, at(40)}, at(41));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::drop_frame);
    EXPECT_EQ(commands[0].first, 0);
    EXPECT_EQ(commands[0].reason, DropReason::superseded);
}

TEST(Scheduler, AFrameWhoseInferenceWouldEndTooLateIsRefused) {
    World world(1);
    const auto look_at = [&](std::int64_t packet, int arrived, int decoded) {
        world.tell(PacketArrived{0, packet, PacketKind::key}, at(arrived));
        world.tell(FrameDecoded{0, packet, at(arrived)}, at(decoded));
        return world.tell(DecodeDone{0, milliseconds(5)}, at(decoded));
    };
    for (int i = 0; i < 20; ++i) {
        const auto commands = look_at(i, i * 100, i * 100 + 5);
        ASSERT_EQ(commands.back().kind, CommandKind::infer);
        world.tell(InferenceDone{0, milliseconds(60)}, at(i * 100 + 65));
    }
    const auto commands = look_at(20, 2000, 2000 + 150);  // 60 ms more would be 210
    ASSERT_FALSE(commands.empty());
    EXPECT_EQ(commands.back().kind, CommandKind::drop_frame);
    EXPECT_EQ(commands.back().reason, DropReason::late);
}

TEST(Scheduler, WhoHadNoResultForLongGetsOneEvenIfItIsLate) {
    World world(1);
    for (int i = 0; i < 3; ++i) {
        const int arrived = i * 2500;
        world.tell(PacketArrived{0, i, PacketKind::key}, at(arrived));
        world.tell(FrameDecoded{0, i, at(arrived)}, at(arrived + 5));
        const auto commands = world.tell(DecodeDone{0, milliseconds(5)}, at(arrived + 5));
        ASSERT_EQ(commands.back().kind, CommandKind::infer) << "a network that takes longer than the target still answers";
        world.tell(InferenceDone{0, milliseconds(900)}, at(arrived + 905));
    }
}

TEST(Scheduler, ABrokenDecoderWaitsForTheNextKeyFrame) {
    World world(1);
    world.tell(PacketArrived{0, 0, PacketKind::key}, at(0));
    world.tell(PacketArrived{0, 1, PacketKind::forward}, at(1));
    auto commands = world.tell(DecodeDone{0, milliseconds(5), true}, at(5));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].reason, DropReason::no_key);
    commands = world.tell(PacketArrived{0, 2, PacketKind::forward}, at(40));
    EXPECT_EQ(commands.at(0).reason, DropReason::no_key);
    commands = world.tell(PacketArrived{0, 3, PacketKind::key}, at(80));
    EXPECT_EQ(commands.at(0).kind, CommandKind::decode);
}

TEST(Scheduler, ALateBacklogIsSkippedWhereANewerKeyFrameIsPending) {
    World world(1, 2);
    world.tell(PacketArrived{1, 0, PacketKind::key}, at(0));  // occupies the worker for 300 ms
    world.tell(PacketArrived{0, 0, PacketKind::key}, at(0));
    world.tell(PacketArrived{0, 1, PacketKind::forward}, at(40));
    world.tell(PacketArrived{0, 2, PacketKind::key}, at(80));
    const auto commands = world.tell(DecodeDone{1, milliseconds(300)}, at(300));
    ASSERT_EQ(commands.size(), 2U);
    EXPECT_EQ(commands[0].kind, CommandKind::drop_packets);
    EXPECT_EQ(commands[0].reason, DropReason::behind);
    EXPECT_EQ(commands[0].last, 1);
    EXPECT_EQ(commands[1].kind, CommandKind::decode);
    EXPECT_EQ(commands[1].first, 2);
}

TEST(Scheduler, WhatIsPendingOfACameraThatWentAwayIsDropped) {
    World world(1, 2);
    world.tell(PacketArrived{1, 0, PacketKind::key}, at(0));
    world.tell(PacketArrived{0, 0, PacketKind::key}, at(0));
    const auto commands = world.tell(CameraDown{0}, at(1));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].reason, DropReason::down);
    EXPECT_TRUE(world.tell(DecodeDone{1, milliseconds(5)}, at(5)).empty());
}

TEST(Scheduler, UnderPressureAutomaticLeavesOutBidirectionalFramesAndTakesThemAgainWhenThereIsRoom) {
    World world(1);
    EXPECT_EQ(world.scheduler().automatic_policy(), DecodePolicy::references);
    int ms = 0;
    std::int64_t packet = 0;
    const auto second_of_decoding = [&](int cost_ms) {
        for (int i = 0; i < 25; ++i, ms += 40) {
            const auto kind = i == 0 ? PacketKind::key : i % 2 ? PacketKind::forward : PacketKind::bidirectional;
            const auto commands = world.tell(PacketArrived{0, packet++, kind}, at(ms));
            if (!commands.empty() && commands.back().kind == CommandKind::decode)
                world.tell(DecodeDone{0, milliseconds(cost_ms)}, at(ms + cost_ms));
            if (i % 6 == 5) world.tell(Tick{}, at(ms + cost_ms));
        }
    };
    for (int i = 0; i < 20; ++i) second_of_decoding(39);
    EXPECT_EQ(world.scheduler().automatic_policy(), DecodePolicy::forward);
    for (int i = 0; i < 40; ++i) second_of_decoding(3);
    EXPECT_EQ(world.scheduler().automatic_policy(), DecodePolicy::references);
}

/// Random facts that a body could tell, and what must hold of the commands: every packet and every frame is asked for or
/// dropped exactly once and in order, no more jobs run than there are workers, nothing refers to what was dropped.
TEST(Scheduler, EveryPacketIsDecodedOrDroppedOnceAndNeverWithoutWhatItRefersTo) {
    EXPECT_TRUE(rc::check([] {
        const auto workers = *rc::gen::inRange<std::size_t>(1, 4);
        const auto cameras = *rc::gen::inRange<std::size_t>(1, 6);
        const auto policy = static_cast<DecodePolicy>(*rc::gen::inRange(0, 5));
        Scheduler scheduler({.workers = workers, .packets_pending_max = 6});
        struct Body {
            std::int64_t next = 0;
            std::map<std::int64_t, PacketKind> pending;
            std::int64_t last_settled = -1;
            std::optional<std::int64_t> decoding;
            bool infers = false;
            bool up = false;
            bool chain_whole = false;
            std::set<std::int64_t> frames;
        };
        std::vector<Body> bodies(cameras);
        for (std::size_t i = 0; i < cameras; ++i) scheduler.add_camera({.policy = policy});
        std::size_t running = 0;
        TimePoint now{};
        const auto tell = [&](const Fact& fact) {
            std::vector<Command> commands;
            scheduler.on(fact, now, commands);
            for (const auto& command : commands) {
                Body& body = bodies[command.camera];
                switch (command.kind) {
                    case CommandKind::decode: {
                        RC_ASSERT(!body.decoding && body.up && ++running <= workers);
                        const auto found = body.pending.find(command.first);
                        RC_ASSERT(found != body.pending.end() && command.first > body.last_settled);
                        RC_ASSERT(policy == DecodePolicy::automatic || wants(policy, found->second));
                        RC_ASSERT(found->second == PacketKind::key || body.chain_whole);
                        body.chain_whole = true;
                        body.last_settled = command.first;
                        body.decoding = command.first;
                        body.pending.erase(found);
                        break;
                    }
                    case CommandKind::infer:
                        RC_ASSERT(!body.infers && ++running <= workers && body.frames.erase(command.first) == 1U);
                        body.infers = true;
                        break;
                    case CommandKind::drop_packets:
                        for (auto found = body.pending.lower_bound(command.first);
                             found != body.pending.end() && found->first <= command.last;) {
                            if (found->second == PacketKind::key || found->second == PacketKind::forward)
                                body.chain_whole = false;
                            found = body.pending.erase(found);
                        }
                        break;
                    case CommandKind::drop_frame: RC_ASSERT(body.frames.erase(command.first) == 1U); break;
                }
            }
        };
        for (int step = 0; step < 300; ++step) {
            now += std::chrono::microseconds(*rc::gen::inRange(0, 60'000));
            const auto index = *rc::gen::inRange<std::size_t>(0, cameras);
            Body& body = bodies[index];
            switch (*rc::gen::inRange(0, 12)) {
                case 0: tell(Tick{}); break;
                case 1:
                    if (body.up && *rc::gen::inRange(0, 8) == 0) {
                        body.up = false;
                        tell(CameraDown{index});
                        RC_ASSERT(body.pending.empty() && body.frames.empty());
                    }
                    break;
                case 2:
                    if (!body.up) {
                        body.up = true;
                        body.chain_whole = false;
                        tell(CameraUp{index});
                    }
                    break;
                case 3:
                case 4:
                case 5:
                    if (body.decoding) {
                        const std::int64_t packet = *body.decoding;
                        body.decoding.reset();
                        --running;
                        const bool failed = *rc::gen::inRange(0, 10) == 0;
                        ++running;  // until it is done
                        if (!failed) {
                            body.frames.insert(packet);
                            tell(FrameDecoded{index, packet, now});
                        } else {
                            body.chain_whole = false;
                        }
                        --running;
                        tell(DecodeDone{index, milliseconds(*rc::gen::inRange(1, 30)), failed});
                    }
                    break;
                case 6:
                case 7:
                    if (body.infers) {
                        body.infers = false;
                        --running;
                        tell(InferenceDone{index, milliseconds(*rc::gen::inRange(1, 90))});
                    }
                    break;
                default: {
                    const auto kind = static_cast<PacketKind>(*rc::gen::inRange(0, 4));
                    const std::int64_t packet = body.next++;
                    body.pending[packet] = kind;
                    tell(PacketArrived{index, packet, kind});
                    RC_ASSERT(body.pending.size() <= 6U);
                    break;
                }
            }
        }
    }));
}

}  // namespace
}  // namespace facet::brain
