#pragma once
// DL Streamer's JSON schema of detections (open-edge-platform/dlstreamer, gvametaconvert).

#include <string>
#include <string_view>

#include "sink/sink.h"

namespace facet::sink::dialect {

/// One frame's objects as one line without its line break:
///   {"objects":[{"detection":{"bounding_box":{"x_max","x_min","y_max","y_min"},"confidence","label","label_id"},
///                "h","id","region_id","roi_type","w","x","y", "<attribute>":{"confidence","label","model":{"name"}}}],
///    "resolution":{"height","width"},"source","timestamp"}
/// Members are in the order of the alphabet, as DL Streamer writes them, attributes last. x, y, w, h are whole pixels of the
/// resolution (edges rounded, then w = right - left); bounding_box is the same box in 0..1 of the picture, unrounded.
/// `id` stands only where the object has a confirmed track; region_id counts the frame's objects from 0; `timestamp` is
/// the stream time in ns. An attribute of a cascade whose name is a member of the object already gets "_" appended.
/// Always there: objects (empty where nothing was found), resolution, timestamp; source where known, without secrets.
std::string dl_streamer_json(const FrameRecord& record);

/// `address` without what stands before an "@" in its authority: "rtsp://user:password@host/main" -> "rtsp://host/main".
/// Paths and addresses without a user stay as they are. A password with an unescaped "/" is removed, too.
std::string without_secrets(std::string_view address);

}  // namespace facet::sink::dialect
