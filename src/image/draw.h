#pragma once
// Canvas: drawings on top of a picture, for overlays (every frame of a video) and for thumbnails of reports.
//
//   Canvas canvas;                                    // one for a whole video
//   canvas.begin(frame.picture);
//   canvas.zone(polygon, ink_of(0), "lobby");
//   canvas.box(track.box, ink_of(track.id), "person 7");
//   encoder.write(canvas.i420());

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "image/palette.h"
#include "media/observation.h"
#include "media/picture.h"

namespace facet::image {

/// All coordinates are pixels of the picture; line widths and letters grow with its height, so that 360 and 1080 lines are
/// read alike. What lies outside of the picture is cut off; coordinates that are not finite draw nothing. Labels are UTF-8
/// (what is not is shown as '?'); they stay inside of the picture. Memory is kept from picture to picture while the size
/// stays. Used by one thread at a time. Drawing is by cairo.
class Canvas {
public:
    Canvas();
    ~Canvas();
    Canvas(Canvas&&) noexcept;
    Canvas& operator=(Canvas&&) noexcept;

    /// Empty where a font was found. Otherwise a message for the user: labels then appear in plain built-in letters, ASCII
    /// only.
    const std::string& text_problem() const;

    /// Starts over with a picture as the ground. To be called before anything else.
    void begin(const Picture& picture);
    /// The ground again a share darker (0..1), so that drawings stand out.
    void dim(double share);

    /// A rectangle with rounded joins and its label on a plate above it (inside, where there is no room above).
    void box(const Box& box, Ink ink, std::string_view label = {});
    /// A way, oldest point first: fades out towards its beginning.
    void path(std::span<const Point> points, Ink ink);
    /// An area: translucent, with its outline, and its name at the first corner.
    void zone(std::span<const Point> polygon, Ink ink, std::string_view label = {});
    /// A line to be crossed: an arrow in its middle points where `forward` goes (from its left to its right side), its name
    /// stands at `p`.
    void line(Point p, Point q, Ink ink, std::string_view label = {});
    /// The cells of a mask as translucent colour with soft edges.
    void mask(const Mask& mask, Ink ink);
    /// A class for every cell, each class in its ink_of(); cells of class `background` stay clear.
    void segments(const SegmentMap& map, int background = 0);
    /// Points with a visibility of at least a half, and `bones` (pairs of their indices) between such.
    void keypoints(std::span<const Keypoint> points, std::span<const std::pair<int, int>> bones, Ink ink);
    /// Text with an outline, legible on anything; `at` is the left end of its base line.
    void text(Point at, std::string_view text, Ink ink);
    /// Names and values in two columns on a dark panel in the left upper corner.
    void panel(std::span<const std::pair<std::string, std::string>> rows);

    /// The picture with its drawings, in BT.601 limited range. Its memory is reused: valid until the next call.
    const Picture& i420();
    /// The same as bgr24. Valid until the next call.
    const Picture& bgr24();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace facet::image
