#include "engine/evidence_picture.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "source/file/pixels.h"
#include "source/file/video_file.h"
#include "wrap/ffmpeg/converter.h"
#include "wrap/ffmpeg/decoder.h"

namespace facet::engine {

namespace {

/// A frame that was taken further away shows something else.
constexpr Nanoseconds kDistanceMax = std::chrono::milliseconds(500);

struct Wanted {
    const PacketGroup* group = nullptr;
    std::size_t packet = 0;
};

std::optional<Wanted> nearest(std::span<const PacketGroup> groups, TimePoint captured) {
    std::optional<Nanoseconds> delay;  // least of arrival - presentation
    for (const auto& group : groups)
        for (const auto& packet : group.packets)
            if (const auto shown = packet->data.time()) {
                const Nanoseconds late = packet->arrived.time_since_epoch() - *shown;
                delay = delay ? std::min(*delay, late) : late;
            }
    std::optional<Wanted> best;
    Nanoseconds best_distance{};
    for (const auto& group : groups)
        for (std::size_t i = 0; i < group.packets.size(); ++i) {
            const KeptPacket& packet = *group.packets[i];
            const auto shown = packet.data.time();
            // What is shown before the key refers to the group before.
            if (shown && group.packets.front()->data.time().value_or(*shown) > *shown) continue;
            const TimePoint taken = shown && delay ? TimePoint(*shown + *delay) : packet.arrived;
            const Nanoseconds distance = std::chrono::abs(taken - captured);
            if (best && distance >= best_distance) continue;
            best = Wanted{&group, i};
            best_distance = distance;
        }
    if (best && best_distance > kDistanceMax) return std::nullopt;
    return best;
}

}  // namespace

Result<Picture> picture_near(std::span<const PacketGroup> groups, TimePoint captured, TimePoint give_up) {
    const auto wanted = nearest(groups, captured);
    if (!wanted) return fail(ErrorCode::unavailable, "no frame of that time has come");
    const PacketGroup& group = *wanted->group;
    const KeptPacket& own = *group.packets[wanted->packet];
    FACET_TRY(auto decoder, ffmpeg::Decoder::open(*group.stream, 1, source::file::kPixelsMax));
    ffmpeg::Converter converter;
    ffmpeg::DecodedFrame frame;
    std::optional<Error> last_error;
    const auto receive = [&]() -> Result<bool> {
        while (true) {
            FACET_TRY(const auto next, decoder.receive(frame));
            if (next != ffmpeg::Decoder::Next::frame) return false;
            if (frame.arrived == own.arrived) return true;
        }
    };
    const auto to_picture = [&]() -> Result<Picture> {
        FACET_TRY(auto image, converter.convert(frame, group.stream->facts().orientation));
        return source::file::to_picture(std::move(image));
    };
    for (std::size_t i = 0; i < group.packets.size(); ++i) {
        const KeptPacket& packet = *group.packets[i];
        if (packet.is_disposable && i < wanted->packet) continue;
        if (monotonic_now() > give_up)
            return fail(ErrorCode::unavailable, "decoding {} packets since the last key frame takes too long", i);
        if (const Status sent = decoder.send(packet.data, packet.arrived); !sent) last_error = sent.error();
        const auto received = receive();
        if (!received) last_error = received.error();
        if (received && *received) return to_picture();
    }
    FACET_CHECK(decoder.drain());
    FACET_TRY(const bool is_there, receive());
    if (is_there) return to_picture();
    if (last_error) return fail(std::move(*last_error));
    return fail(ErrorCode::corrupt, "its frame does not decode");
}

}  // namespace facet::engine
