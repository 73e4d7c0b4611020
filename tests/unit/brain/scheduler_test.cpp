#include "brain/schedule/scheduler.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

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

TEST(Scheduler, ARemovedCamerasNumberIsGivenAgainAndNothingOfItsPastStays) {
    World world(1, 2);
    world.tell(PacketArrived{0, 1, PacketKind::key}, at(0));
    world.tell(FrameDecoded{0, 1, at(0)}, at(50));
    world.tell(DecodeDone{0, milliseconds(50)}, at(50));
    world.tell(CameraDown{0}, at(60));
    world.tell(InferenceDone{0, milliseconds(90)}, at(140));
    world.scheduler().remove_camera(0);
    EXPECT_EQ(world.scheduler().add_camera({.policy = DecodePolicy::keys}), 0U);
    EXPECT_EQ(world.scheduler().add_camera({}), 2U) << "the other camera keeps its number";
    auto commands = world.tell(PacketArrived{0, 1, PacketKind::key}, at(1100));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].reason, DropReason::down) << "it is not up before it says so";
    world.tell(CameraUp{0}, at(1100));
    commands = world.tell(PacketArrived{0, 2, PacketKind::forward}, at(1100));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].reason, DropReason::policy) << "its own terms hold";
    commands = world.tell(PacketArrived{0, 3, PacketKind::key}, at(1100));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::decode);
    EXPECT_EQ(commands[0].first, 3);
}

TEST(Scheduler, TheOthersGoOnWhenACameraIsRemoved) {
    World world(1, 2);
    world.tell(PacketArrived{1, 5, PacketKind::key}, at(0));
    world.tell(CameraDown{0}, at(1));
    world.scheduler().remove_camera(0);
    world.tell(FrameDecoded{1, 5, at(0)}, at(5));
    const auto commands = world.tell(DecodeDone{1, milliseconds(5)}, at(5));
    ASSERT_EQ(commands.size(), 1U);
    EXPECT_EQ(commands[0].kind, CommandKind::infer);
    EXPECT_EQ(commands[0].camera, 1U);
}

TEST(SchedulerDeathTest, ACameraThatIsUpOrBusyIsNotRemoved) {
    World world(1);
    EXPECT_DEATH(world.scheduler().remove_camera(0), "is_up");
    world.tell(PacketArrived{0, 1, PacketKind::key}, at(0));
    world.tell(CameraDown{0}, at(1));
    EXPECT_DEATH(world.scheduler().remove_camera(0), "decodes");
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

/// A camera of one group of pictures of five packets every 200 ms, whose bodies tell what a real one would.
class LazyWorld {
public:
    LazyWorld() : world_(1, 1, {.policy = DecodePolicy::lazy}) {}

    /// Lets the next packet arrive and all work on it be done; a look at a frame says `changed`.
    void packet(std::size_t bytes = 1000, bool changed = false) {
        const PacketKind kind = next_ % 5 == 0 ? PacketKind::key : PacketKind::forward;
        const auto packet = static_cast<std::int64_t>(next_);
        now_ = at(40 * next_++);
        arrived_.push_back(now_);
        carry_out(world_.tell(PacketArrived{0, packet, kind, kind == PacketKind::key ? 20'000 : bytes}, now_), changed);
    }
    /// The first hundred packets: a camera that comes up has one good look first.
    void fall_asleep() {
        for (int i = 0; i < 100; ++i) packet();
        for (auto* list : {&decoded, &looked_at, &caught_up}) list->clear();
    }
    bool dozes() { return world_.scheduler().is_dozing(0); }
    /// Since the last call: packets decoded, frames looked at, and of these the ones that were caught up with.
    std::vector<std::int64_t> take(std::vector<std::int64_t>& list) { return std::exchange(list, {}); }
    std::vector<std::int64_t> decoded, looked_at, caught_up;

private:
    void carry_out(const std::vector<Command>& commands, bool changed) {
        for (const Command& command : commands) {
            now_ += milliseconds(1);
            if (command.kind == CommandKind::decode) {
                decoded.push_back(command.first);
                carry_out(
                    world_.tell(FrameDecoded{0, command.first, arrived_[static_cast<std::size_t>(command.first)]}, now_),
                    changed);
                carry_out(world_.tell(DecodeDone{0, milliseconds(1)}, now_), changed);
            } else if (command.kind == CommandKind::infer) {
                looked_at.push_back(command.first);
                if (command.is_catch_up) caught_up.push_back(command.first);
                carry_out(world_.tell(InferenceDone{0, milliseconds(1), false, changed && command.is_probe}, now_), changed);
            }
        }
    }

    World world_;
    TimePoint now_{};
    int next_ = 0;
    std::vector<TimePoint> arrived_;
};

TEST(Scheduler, WhileNothingHappensALazyCameraDecodesKeyFramesOnly) {
    LazyWorld world;
    world.fall_asleep();
    for (int i = 0; i < 100; ++i) world.packet();
    EXPECT_TRUE(world.dozes());
    ASSERT_EQ(world.decoded.size(), 20U);
    for (const auto packet : world.decoded) EXPECT_EQ(packet % 5, 0);
    EXPECT_EQ(world.looked_at, world.decoded);
    EXPECT_TRUE(world.caught_up.empty());
}

TEST(Scheduler, LargePacketsWakeALazyCameraAndTheFramesSinceTheKeyAreCaughtUpWith) {
    LazyWorld world;
    world.fall_asleep();
    for (int i = 0; i < 97; ++i) world.packet();  // the latest key is 195
    world.take(world.decoded);
    world.packet(20'000);
    EXPECT_TRUE(world.dozes()) << "one alone tells too little";
    world.packet(20'000);
    EXPECT_FALSE(world.dozes());
    EXPECT_EQ(world.decoded, (std::vector<std::int64_t>{196, 197, 198}));
    for (int i = 0; i < 200 && !world.dozes(); ++i) world.packet();
    EXPECT_TRUE(world.dozes()) << "nothing has happened for seconds";
}

TEST(Scheduler, AKeyFrameThatShowsAChangeBringsTheGroupBeforeIt) {
    LazyWorld world;
    world.fall_asleep();
    for (int i = 0; i < 100; ++i) world.packet();
    world.take(world.decoded);
    world.take(world.looked_at);
    world.packet(1000, true);  // key 200 differs from key 195
    EXPECT_FALSE(world.dozes());
    EXPECT_EQ(world.decoded, (std::vector<std::int64_t>{200, 195, 196, 197, 198, 199, 200}));
    const std::vector<std::int64_t> looks = world.looked_at;
    EXPECT_EQ(looks.front(), 200) << "the probe";
    EXPECT_TRUE(std::is_sorted(looks.begin() + 1, looks.end()));
    EXPECT_GT(looks[1], 195) << "the key before has been looked at";
    EXPECT_FALSE(world.caught_up.empty());
}

/// Random facts that a body could tell, and what must hold of the commands: every packet and every frame is asked for or
/// dropped exactly once and in order, no more jobs run than there are workers, nothing refers to what was dropped. A lazy
/// camera's packets may be decoded again as long as they are kept, and its looks are in order all the same.
TEST(Scheduler, EveryPacketIsDecodedOrDroppedOnceAndNeverWithoutWhatItRefersTo) {
    EXPECT_TRUE(rc::check([] {
        const auto workers = *rc::gen::inRange<std::size_t>(1, 4);
        const auto cameras = *rc::gen::inRange<std::size_t>(1, 6);
        const auto policy = static_cast<DecodePolicy>(*rc::gen::inRange(0, 6));
        Scheduler scheduler({.workers = workers, .packets_pending_max = 6});
        struct Body {
            std::int64_t next = 0;
            std::map<std::int64_t, PacketKind> pending;
            std::vector<PacketKind> kinds;  // of all packets
            std::vector<TimePoint> arrived;
            std::int64_t decoder_at = -1;    // the latest packet that was decoded
            std::int64_t reference_at = -1;  // the latest one that others refer to, as far as all decoded well
            std::optional<std::int64_t> decoding;
            std::optional<std::int64_t> looking;
            bool is_probe = false;
            std::int64_t looked_at = -1;
            bool up = false;
            std::set<std::int64_t> frames;

            static bool is_reference(PacketKind kind) { return kind == PacketKind::key || kind == PacketKind::forward; }
            std::int64_t reference_of(std::int64_t packet) const {
                do --packet;
                while (packet >= 0 && !is_reference(kinds[static_cast<std::size_t>(packet)]));
                return packet;
            }
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
                        RC_ASSERT(found != body.pending.end());
                        const bool is_in_order = command.first > body.decoder_at;
                        RC_ASSERT(is_in_order || (command.rewinds && found->second == PacketKind::key));
                        RC_ASSERT(policy == DecodePolicy::lazy || (!command.rewinds && !command.keeps));
                        RC_ASSERT(policy >= DecodePolicy::automatic || wants(policy, found->second));
                        const bool is_key = found->second == PacketKind::key;
                        RC_ASSERT(is_key || body.reference_at == body.reference_of(command.first));
                        if (Body::is_reference(found->second)) body.reference_at = command.first;
                        body.decoder_at = command.first;
                        body.decoding = command.first;
                        if (!command.keeps) body.pending.erase(found);
                        break;
                    }
                    case CommandKind::infer:
                        RC_ASSERT(!body.looking && ++running <= workers && body.frames.erase(command.first) == 1U);
                        RC_ASSERT(command.first > body.looked_at);
                        body.looking = command.first;
                        body.is_probe = command.is_probe;
                        break;
                    case CommandKind::drop_packets:
                        body.pending.erase(body.pending.lower_bound(command.first), body.pending.upper_bound(command.last));
                        break;
                    case CommandKind::drop_frame: RC_ASSERT(body.frames.erase(command.first) == 1U); break;
                }
            }
        };
        for (int step = 0; step < 300; ++step) {
            now += std::chrono::microseconds(*rc::gen::inRange(1, 60'000));
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
                    if (!body.up && !body.decoding && !body.looking && *rc::gen::inRange(0, 3) == 0) {
                        scheduler.remove_camera(index);  // another one takes its number
                        RC_ASSERT(scheduler.add_camera({.policy = policy}) == index);
                        body = {};
                    }
                    if (!body.up) {
                        body.up = true;
                        body.reference_at = -2;
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
                            tell(FrameDecoded{index, packet, body.arrived[static_cast<std::size_t>(packet)]});
                        } else {
                            body.reference_at = -2;
                        }
                        --running;
                        tell(DecodeDone{index, milliseconds(*rc::gen::inRange(1, 30)), failed});
                    }
                    break;
                case 6:
                case 7:
                    if (body.looking) {
                        const bool changed = *rc::gen::inRange(0, 3) == 0;
                        if (!changed || !body.is_probe) body.looked_at = *body.looking;
                        body.looking.reset();
                        --running;
                        tell(InferenceDone{index, milliseconds(*rc::gen::inRange(1, 90)), false, changed});
                    }
                    break;
                default: {
                    const auto kind = static_cast<PacketKind>(*rc::gen::inRange(0, 4));
                    const std::int64_t packet = body.next++;
                    body.pending[packet] = kind;
                    body.kinds.push_back(kind);
                    body.arrived.push_back(now);
                    tell(PacketArrived{index, packet, kind, *rc::gen::inRange<std::size_t>(1, 5000)});
                    RC_ASSERT(body.pending.size() <= 6U);
                    break;
                }
            }
        }
    }));
}

}  // namespace
}  // namespace facet::brain
