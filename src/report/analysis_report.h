#pragma once
// AnalysisReport: what a run saw, as one self-contained HTML page (no address is fetched; readable on a phone and in print):
// counts over time, a heat map, tracks, event thumbnails, stage times and what was skipped.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "media/event.h"
#include "media/picture.h"
#include "media/track.h"

namespace facet::report {

/// One detected object of a frame.
struct ObjectFacts {
    std::string_view label;
    Box box;  ///< picture pixels
};

/// A line or zone that a rule watches, 0..1 of the picture.
struct ShapeFacts {
    std::string rule;
    std::vector<Point> points;
    bool closed = false;
    std::map<std::string, double> counters;  ///< as they stand at the end
};

/// What one frame gave. Borrowed for the duration of the call.
struct FrameFacts {
    std::string_view camera;
    Nanoseconds t{};
    const Picture* picture = nullptr;  ///< never null
    std::span<const ObjectFacts> objects;
    std::span<const Track> tracks;                   ///< confirmed ones seen on this frame
    std::span<const std::string_view> track_labels;  ///< beside `tracks`
    std::span<const Event> events;                   ///< of this frame
};

/// What is known when the run has ended.
struct RunFacts {
    std::string title;
    std::vector<std::pair<std::string, std::string>> facts;  ///< name and value, in order: frames, rate, memory, machine ...
    std::vector<std::pair<std::string, double>> stage_ms;    ///< CPU ms per decoded frame
    std::map<std::string, std::int64_t> skipped;             ///< reason -> frames
    std::map<std::string, std::int64_t> errors;              ///< cause -> count
    std::vector<std::string> messages;                       ///< one line a cause
    std::map<std::string, std::vector<ShapeFacts>> shapes;   ///< by camera
};

/// Collects while a run goes on, in bounded memory whatever its length: time series are re-binned, thumbnails and tracks are
/// kept up to a limit and the rest is counted (the page says so). Cheap: costs well under a millisecond a frame, except for
/// frames with events (a JPEG each, up to the limit). One thread at a time. Deterministic.
class AnalysisReport {
public:
    AnalysisReport();
    ~AnalysisReport();
    AnalysisReport(const AnalysisReport&) = delete;
    AnalysisReport& operator=(const AnalysisReport&) = delete;

    void add(const FrameFacts& frame);
    std::string html(const RunFacts& run) const;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace facet::report
