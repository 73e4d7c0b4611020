#pragma once
// Truth as text: what `facet synth` writes.

#include <map>
#include <string>
#include <vector>

#include "source/synthetic/truth.h"

namespace facet::source::synthetic {

/// One JSON line: frame, t, scene and its state (light as "day", "dusk", "night" or between, shake, brightness ...), and
/// `objects` with id, label, box [x, y, width, height], visible_box, visible, distance, speed, stationary, defect.
std::string to_json_line(const FrameTruth& truth);

/// MOTChallenge rows of one frame: frame from 1, id, left, top, width, height (the box inside the picture), 1 or 0 (whether
/// at least a tenth of it is visible), class 1, visible share.
std::string to_mot_lines(const FrameTruth& truth, Size picture);

/// YOLO rows of one frame: class (position in `labels`), centre and size of the box inside the picture, relative. Things of
/// which less than a tenth is visible are left out.
std::string to_yolo_lines(const FrameTruth& truth, Size picture, const std::vector<std::string_view>& labels);

/// The masks of one frame as a JSON object: frame, and `masks` with id, label and COCO's `segmentation` {size, counts}.
std::string to_mask_json(const FrameTruth& truth, Size picture);

/// Collects what a summary of a whole clip says.
class Summary {
public:
    void observe(const FrameTruth& truth);
    /// The events of a clip as a JSON object { name: {...} } with fps, frames, classes (things of each label), line
    /// {from, to, forward, backward} and crossings_s {t, dir, what, id} (`lines` where there are several), zones with their
    /// visits, visits and visit_intervals_s of the first, max_simultaneous, motion_frame_ranges, tolerance_s.
    std::string to_json(const std::string& name, const EventTruth& events, Size picture, double frames_per_second) const;

private:
    std::int64_t frames_ = 0;
    std::map<std::string, std::map<std::int64_t, bool>, std::less<>> things_;  // by label, by id
    std::vector<std::pair<std::int64_t, std::int64_t>> motion_;                // ranges of frames, both ends included
};

}  // namespace facet::source::synthetic
