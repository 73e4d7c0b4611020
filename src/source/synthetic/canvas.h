#pragma once
// Canvas: convex shapes with smooth edges, drawn into the planes of an i420 picture or counted in a mask. Integers only:
// the same bytes on every machine.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "media/geometry.h"
#include "source/synthetic/texture.h"

namespace facet::source::synthetic {

/// Writable planes of an i420 picture; width and height are even. Borrowed.
struct Planes {
    std::uint8_t* y = nullptr;
    std::uint8_t* u = nullptr;
    std::uint8_t* v = nullptr;
    std::ptrdiff_t stride = 0;
    std::ptrdiff_t chroma_stride = 0;
    int width = 0;
    int height = 0;
};

/// How a shape is filled.
struct Ink {
    std::uint8_t y = 128;
    std::uint8_t u = 128;
    std::uint8_t v = 128;
    std::uint8_t opacity = 255;
    Pattern pattern = Pattern::smooth;
    std::uint8_t grain = 0;    ///< height of the pattern: luma steps for a tile value of 127
    std::int16_t slope_x = 0;  ///< luma steps in 1/256 per pixel away from the anchor: round things
    std::int16_t slope_y = 0;
    bool darkens = false;  ///< a shadow: luma and colour shrink by `opacity` instead of being painted
    bool counts = true;    ///< part of the object's outline (shadows and glows are not)
};

/// A convex polygon in pixels, coordinates in 1/256. The pattern is fixed to the anchor, so that it moves with the object.
struct Shape {
    static constexpr int kPointsMax = 16;
    struct Corner {
        std::int32_t x = 0;
        std::int32_t y = 0;
    };
    std::array<Corner, kPointsMax> corners;
    int count = 0;
    Ink ink;
    int anchor_x = 0;  ///< pixels
    int anchor_y = 0;
    int zoom = 8;  ///< size of the pattern, see kTilePeriods

    std::span<const Corner> outline() const { return {corners.data(), static_cast<std::size_t>(count)}; }
};

/// A mask over a rectangle of the picture that may stand beyond its borders; one byte a pixel, 0 or 1.
struct MaskArea {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> cells;
};

/// Draws. Keeps scratch rows, so one canvas per thread.
class Canvas {
public:
    void draw(const Planes& planes, const Shape& shape);
    /// Sets the cells that the shape covers by at least 3/8 (not 1/2: two faces that share an edge leave no gap there).
    void mark(MaskArea& mask, const Shape& shape);
    /// A round glow that adds light: `strength` luma steps in its centre, falling to 0 at `radius`.
    static void glow(const Planes& planes, int x, int y, int radius, int strength, int tint_u, int tint_v);

private:
    struct Clip {
        int left, top, right, bottom;
    };
    /// What a shape covers of one row: [begin, end), of which [full_begin, full_end) wholly.
    struct Row {
        int y = -1;
        int begin = 0, full_begin = 0, full_end = 0, end = 0;
        std::vector<std::uint8_t> coverage;  // 0..255, from begin on
        int at(int x) const { return x < begin || x >= end ? 0 : coverage[static_cast<std::size_t>(x - begin)]; }
    };
    /// Calls each(row) for every row that the shape covers inside the clip, top to bottom. A row stays valid until the next
    /// but one, so that the two rows of a chroma sample are there together.
    template <class Each>
    void scan(const Shape& shape, const Clip& clip, const Each& each);
    void find_sides(const Shape& shape, int row_begin, std::size_t sub_rows);
    void draw_luma(const Planes& planes, const Shape& shape, const Row& row);
    void draw_chroma(const Planes& planes, const Ink& ink, int pair);
    void blend_chroma(const Planes& planes, const Ink& ink, const Row& upper, const Row& lower, int pair, int begin,
                      int end);

    std::vector<std::int32_t> left_;  // per sub-row, in 1/256 pixel
    std::vector<std::int32_t> right_;
    std::array<Row, 2> rows_;  // even and odd
    std::vector<std::uint8_t> values_;
};

}  // namespace facet::source::synthetic
