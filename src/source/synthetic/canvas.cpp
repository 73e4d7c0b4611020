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

template <class Row>
void Canvas::scan(const Shape& shape, const Clip& clip, const Row& row) {
    std::int32_t top = INT32_MAX;
    std::int32_t bottom = INT32_MIN;
    for (const auto& corner : shape.outline()) {
        top = std::min(top, corner.y);
        bottom = std::max(bottom, corner.y);
    }
    const int row_begin = std::max(clip.top, top >> 8);
    const int row_end = std::min(clip.bottom, (bottom + 255) >> 8);
    if (shape.count < 3 || row_begin >= row_end) return;
    const auto sub_rows = static_cast<std::size_t>((row_end - row_begin) * kSubRows);
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
        const int begin = std::max(clip.left, outer_left >> 8);
        const int end = std::min(clip.right, (outer_right + 255) >> 8);
        if (begin >= end) continue;
        const bool has_inner = inner_left != INT32_MAX && inner_right != INT32_MIN && inner_left < inner_right;
        const int full_begin = has_inner ? std::clamp((inner_left + 255) >> 8, begin, end) : end;
        const int full_end = has_inner ? std::clamp(inner_right >> 8, full_begin, end) : end;
        row_.resize(static_cast<std::size_t>(end - begin));
        const auto partly = [&](int from, int to) {
            for (int x = from; x < to; ++x) {
                int covered = 0;
                for (int k = 0; k < kSubRows; ++k) {
                    if (lefts[k] >= rights[k]) continue;
                    covered += std::max(0, std::min(rights[k], (x + 1) * 256) - std::max(lefts[k], x * 256));
                }
                row_[static_cast<std::size_t>(x - begin)] = static_cast<std::uint8_t>(std::min(255, covered / kSubRows));
            }
        };
        partly(begin, full_begin);
        std::memset(row_.data() + (full_begin - begin), 255, static_cast<std::size_t>(full_end - full_begin));
        partly(full_end, end);
        row(y, begin, std::span<const std::uint8_t>(row_));
    }
}

void Canvas::draw_luma(const Planes& planes, const Shape& shape, int y, int x, std::span<const std::uint8_t> coverage) {
    const Ink& ink = shape.ink;
    std::uint8_t* out = planes.y + y * planes.stride + x;
    const auto count = coverage.size();
    if (ink.darkens) {
        darken(out, coverage.data(), count, 16, ink.opacity);
        return;
    }
    if (ink.grain == 0 && ink.slope_x == 0 && ink.slope_y == 0) {
        blend_value(out, coverage.data(), count, ink.y, ink.opacity);
        return;
    }
    values_.resize(count);
    const std::int8_t* texels =
        tile(ink.pattern).data() + (((y - shape.anchor_y) * shape.tile_step) >> 8 & (kTileSide - 1)) * kTileSide;
    int across = (x - shape.anchor_x) * shape.tile_step;
    int level = ink.y * 256 + (y - shape.anchor_y) * ink.slope_y + (x - shape.anchor_x) * ink.slope_x;
    for (std::size_t i = 0; i < count; ++i) {
        const int value = (level >> 8) + ((texels[(across >> 8) & (kTileSide - 1)] * ink.grain) >> 7);
        values_[i] = static_cast<std::uint8_t>(std::clamp(value, 16, 235));
        across += shape.tile_step;
        level += ink.slope_x;
    }
    blend_values(out, coverage.data(), count, values_.data(), ink.opacity);
}

void Canvas::draw_chroma(const Planes& planes, const Shape& shape, int y) {
    if (chroma_begin_ >= chroma_end_) return;
    const auto count = static_cast<std::size_t>(chroma_end_ - chroma_begin_);
    row_.resize(count);
    const std::uint16_t* sums = chroma_.data() + chroma_begin_;
    for (std::size_t i = 0; i < count; ++i) row_[i] = static_cast<std::uint8_t>(sums[i] >> 2);
    const std::ptrdiff_t offset = (y / 2) * planes.chroma_stride + chroma_begin_;
    if (shape.ink.darkens) {
        const int softer = shape.ink.opacity / 2;  // shadows keep some of the colour
        darken(planes.u + offset, row_.data(), count, 128, softer);
        darken(planes.v + offset, row_.data(), count, 128, softer);
    } else {
        blend_value(planes.u + offset, row_.data(), count, shape.ink.u, shape.ink.opacity);
        blend_value(planes.v + offset, row_.data(), count, shape.ink.v, shape.ink.opacity);
    }
    std::fill(chroma_.begin() + chroma_begin_, chroma_.begin() + chroma_end_, std::uint16_t{0});
    chroma_begin_ = planes.width;
    chroma_end_ = 0;
}

void Canvas::draw(const Planes& planes, const Shape& shape) {
    if (chroma_.size() < static_cast<std::size_t>(planes.width / 2))
        chroma_.assign(static_cast<std::size_t>(planes.width / 2), 0);
    chroma_begin_ = planes.width;
    chroma_end_ = 0;
    int last = -1;
    scan(shape, {0, 0, planes.width, planes.height}, [&](int y, int x, std::span<const std::uint8_t> coverage) {
        draw_luma(planes, shape, y, x, coverage);
        if (last >= 0 && y / 2 != last / 2) {
            // draw_chroma reuses the coverage row, which `coverage` still points to: keep it aside.
            values_.assign(coverage.begin(), coverage.end());
            draw_chroma(planes, shape, last);
            coverage = values_;
        }
        last = y;
        const int end = x + static_cast<int>(coverage.size());
        chroma_begin_ = std::min(chroma_begin_, x / 2);
        chroma_end_ = std::max(chroma_end_, (end + 1) / 2);
        sum_pairs(chroma_.data() + x / 2, coverage.data(), coverage.size(), x & 1);
    });
    if (last >= 0) draw_chroma(planes, shape, last);
}

void Canvas::mark(MaskArea& mask, const Shape& shape) {
    if (!shape.ink.counts) return;
    const Clip clip{mask.x, mask.y, mask.x + mask.width, mask.y + mask.height};
    scan(shape, clip, [&](int y, int x, std::span<const std::uint8_t> coverage) {
        std::uint8_t* out = mask.cells.data() + static_cast<std::ptrdiff_t>(y - mask.y) * mask.width + (x - mask.x);
        for (std::size_t i = 0; i < coverage.size(); ++i) out[i] |= static_cast<std::uint8_t>(coverage[i] >= kMarkedFrom);
    });
}

void Canvas::glow(const Planes& planes, int x, int y, int radius, int strength, int tint_u, int tint_v) {
    if (radius <= 0 || strength <= 0) return;
    const int radius_squared = radius * radius;
    const int top = std::max(0, y - radius), bottom = std::min(planes.height, y + radius + 1);
    const int left = std::max(0, x - radius), right = std::min(planes.width, x + radius + 1);
    for (int row = top; row < bottom; ++row) {
        std::uint8_t* out = planes.y + row * planes.stride;
        for (int column = left; column < right; ++column) {
            const int distance = (row - y) * (row - y) + (column - x) * (column - x);
            if (distance >= radius_squared) continue;
            const int near = 256 - distance * 256 / radius_squared;
            const int added = (((strength * near) >> 8) * near) >> 8;
            out[column] = static_cast<std::uint8_t>(std::min(235, out[column] + added));
            if (((row | column) & 1) != 0) continue;
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
