#pragma once
// Truth: what is really there. Frame by frame (boxes, masks, occlusion), and over time (lines crossed, zones visited).

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "media/geometry.h"

namespace facet::source::synthetic {

struct ObjectTruth {
    std::int64_t id = 0;      ///< from 1, the same as long as the thing exists
    std::string_view label;   ///< COCO's name where COCO has one; lives as long as the process
    std::string_view defect;  ///< "none" or what is wrong with a product
    Box box;                  ///< amodal: also what is hidden or beyond the picture; pixels
    Box visible_box;          ///< tight around the pixels that are seen; empty where none is
    float visible = 1;        ///< share of the thing's pixels that is seen: neither hidden nor beyond the picture
    float distance = 0;       ///< metres from the camera
    float speed = 0;          ///< metres per second
    bool stationary = false;  ///< stands all its life (parked, left behind)
};

/// What is visible of one thing, as COCO's uncompressed run-length code: numbers of pixels outside, inside, outside ... of
/// the mask, column by column from the top left; they sum to width * height.
struct MaskTruth {
    std::int64_t id = 0;
    std::vector<std::uint32_t> runs;
};

struct FrameTruth {
    std::int64_t frame = 0;
    Nanoseconds t{};
    std::string_view scene;
    double hour = 0;        ///< light: 0 day, 1 dusk, 2 night
    double brightness = 1;  ///< of flicker
    double noise = 0;       ///< dial
    double rain = 0;        ///< dial
    int shake_x = 0;        ///< pixels that the picture is moved by
    int shake_y = 0;
    double fade = 1;  ///< below 1: the picture is fading from another scene; objects are those that weigh more
    std::vector<ObjectTruth> objects;  ///< that touch the picture, from far to near
    std::vector<MaskTruth> masks;      ///< of the same objects, where asked for
};

/// How much of a FrameTruth is wanted; each level costs more than the one before. None renders the picture.
enum class TruthDetail {
    boxes,      ///< ids, labels, amodal boxes; visible_box is the box inside the picture, visible the share of its area
    occlusion,  ///< visible_box and visible from the pixels
    masks,      ///< and the masks
};

/// The anchor of rules: the middle of the part of the amodal box that lies in the picture.
Point anchor_of(const ObjectTruth& object, Size picture);

struct Crossing {
    int line = 0;
    std::int64_t id = 0;
    std::string_view label;
    bool forward = false;    ///< standing at the line's first point, looking to its second: from the left side to the right
    std::int64_t frame = 0;  ///< the first on the other side
    double t = 0;            ///< seconds, between two frames
};

struct ZoneVisit {
    int zone = 0;
    std::int64_t id = 0;
    std::string_view label;
    double from = 0;    ///< seconds; when first inside
    double to = 0;      ///< when last inside
    bool left = false;  ///< false: still inside at the end
};

/// Finds crossings and visits, frame by frame. A thing that trembles on a line crosses it once: a side counts only beyond
/// 0.5 % of the picture's height from the line. The time is that of passing the line itself.
class EventTruth {
public:
    /// Lines of two points and zones of three or more, 0..1 of the picture.
    EventTruth(Size picture, std::vector<std::vector<Point>> lines, std::vector<std::vector<Point>> zones);

    /// Frames in order of time.
    void observe(const FrameTruth& truth);
    std::span<const Crossing> crossings() const { return crossings_; }  ///< in the order of decision
    /// Visits so far, in the order in which they began.
    std::span<const ZoneVisit> visits() const { return visits_; }
    std::span<const std::vector<Point>> lines() const { return lines_; }
    std::span<const std::vector<Point>> zones() const { return zones_; }

private:
    struct Follow {
        std::int64_t id = 0;
        std::int64_t frame = 0;  // last seen
        Point anchor;
        double t = 0;
        std::vector<int> side;            // per line: -1, 1, 0 unknown
        std::vector<double> passed_at;    // per line: when the line itself was last passed
        std::vector<bool> passed_within;  // and whether between its two ends
        std::vector<int> visit;           // per zone: index into visits_, -1 outside
    };
    Follow& follow(std::int64_t id, bool& is_new);
    void look_at_lines(const ObjectTruth& object, const FrameTruth& truth, Follow& known, Point anchor, bool is_new);
    void look_at_zones(const ObjectTruth& object, double t, Follow& known, Point anchor);

    Size picture_;
    std::vector<std::vector<Point>> lines_;
    std::vector<std::vector<Point>> zones_;
    std::vector<Follow> follows_;
    std::vector<Crossing> crossings_;
    std::vector<ZoneVisit> visits_;
};

}  // namespace facet::source::synthetic
