#pragma once
// The schema of events, one JSON object per event.

#include <string>

#include "media/event.h"

namespace facet::sink::dialect {

/// The event as one line without its line break. Members in this order: id, camera, rule, type, direction, t (seconds), time
/// (RFC 3339), track, label, score, box ([x, y, w, h], pixels), values, evidence {frame, picture, crop, clip, source}, why
/// {ran [{expert, variant, cost_ms, reason}], skipped [{expert, reason}]}.
/// Always there: id, camera, rule, type, t, time, evidence.frame. What is unknown, empty or not finite is left out.
std::string event_json(const Event& event);

}  // namespace facet::sink::dialect
