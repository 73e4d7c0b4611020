#pragma once
// What a report remembers of one camera, in bounded memory.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "report/analysis_report.h"

namespace facet::report {

class CameraHistory {
public:
    /// Mean objects a frame, per label, in bins of equal length. Twice as many frames make bins twice as long.
    static constexpr std::size_t kBinsMax = 360;
    static constexpr std::size_t kLabelsMax = 9;    ///< with names of their own; the rest is "other"
    static constexpr std::size_t kEventsMax = 120;  ///< with a picture; the rest is counted
    static constexpr std::size_t kTracksMax = 400;  ///< drawn; the rest is counted
    static constexpr std::size_t kPointsMax = 48;   ///< of a track; longer ones are thinned out
    static constexpr int kHeatColumns = 64;
    static constexpr int kHeatRows = 36;

    struct Bin {
        std::int64_t frames = 0;
        std::array<double, kLabelsMax + 1> objects{};  // the last is "other"
    };
    struct Path {
        std::string label;
        std::vector<Point> points;  // centres, 0..1 of the picture
        std::size_t step = 1;       // every step-th sighting is kept
        std::size_t seen = 0;
    };
    struct ShownEvent {
        Event event;
        std::string jpeg;  // of the whole frame, scaled down
        Box box;           // 0..1 of the picture; empty where the event has none
    };

    CameraHistory(std::string name, const Picture& first);
    void add(const FrameFacts& frame);

    const std::string& name() const { return name_; }
    Size size() const { return size_; }
    const std::string& background() const { return background_; }  ///< JPEG of the first frame
    std::int64_t frames() const { return frames_; }
    double seconds_per_bin() const { return seconds(bin_length_); }
    const std::vector<Bin>& bins() const { return bins_; }
    const std::vector<std::string>& labels() const { return labels_; }  ///< in the order of their first sighting
    bool has_others() const { return has_others_; }
    const std::vector<float>& heat() const { return heat_; }  ///< box centres per cell, row by row
    const std::map<std::int64_t, Path>& tracks() const { return tracks_; }
    std::int64_t tracks_left_out() const { return tracks_left_out_; }
    const std::vector<ShownEvent>& events() const { return events_; }
    std::int64_t events_left_out() const { return events_left_out_; }

private:
    void count(const FrameFacts& frame);
    void follow(const FrameFacts& frame);
    void show(const FrameFacts& frame);

    std::string name_;
    Size size_;
    std::string background_;
    std::int64_t frames_ = 0;
    Nanoseconds bin_length_ = std::chrono::milliseconds(500);
    std::vector<Bin> bins_;
    std::vector<std::string> labels_;
    bool has_others_ = false;
    std::vector<float> heat_;
    std::map<std::int64_t, Path> tracks_;
    std::int64_t track_last_left_out_ = 0;
    std::int64_t tracks_left_out_ = 0;
    std::vector<ShownEvent> events_;
    std::int64_t events_left_out_ = 0;
};

}  // namespace facet::report
