#include "media/event.h"

#include <fmt/format.h>

namespace facet {

std::string event_id(const Event& event, int ordinal) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    const auto add = [&hash](std::string_view text) {
        for (const char character : text) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3ULL;
        hash = (hash ^ 0xFFU) * 0x100000001b3ULL;  // separates the parts; never part of UTF-8
    };
    add(event.camera);
    add(event.rule);
    add(event.type);
    add(event.direction);
    add(fmt::to_string(event.track.value_or(-1)));
    add(fmt::to_string(event.time.time_since_epoch().count()));
    add(fmt::to_string(ordinal));
    return fmt::format("{:016x}", hash);
}

}  // namespace facet
