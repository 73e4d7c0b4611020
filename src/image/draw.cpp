#include "image/draw.h"

#include <cairo.h>
#include <libyuv.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "image/convert.h"
#include "image/draw_text.h"

namespace facet::image {

namespace {

struct Release {
    void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
    void operator()(cairo_t* context) const { cairo_destroy(context); }
    void operator()(cairo_pattern_t* pattern) const { cairo_pattern_destroy(pattern); }
};
using Surface = std::unique_ptr<cairo_surface_t, Release>;
using Context = std::unique_ptr<cairo_t, Release>;
using Pattern = std::unique_ptr<cairo_pattern_t, Release>;

// Sizes at 720 lines; they grow with the picture, and have a floor below which nobody can read or see them.
constexpr double kReferenceHeight = 720;
constexpr double kLineWidth = 2.2, kLineWidthMin = 2;
constexpr double kFontSize = 15, kFontSizeMin = 11;

constexpr float kVisible = 0.5F;  // least visibility of a keypoint that is drawn

bool finite(Point point) { return std::isfinite(point.x) && std::isfinite(point.y); }
bool finite(const Box& box) { return finite(Point{box.x, box.y}) && finite(Point{box.right(), box.bottom()}); }
bool finite(std::span<const Point> points) {
    return std::all_of(points.begin(), points.end(), [](Point p) { return finite(p); });
}

}  // namespace

struct Canvas::Parts {
    std::string text_problem = font_problem();
    Size size;
    Surface surface;
    Context context;
    std::optional<PictureBuffer> i420;
    std::optional<PictureBuffer> bgr24;
    std::vector<std::uint8_t> cells;  // of a mask or a segment map, as cairo wants them
    double line_width = 1;
    double font_size = 1;

    cairo_t* cairo() {
        FACET_ASSERT(context != nullptr);
        return context.get();
    }
    void resize(Size wanted);
    void set_ink(Ink ink, double alpha = 1) {
        cairo_set_source_rgba(cairo(), ink.red / 255.0, ink.green / 255.0, ink.blue / 255.0, alpha);
    }
    void trace(std::span<const Point> points) {
        cairo_new_path(cairo());
        for (const Point point : points) cairo_line_to(cairo(), static_cast<double>(point.x), static_cast<double>(point.y));
    }
    void trace_rounded(double x, double y, double width, double height, double radius);
    /// Strokes the path in `ink` over a wider dark stroke, which sets it off from a ground of the same colour.
    void stroke_outlined(Ink ink);
    double text_width(const std::string& text) {
        cairo_text_extents_t extents{};
        cairo_text_extents(cairo(), text.c_str(), &extents);
        return extents.x_advance;
    }
    /// A label with its plate, left top corner at (x, y) as far as it then lies inside of the picture.
    void plate(double x, double y, const std::string& label, Ink ink);
    double plate_height() const { return std::round(font_size * 1.45); }
    void paint_cells(int format, int stride, Size grid, const Box& area, const Ink* ink, double alpha);
};

void Canvas::Parts::resize(Size wanted) {
    if (surface && size == wanted) return;
    size = wanted;
    context.reset();
    surface.reset(cairo_image_surface_create(CAIRO_FORMAT_RGB24, size.width, size.height));
    FACET_ASSERT(cairo_surface_status(surface.get()) == CAIRO_STATUS_SUCCESS);
    context.reset(cairo_create(surface.get()));
    i420.reset();
    bgr24.reset();
    const double scale = size.height / kReferenceHeight;
    line_width = std::max(kLineWidthMin, kLineWidth * scale);
    font_size = std::max(kFontSizeMin, kFontSize * scale);
    cairo_set_line_join(cairo(), CAIRO_LINE_JOIN_ROUND);
    cairo_set_line_cap(cairo(), CAIRO_LINE_CAP_ROUND);
    cairo_select_font_face(cairo(), kFontFamily, CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cairo(), font_size);
}

void Canvas::Parts::trace_rounded(double x, double y, double width, double height, double radius) {
    constexpr double kQuarter = std::numbers::pi / 2;
    radius = std::min({radius, width / 2, height / 2});
    cairo_new_path(cairo());
    cairo_arc(cairo(), x + width - radius, y + radius, radius, -kQuarter, 0);
    cairo_arc(cairo(), x + width - radius, y + height - radius, radius, 0, kQuarter);
    cairo_arc(cairo(), x + radius, y + height - radius, radius, kQuarter, 2 * kQuarter);
    cairo_arc(cairo(), x + radius, y + radius, radius, 2 * kQuarter, 3 * kQuarter);
    cairo_close_path(cairo());
}

void Canvas::Parts::stroke_outlined(Ink ink) {
    set_ink(kDark, 0.45);
    cairo_set_line_width(cairo(), line_width * 2);
    cairo_stroke_preserve(cairo());
    set_ink(ink);
    cairo_set_line_width(cairo(), line_width);
    cairo_stroke(cairo());
}

void Canvas::Parts::plate(double x, double y, const std::string& label, Ink ink) {
    if (label.empty()) return;
    const double padding = font_size * 0.4;
    const double width = text_width(label) + 2 * padding;
    const double height = plate_height();
    x = std::max(0.0, std::min(x, size.width - width));
    y = std::max(0.0, std::min(y, size.height - height));
    trace_rounded(x, y, width, height, font_size * 0.3);
    set_ink(ink, 0.92);
    cairo_fill(cairo());
    set_ink(readable_on(ink));
    cairo_move_to(cairo(), x + padding, y + height / 2 + font_size * 0.36);
    cairo_show_text(cairo(), label.c_str());
}

/// Stretches `cells` over `area`: as the shape of `ink`, or with colours of their own where that is null.
void Canvas::Parts::paint_cells(int format, int stride, Size grid, const Box& area, const Ink* ink, double alpha) {
    const Surface image(cairo_image_surface_create_for_data(cells.data(), static_cast<cairo_format_t>(format), grid.width,
                                                            grid.height, stride));
    const Pattern pattern(cairo_pattern_create_for_surface(image.get()));
    cairo_pattern_set_filter(pattern.get(), CAIRO_FILTER_BILINEAR);
    cairo_matrix_t matrix;
    cairo_matrix_init_scale(&matrix, grid.width / static_cast<double>(area.width),
                            grid.height / static_cast<double>(area.height));
    cairo_matrix_translate(&matrix, -static_cast<double>(area.x), -static_cast<double>(area.y));
    cairo_pattern_set_matrix(pattern.get(), &matrix);
    cairo_save(cairo());
    cairo_rectangle(cairo(), static_cast<double>(area.x), static_cast<double>(area.y), static_cast<double>(area.width),
                    static_cast<double>(area.height));
    cairo_clip(cairo());
    if (ink != nullptr) {
        set_ink(*ink, alpha);
        cairo_mask(cairo(), pattern.get());
    } else {
        cairo_set_source(cairo(), pattern.get());
        cairo_paint_with_alpha(cairo(), alpha);
    }
    cairo_restore(cairo());
}

Canvas::Canvas() : parts_(std::make_unique<Parts>()) {}
Canvas::~Canvas() = default;
Canvas::Canvas(Canvas&&) noexcept = default;
Canvas& Canvas::operator=(Canvas&&) noexcept = default;

const std::string& Canvas::text_problem() const { return parts_->text_problem; }

void Canvas::begin(const Picture& picture) {
    parts_->resize(picture.size);
    cairo_surface_t* surface = parts_->surface.get();
    cairo_surface_flush(surface);
    to_bgrx(picture, cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface));
    cairo_surface_mark_dirty(surface);
}

void Canvas::dim(double share) {
    cairo_set_source_rgba(parts_->cairo(), 0, 0, 0, std::clamp(share, 0.0, 1.0));
    cairo_paint(parts_->cairo());
}

void Canvas::box(const Box& box, Ink ink, std::string_view label) {
    if (!finite(box)) return;
    const double x = static_cast<double>(box.x), y = static_cast<double>(box.y);
    cairo_new_path(parts_->cairo());
    cairo_rectangle(parts_->cairo(), x, y, static_cast<double>(box.width), static_cast<double>(box.height));
    parts_->stroke_outlined(ink);
    const double edge = parts_->line_width / 2;
    const double height = parts_->plate_height();
    parts_->plate(x - edge, y - height >= 0 ? y - height : y + edge, printable(label), ink);
}

void Canvas::path(std::span<const Point> points, Ink ink) {
    if (points.size() < 2 || !finite(points)) return;
    // A few strokes of rising opacity: each starts where the one before ended.
    constexpr std::size_t kSteps = 8;
    const std::size_t segments = points.size() - 1;
    cairo_set_line_width(parts_->cairo(), parts_->line_width * 1.1);
    for (std::size_t step = 0; step < kSteps; ++step) {
        const std::size_t begin = segments * step / kSteps, end = segments * (step + 1) / kSteps;
        if (begin == end) continue;
        parts_->trace(points.subspan(begin, end - begin + 1));
        parts_->set_ink(ink, 0.15 + 0.8 * static_cast<double>(step + 1) / kSteps);
        cairo_stroke(parts_->cairo());
    }
}

void Canvas::zone(std::span<const Point> polygon, Ink ink, std::string_view label) {
    if (polygon.size() < 3 || !finite(polygon)) return;
    parts_->trace(polygon);
    cairo_close_path(parts_->cairo());
    parts_->set_ink(ink, 0.18);
    cairo_fill_preserve(parts_->cairo());
    parts_->stroke_outlined(ink);
    const double edge = parts_->line_width;
    parts_->plate(static_cast<double>(polygon[0].x) + edge, static_cast<double>(polygon[0].y) + edge, printable(label), ink);
}

void Canvas::line(Point p, Point q, Ink ink, std::string_view label) {
    if (!finite(p) || !finite(q)) return;
    cairo_t* cairo = parts_->cairo();
    const std::array<Point, 2> ends{p, q};
    parts_->trace(ends);
    parts_->stroke_outlined(ink);
    const double dx = static_cast<double>(q.x) - static_cast<double>(p.x);
    const double dy = static_cast<double>(q.y) - static_cast<double>(p.y);
    const double length = std::hypot(dx, dy);
    if (length > 0) {
        // (-dy, dx) points to the right of p -> q, y being down.
        const double u = dx / length, v = dy / length, arrow = parts_->font_size * 1.6, head = parts_->font_size * 0.55;
        const double x = static_cast<double>(p.x) + dx / 2, y = static_cast<double>(p.y) + dy / 2;
        const double tip_x = x - v * arrow, tip_y = y + u * arrow;
        cairo_new_path(cairo);
        cairo_move_to(cairo, x, y);
        cairo_line_to(cairo, tip_x, tip_y);
        cairo_move_to(cairo, tip_x + (v - u) * head, tip_y + (-u - v) * head);
        cairo_line_to(cairo, tip_x, tip_y);
        cairo_line_to(cairo, tip_x + (v + u) * head, tip_y + (-u + v) * head);
        parts_->stroke_outlined(ink);
    }
    const double gap = parts_->line_width * 1.5;
    parts_->plate(static_cast<double>(p.x) + gap, static_cast<double>(p.y) - parts_->plate_height() - gap, printable(label),
                  ink);
}

void Canvas::mask(const Mask& mask, Ink ink) {
    const auto width = static_cast<std::size_t>(std::max(mask.size.width, 0));
    const auto height = static_cast<std::size_t>(std::max(mask.size.height, 0));
    if (width * height == 0 || mask.cells.size() != width * height || !finite(mask.area) || mask.area.area() <= 0) return;
    const int stride = cairo_format_stride_for_width(CAIRO_FORMAT_A8, mask.size.width);
    parts_->cells.assign(static_cast<std::size_t>(stride) * height, 0);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t x = 0; x < width; ++x)
            parts_->cells[y * static_cast<std::size_t>(stride) + x] = mask.cells[y * width + x] != 0 ? 255 : 0;
    parts_->paint_cells(CAIRO_FORMAT_A8, stride, mask.size, mask.area, &ink, 0.45);
}

void Canvas::segments(const SegmentMap& map, int background) {
    const auto count =
        static_cast<std::size_t>(std::max(map.size.width, 0)) * static_cast<std::size_t>(std::max(map.size.height, 0));
    if (count == 0 || map.classes.size() != count) return;
    parts_->cells.resize(4 * count);
    for (std::size_t i = 0; i < count; ++i) {
        const Ink ink = ink_of(map.classes[i]);
        const bool clear = map.classes[i] == background;
        const std::uint32_t pixel = clear ? 0U
                                          : 0xFF000000U | static_cast<std::uint32_t>(ink.red) << 16 |
                                                static_cast<std::uint32_t>(ink.green) << 8 | ink.blue;
        std::memcpy(parts_->cells.data() + 4 * i, &pixel, 4);
    }
    const Placement& placement = map.placement;
    const Box area{static_cast<float>(placement.offset_x), static_cast<float>(placement.offset_y),
                   static_cast<float>(map.size.width * placement.scale_x),
                   static_cast<float>(map.size.height * placement.scale_y)};
    if (!finite(area) || area.area() <= 0) return;
    parts_->paint_cells(CAIRO_FORMAT_ARGB32, 4 * map.size.width, map.size, area, nullptr, 0.45);
}

void Canvas::keypoints(std::span<const Keypoint> points, std::span<const std::pair<int, int>> bones, Ink ink) {
    const auto shown = [&](int index) {
        if (index < 0 || static_cast<std::size_t>(index) >= points.size()) return false;
        const Keypoint& keypoint = points[static_cast<std::size_t>(index)];
        return keypoint.visibility >= kVisible && finite(keypoint.point);
    };
    for (const auto& [from, to] : bones) {
        if (!shown(from) || !shown(to)) continue;
        const std::array<Point, 2> ends{points[static_cast<std::size_t>(from)].point,
                                        points[static_cast<std::size_t>(to)].point};
        parts_->trace(ends);
        parts_->stroke_outlined(ink);
    }
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (!shown(static_cast<int>(i))) continue;
        cairo_new_path(parts_->cairo());
        cairo_arc(parts_->cairo(), static_cast<double>(points[i].point.x), static_cast<double>(points[i].point.y),
                  parts_->line_width * 1.2, 0, 2 * std::numbers::pi);
        parts_->set_ink(kWhite);
        cairo_fill_preserve(parts_->cairo());
        parts_->set_ink(ink);
        cairo_set_line_width(parts_->cairo(), parts_->line_width * 0.8);
        cairo_stroke(parts_->cairo());
    }
}

void Canvas::text(Point at, std::string_view text, Ink ink) {
    if (!finite(at)) return;
    cairo_new_path(parts_->cairo());
    cairo_move_to(parts_->cairo(), static_cast<double>(at.x), static_cast<double>(at.y));
    cairo_text_path(parts_->cairo(), printable(text).c_str());
    const bool light = readable_on(ink) == kDark;
    parts_->set_ink(light ? kDark : kWhite, 0.85);
    cairo_set_line_width(parts_->cairo(), parts_->font_size * 0.22);
    cairo_stroke_preserve(parts_->cairo());
    parts_->set_ink(ink);
    cairo_fill(parts_->cairo());
}

void Canvas::panel(std::span<const std::pair<std::string, std::string>> rows) {
    if (rows.empty()) return;
    cairo_t* cairo = parts_->cairo();
    const double unit = parts_->font_size, step = unit * 1.5, padding = unit * 0.7;
    double names = 0, values = 0;
    for (const auto& [name, value] : rows) {
        names = std::max(names, parts_->text_width(printable(name)));
        values = std::max(values, parts_->text_width(printable(value)));
    }
    const double left = unit * 0.7, top = unit * 0.7;
    const double width = names + unit * 1.2 + values + 2 * padding;
    parts_->trace_rounded(left, top, width, step * static_cast<double>(rows.size()) + padding, unit * 0.45);
    parts_->set_ink(kDark, 0.72);
    cairo_fill(cairo);
    double y = top + padding / 2 + step / 2 + unit * 0.36;
    for (const auto& [name, value] : rows) {
        const std::string shown = printable(value);
        parts_->set_ink({205, 210, 218});
        cairo_move_to(cairo, left + padding, y);
        cairo_show_text(cairo, printable(name).c_str());
        parts_->set_ink(kWhite);
        cairo_move_to(cairo, left + width - padding - parts_->text_width(shown), y);
        cairo_show_text(cairo, shown.c_str());
        y += step;
    }
}

const Picture& Canvas::i420() {
    cairo_surface_t* surface = parts_->surface.get();
    FACET_ASSERT(surface != nullptr);
    cairo_surface_flush(surface);
    if (!parts_->i420) parts_->i420.emplace(PixelFormat::i420, parts_->size);
    bgrx_to_i420(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface), *parts_->i420);
    return parts_->i420->view();
}

const Picture& Canvas::bgr24() {
    cairo_surface_t* surface = parts_->surface.get();
    FACET_ASSERT(surface != nullptr);
    cairo_surface_flush(surface);
    if (!parts_->bgr24) parts_->bgr24.emplace(PixelFormat::bgr24, parts_->size);
    libyuv::ARGBToRGB24(cairo_image_surface_get_data(surface), cairo_image_surface_get_stride(surface),
                        parts_->bgr24->plane(0), static_cast<int>(parts_->bgr24->stride(0)), parts_->size.width,
                        parts_->size.height);
    return parts_->bgr24->view();
}

}  // namespace facet::image
