#include "source/synthetic/canvas.h"

#include <algorithm>
#include <climits>
#include <cstring>

#include "source/synthetic/pixel_kernels.h"

namespace facet::source::synthetic {

namespace {
constexpr int kSubRows = 4;
constexpr int kSubStep = 256 / kSubRows;
constexpr int kMarkedFrom = 96;
}  // namespace

void Canvas::find_sides(const Shape& shape, int row_begin, std::size_t sub_rows) {
    left_.assign(sub_rows, INT32_MAX);
    right_.assign(sub_rows, INT32_MIN);
    // Sub-row k is sampled at its middle: y = row_begin * 256 + k * kSubStep + kSubStep / 2.
    const std::int32_t first_sample = row_begin * 256 + kSubStep / 2;
    for (int i = 0; i < shape.count; ++i) {
        auto a = shape.corners[static_cast<std::size_t>(i)];
        auto b = shape.corners[static_cast<std::size_t>((i + 1) % shape.count)];
        if (a.y == b.y) continue;
        if (a.y > b.y) std::swap(a, b);
        const std::int64_t slope = (static_cast<std::int64_t>(b.x - a.x) * 65536) / (b.y - a.y);
        const int begin = std::max(0, (a.y - first_sample + kSubStep - 1) >> 6);
        const int end = std::min(static_cast<int>(sub_rows), (b.y - first_sample + kSubStep - 1) >> 6);
        for (int k = begin; k < end; ++k) {
            const auto x = static_cast<std::int32_t>(a.x + ((slope * (first_sample + k * kSubStep - a.y)) >> 16));
            auto& left = left_[static_cast<std::size_t>(k)];
            auto& right = right_[static_cast<std::size_t>(k)];
            left = std::min(left, x);
            right = std::max(right, x);
        }
    }
}

template <class Each>
void Canvas::scan(const Shape& shape, const Clip& clip, const Each& each) {
    std::int32_t top = INT32_MAX, bottom = INT32_MIN;
    for (const auto& corner : shape.outline()) {
        top = std::min(top, corner.y);
        bottom = std::max(bottom, corner.y);
    }
    const int row_begin = std::max(clip.top, top >> 8);
    const int row_end = std::min(clip.bottom, (bottom + 255) >> 8);
    if (shape.count < 3 || row_begin >= row_end) return;
    find_sides(shape, row_begin, static_cast<std::size_t>((row_end - row_begin) * kSubRows));
    for (int y = row_begin; y < row_end; ++y) {
        const std::int32_t* lefts = left_.data() + static_cast<std::ptrdiff_t>(y - row_begin) * kSubRows;
        const std::int32_t* rights = right_.data() + static_cast<std::ptrdiff_t>(y - row_begin) * kSubRows;
        std::int32_t outer_left = INT32_MAX, outer_right = INT32_MIN, inner_left = INT32_MIN, inner_right = INT32_MAX;
        for (int k = 0; k < kSubRows; ++k) {
            outer_left = std::min(outer_left, lefts[k]);
            outer_right = std::max(outer_right, rights[k]);
            inner_left = std::max(inner_left, lefts[k]);
            inner_right = std::min(inner_right, rights[k]);
        }
        if (outer_left >= outer_right) continue;
        Row& row = rows_[static_cast<std::size_t>(y & 1)];
        row.y = y;
        row.begin = std::max(clip.left, outer_left >> 8);
        row.end = std::min(clip.right, (outer_right + 255) >> 8);
        if (row.begin >= row.end) continue;
        const bool has_inner = inner_left != INT32_MAX && inner_right != INT32_MIN && inner_left < inner_right;
        row.full_begin = has_inner ? std::clamp((inner_left + 255) >> 8, row.begin, row.end) : row.end;
        row.full_end = has_inner ? std::clamp(inner_right >> 8, row.full_begin, row.end) : row.end;
        const auto width = static_cast<std::size_t>(row.end - row.begin);
        if (row.coverage.size() < width) row.coverage.resize(width);
        std::uint8_t* coverage = row.coverage.data() - row.begin;
        const auto partly = [&](int from, int to) {
            for (int x = from; x < to; ++x) {
                int covered = 0;
                for (int k = 0; k < kSubRows; ++k) {
                    if (lefts[k] >= rights[k]) continue;
                    covered += std::max(0, std::min(rights[k], (x + 1) * 256) - std::max(lefts[k], x * 256));
                }
                coverage[x] = static_cast<std::uint8_t>(std::min(255, covered / kSubRows));
            }
        };
        partly(row.begin, row.full_begin);
        std::memset(coverage + row.full_begin, 255, static_cast<std::size_t>(row.full_end - row.full_begin));
        partly(row.full_end, row.end);
        each(row);
    }
}

void Canvas::draw_luma(const Planes& planes, const Shape& shape, const Row& row) {
    const Ink& ink = shape.ink;
    std::uint8_t* out = planes.y + row.y * planes.stride;
    const std::uint8_t* coverage = row.coverage.data() - row.begin;
    const auto width = static_cast<std::size_t>(row.end - row.begin);
    if (ink.darkens) return darken(out + row.begin, coverage + row.begin, width, 16, ink.opacity);
    // The wholly covered middle of an opaque shape is written, not blended.
    const int full_begin = ink.opacity == 255 ? row.full_begin : row.end;
    const int full_end = ink.opacity == 255 ? row.full_end : row.end;
    const auto blended = [&](int begin, int end, const auto& blend) {
        if (begin < end) blend(out + begin, coverage + begin, static_cast<std::size_t>(end - begin), begin);
    };
    if (ink.grain == 0 && ink.slope_x == 0 && ink.slope_y == 0) {
        const auto flat = [&](std::uint8_t* at, const std::uint8_t* covered, std::size_t count, int) {
            blend_value(at, covered, count, ink.y, ink.opacity);
        };
        blended(row.begin, full_begin, flat);
        std::memset(out + full_begin, ink.y, static_cast<std::size_t>(full_end - full_begin));
        blended(full_end, row.end, flat);
        return;
    }
    values_.resize(width);
    const int period = kTilePeriods[static_cast<std::size_t>(shape.zoom)];
    const std::int8_t* texels = tile_row(ink.pattern, shape.zoom, row.y - shape.anchor_y);
    const int level = ink.y * 256 + (row.y - shape.anchor_y) * ink.slope_y;
    const auto fill = [&](std::uint8_t* at, int begin, int end) {
        int phase = (begin - shape.anchor_x) % period;
        if (phase < 0) phase += period;
        for (int x = begin; x < end;) {
            const int stretch = std::min(end - x, period - phase);
            shade_row(at, texels + phase, static_cast<std::size_t>(stretch), ink.grain,
                      level + (x - shape.anchor_x) * ink.slope_x, ink.slope_x);
            at += stretch;
            x += stretch;
            phase = 0;
        }
    };
    const auto textured = [&](std::uint8_t* at, const std::uint8_t* covered, std::size_t count, int begin) {
        fill(values_.data(), begin, begin + static_cast<int>(count));
        blend_values(at, covered, count, values_.data(), ink.opacity);
    };
    blended(row.begin, full_begin, textured);
    fill(out + full_begin, full_begin, full_end);
    blended(full_end, row.end, textured);
}

void Canvas::blend_chroma(const Planes& planes, const Ink& ink, const Row& upper, const Row& lower, int pair, int begin,
                          int end) {
    if (begin >= end) return;
    const auto count = static_cast<std::size_t>(end - begin);
    values_.resize(count);
    for (int x = begin; x < end; ++x)
        values_[static_cast<std::size_t>(x - begin)] =
            static_cast<std::uint8_t>((upper.at(2 * x) + upper.at(2 * x + 1) + lower.at(2 * x) + lower.at(2 * x + 1)) >> 2);
    const std::ptrdiff_t offset = pair * planes.chroma_stride + begin;
    if (ink.darkens) {
        const int softer = ink.opacity / 2;  // shadows keep some of the colour
        darken(planes.u + offset, values_.data(), count, 128, softer);
        darken(planes.v + offset, values_.data(), count, 128, softer);
    } else {
        blend_value(planes.u + offset, values_.data(), count, ink.u, ink.opacity);
        blend_value(planes.v + offset, values_.data(), count, ink.v, ink.opacity);
    }
}

void Canvas::draw_chroma(const Planes& planes, const Ink& ink, int pair) {
    static const Row kNothing;
    const Row& upper = rows_[0].y == 2 * pair ? rows_[0] : kNothing;
    const Row& lower = rows_[1].y == 2 * pair + 1 ? rows_[1] : kNothing;
    const int begin = std::min(upper.y < 0 ? INT_MAX : upper.begin, lower.y < 0 ? INT_MAX : lower.begin) / 2;
    const int end = (std::max(upper.end, lower.end) + 1) / 2;
    int full_begin = end, full_end = end;
    if (ink.opacity == 255 && !ink.darkens && upper.y >= 0 && lower.y >= 0) {
        full_begin = std::clamp((std::max(upper.full_begin, lower.full_begin) + 1) / 2, begin, end);
        full_end = std::clamp(std::min(upper.full_end, lower.full_end) / 2, full_begin, end);
    }
    blend_chroma(planes, ink, upper, lower, pair, begin, full_begin);
    const std::ptrdiff_t offset = pair * planes.chroma_stride + full_begin;
    std::memset(planes.u + offset, ink.u, static_cast<std::size_t>(full_end - full_begin));
    std::memset(planes.v + offset, ink.v, static_cast<std::size_t>(full_end - full_begin));
    blend_chroma(planes, ink, upper, lower, pair, full_end, end);
}

void Canvas::draw(const Planes& planes, const Shape& shape) {
    rows_[0].y = rows_[1].y = -1;
    int pair = -1;
    scan(shape, {0, 0, planes.width, planes.height}, [&](const Row& row) {
        draw_luma(planes, shape, row);
        // The row before the last of another pair is overwritten only after this call: chroma is drawn when its pair ends.
        pair = row.y / 2;
        if (row.y % 2 == 1) {
            draw_chroma(planes, shape.ink, pair);
            pair = -1;
        }
    });
    if (pair >= 0) draw_chroma(planes, shape.ink, pair);
}

void Canvas::mark(MaskArea& mask, const Shape& shape) {
    if (!shape.ink.counts) return;
    const Clip clip{mask.x, mask.y, mask.x + mask.width, mask.y + mask.height};
    scan(shape, clip, [&](const Row& row) {
        std::uint8_t* out = mask.cells.data() + static_cast<std::ptrdiff_t>(row.y - mask.y) * mask.width - mask.x;
        const std::uint8_t* coverage = row.coverage.data() - row.begin;
        for (int x = row.begin; x < row.full_begin; ++x) out[x] |= static_cast<std::uint8_t>(coverage[x] >= kMarkedFrom);
        std::memset(out + row.full_begin, 1, static_cast<std::size_t>(row.full_end - row.full_begin));
        for (int x = row.full_end; x < row.end; ++x) out[x] |= static_cast<std::uint8_t>(coverage[x] >= kMarkedFrom);
    });
}

void Canvas::glow(const Planes& planes, int x, int y, int radius, int strength, int tint_u, int tint_v) {
    if (radius <= 0 || strength <= 0) return;
    const int radius_squared = radius * radius;
    const int per_distance = (256 << 14) / radius_squared;  // 1/16384: how much nearer to the rim a unit of distance is
    const int top = std::max(0, y - radius), bottom = std::min(planes.height, y + radius + 1);
    const int left = std::max(0, x - radius), right = std::min(planes.width, x + radius + 1);
    const auto added_at = [&](int row, int column) {
        const int distance = (row - y) * (row - y) + (column - x) * (column - x);
        const int near = std::max(0, 256 - ((distance * per_distance) >> 14));
        return (((strength * near) >> 8) * near) >> 8;
    };
    for (int row = top; row < bottom; ++row) {
        std::uint8_t* out = planes.y + row * planes.stride;
        for (int column = left; column < right; ++column)
            out[column] = static_cast<std::uint8_t>(std::min(235, out[column] + added_at(row, column)));
        if (row % 2 != 0) continue;
        for (int column = (left + 1) & ~1; column < right; column += 2) {
            const int added = added_at(row, column);
            const std::ptrdiff_t at = (row / 2) * planes.chroma_stride + column / 2;
            const auto shifted = [added](std::uint8_t value, int tint) {
                return static_cast<std::uint8_t>(std::clamp(value + ((added * tint) >> 7), 16, 240));
            };
            planes.u[at] = shifted(planes.u[at], tint_u);
            planes.v[at] = shifted(planes.v[at], tint_v);
        }
    }
}

}  // namespace facet::source::synthetic
