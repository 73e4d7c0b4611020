#include "engine/packet_ring.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>
#include <tuple>

namespace facet::engine {
namespace {

using std::chrono::milliseconds;

KeptPacketPtr packet_at(milliseconds arrived, bool is_key, std::size_t bytes = 100) {
    auto packet = std::make_shared<KeptPacket>();
    packet->arrived = TimePoint(arrived);
    packet->is_key = is_key;
    packet->bytes = bytes;
    return packet;
}

std::vector<std::int64_t> times_of(const std::vector<PacketGroup>& groups) {
    std::vector<std::int64_t> times;
    for (const auto& group : groups)
        for (const auto& packet : group.packets)
            times.push_back(std::chrono::duration_cast<milliseconds>(packet->arrived.time_since_epoch()).count());
    return times;
}

std::vector<PacketGroup> all_of(const PacketRing& ring) {
    return ring.cut(TimePoint::min(), TimePoint::max(), TimePoint::max());
}

TEST(PacketRing, ACutBeginsWithTheLastKeyBeforeItsBeginningAndEndsWithItsEnd) {
    PacketRing ring(milliseconds(10'000), 1'000'000);
    ring.begin(nullptr);
    for (int i = 0; i < 40; ++i) ring.put(packet_at(milliseconds(100 * i), i % 10 == 0));
    const auto groups =
        ring.cut(TimePoint(milliseconds(1550)), TimePoint(milliseconds(2000)), TimePoint(milliseconds(2250)));
    ASSERT_EQ(groups.size(), 2U);
    const auto times = times_of(groups);
    EXPECT_EQ(times.front(), 1000);
    EXPECT_EQ(times.back(), 2200);
    EXPECT_EQ(times.size(), 13U);
}

TEST(PacketRing, ACutIsOfOneConnection) {
    const StreamPtr none;
    const StreamPtr other(reinterpret_cast<const ffmpeg::StreamParameters*>(&none), [](const auto*) {});
    PacketRing ring(milliseconds(10'000), 1'000'000);
    ring.begin(nullptr);
    for (int i = 0; i < 10; ++i) ring.put(packet_at(milliseconds(100 * i), i == 0));
    ring.begin(other);
    for (int i = 10; i < 20; ++i) ring.put(packet_at(milliseconds(100 * i), i == 13));
    EXPECT_EQ(times_of(ring.cut({}, TimePoint(milliseconds(500)), TimePoint::max())).back(), 900);
    EXPECT_EQ(times_of(ring.cut({}, TimePoint(milliseconds(1500)), TimePoint::max())).front(), 1300)
        << "not before its first key";
}

TEST(PacketRing, AStreamWithoutFurtherKeysIsGivenUpWhenItIsTooLarge) {
    PacketRing ring(milliseconds(1000), 10 * (100 + PacketRing::kPacketOverhead));
    ring.begin(nullptr);
    for (int i = 0; i < 10; ++i) ring.put(packet_at(milliseconds(i), i == 0));
    EXPECT_EQ(all_of(ring).size(), 1U);
    ring.put(packet_at(milliseconds(10), false));
    EXPECT_TRUE(all_of(ring).empty());
    EXPECT_EQ(ring.bytes(), 0U);
    EXPECT_TRUE(ring.lacks_room_since(TimePoint(milliseconds(10))));
    EXPECT_FALSE(ring.lacks_room_since(TimePoint(milliseconds(11))));
    ring.put(packet_at(milliseconds(11), false));
    EXPECT_TRUE(all_of(ring).empty());
    ring.put(packet_at(milliseconds(12), true));
    EXPECT_EQ(times_of(all_of(ring)), std::vector<std::int64_t>{12});
}

TEST(PacketRing, ItKeepsItsSpanWithinItsBytesInWholeGroups) {
    EXPECT_TRUE(rc::check([] {
        const auto span = milliseconds(*rc::gen::inRange(0, 2000));
        const auto bytes_max = *rc::gen::inRange<std::size_t>(1, 60'000);
        PacketRing ring(span, bytes_max);
        ring.begin(nullptr);
        const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, std::size_t>>>(
            rc::gen::tuple(rc::gen::inRange(1, 100), rc::gen::inRange(0, 6), rc::gen::inRange<std::size_t>(0, 5'000)));
        milliseconds now{};
        std::vector<KeptPacketPtr> put;
        for (const auto& [later, dice, packet_bytes] : steps) {
            now += milliseconds(later);
            put.push_back(packet_at(now, dice == 0, packet_bytes));
            ring.put(put.back());
            const auto groups = all_of(ring);
            const auto size = [](std::size_t sum, const KeptPacketPtr& p) {
                return sum + p->bytes + PacketRing::kPacketOverhead;
            };
            std::size_t bytes = 0;
            std::vector<KeptPacketPtr> kept;
            for (const auto& group : groups) {
                RC_ASSERT(group.packets.front()->is_key);
                for (std::size_t i = 1; i < group.packets.size(); ++i) RC_ASSERT(!group.packets[i]->is_key);
                bytes = std::accumulate(group.packets.begin(), group.packets.end(), bytes, size);
                kept.insert(kept.end(), group.packets.begin(), group.packets.end());
            }
            RC_ASSERT(bytes == ring.bytes());
            RC_ASSERT(bytes <= bytes_max);
            if (groups.size() >= 2) RC_ASSERT(groups[1].packets.front()->arrived > TimePoint(now - span));
            // What is kept is the end of what was put.
            if (!kept.empty()) RC_ASSERT(std::equal(kept.rbegin(), kept.rend(), put.rbegin()));
            // Nothing of the span is missing, unless it had no room or no key.
            const auto first_kept = put.size() - kept.size();
            if (!kept.empty() && first_kept > 0 && kept.front()->arrived > TimePoint(now - span)) {
                std::size_t key = first_kept - 1;
                while (key > 0 && !put[key]->is_key) --key;
                const std::size_t with_group =
                    std::accumulate(put.begin() + static_cast<std::ptrdiff_t>(key), put.end(), std::size_t{0}, size);
                if (put[key]->is_key) RC_ASSERT(with_group > bytes_max);
            }
        }
    }));
}

}  // namespace
}  // namespace facet::engine
