#pragma once
// JSON lines: events and detections, one line each.

#include "sink/sink.h"

namespace facet::sink {

/// Every event as it is decided (dialect/event_json.h), all cameras in one file, told apart by `camera`. Lines reach the
/// file at once. "-" is standard output.
extern const SinkInfo kEventsSink;
/// One line for each frame on which a detecting expert ran (dialect/dl_streamer.h), all cameras in one file, told apart by
/// `source`. Lines reach the file within about a second.
extern const SinkInfo kDetectionsSink;

}  // namespace facet::sink
