#pragma once
// Event: a rule that became true, with its evidence and why. Sinks carry it; dialects write it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "media/geometry.h"

namespace facet {

/// Why an event could be decided as it was: what ran, what did not, and at what profiled cost.
struct Why {
    struct Ran {
        std::string expert;
        std::string variant;  ///< "openvino bf16 416x256"
        double cost_ms = 0;   ///< profiled CPU time, 0 where there is no profile; never measured in `analyze`
        std::string reason;   ///< "due", "cascade of vehicles", ...
    };
    struct Skipped {
        std::string expert;
        std::string reason;
    };
    std::vector<Ran> ran;
    std::vector<Skipped> skipped;
};

/// What shows it: where the frame is found again.
struct Evidence {
    std::int64_t frame = 0;  ///< sequence number of the frame of the decision
    std::string picture;     ///< path of a JPEG, empty where none was made
    std::string crop;        ///< path of a JPEG of the box and a little around it, likewise
    std::string clip;        ///< path of a clip, likewise
    std::string source;      ///< "main" or "sub": the stream of the pictures, where a camera has two
};

struct Event {
    std::string id;  ///< pure function of camera, rule, track and capture time: resent events are recognisable
    std::string camera;
    std::string rule;
    std::string
        type;  ///< line, zone, dwell, count, speed, stop, wrong_way, queue, left, removed, crowd, absence, motion ...
    std::string direction;  ///< line: forward, backward; zone: enter, leave; else empty
    Nanoseconds t{};        ///< stream time: pts of the frame minus pts of the first
    WallTime time{};        ///< capture time
    std::optional<std::int64_t> track;
    std::string label;  ///< empty where the event is of no single object
    std::optional<float> score;
    std::optional<Box> box;  ///< picture pixels
    std::map<std::string, double> values;
    Evidence evidence;
    Why why;
};

/// The id of an event: 16 hexadecimal digits, a hash (FNV-1a 64) of what identifies it. `ordinal` tells apart several
/// events of one rule, type, track and time (a zone left and entered by one frame).
std::string event_id(const Event& event, int ordinal = 0);

}  // namespace facet
