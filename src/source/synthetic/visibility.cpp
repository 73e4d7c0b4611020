#include "source/synthetic/visibility.h"

#include <algorithm>

#include "base/assert.h"

namespace facet::source::synthetic {

namespace {

constexpr int kMaskSideMax = 4096;  // a thing that is larger than this on the picture is measured only this far

/// The mask of one thing: all of it, also beyond the picture.
MaskArea mask_of(const Drawing& drawing, Canvas& canvas) {
    const auto low = [](float value) { return static_cast<int>(std::floor(value)); };
    MaskArea mask;
    mask.x = low(drawing.box.x);
    mask.y = low(drawing.box.y);
    mask.width = std::min(kMaskSideMax, low(drawing.box.right()) + 1 - mask.x);
    mask.height = std::min(kMaskSideMax, low(drawing.box.bottom()) + 1 - mask.y);
    mask.cells.assign(static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height), 0);
    for (const Shape& shape : drawing.shapes) canvas.mark(mask, shape);
    return mask;
}

}  // namespace

Visibility::Visibility(Size picture)
    : picture_(picture), owners_(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height)) {}

void Visibility::put(const Drawing& drawing, Canvas& canvas) {
    FACET_ASSERT(pixels_.size() < 65'535);
    const auto index = static_cast<std::uint16_t>(pixels_.size() + 1);
    const MaskArea mask = mask_of(drawing, canvas);
    std::int64_t pixels = 0;
    const int begin = std::max(0, mask.x), end = std::min(picture_.width, mask.x + mask.width);
    for (int y = 0; y < mask.height; ++y) {
        const std::uint8_t* cells = mask.cells.data() + static_cast<std::ptrdiff_t>(y) * mask.width;
        for (int x = 0; x < mask.width; ++x) pixels += cells[x];
        const int row = mask.y + y;
        if (row < 0 || row >= picture_.height) continue;
        std::uint16_t* out = owners_.data() + static_cast<std::ptrdiff_t>(row) * picture_.width;
        for (int x = begin; x < end; ++x)
            if (cells[x - mask.x] != 0) out[x] = index;
    }
    pixels_.push_back(pixels);
}

Box Visibility::Extent::box() const {
    if (count == 0) return {};
    return Box::from_corners(static_cast<float>(left), static_cast<float>(top), static_cast<float>(right),
                             static_cast<float>(bottom));
}

Visibility::Extent Visibility::seen(std::size_t index, const Box& within) const {
    Extent extent{picture_.width, picture_.height, 0, 0, 0};
    const int right = std::min(picture_.width, static_cast<int>(within.right()) + 1);
    const int bottom = std::min(picture_.height, static_cast<int>(within.bottom()) + 1);
    for (int y = static_cast<int>(within.y); y < bottom; ++y)
        for (int x = static_cast<int>(within.x); x < right; ++x) {
            if (row(y)[x] != index + 1) continue;
            ++extent.count;
            extent.left = std::min(extent.left, x);
            extent.right = std::max(extent.right, x + 1);
            extent.top = std::min(extent.top, y);
            extent.bottom = y + 1;
        }
    return extent;
}

MaskTruth Visibility::mask(std::size_t index, const Extent& extent, std::int64_t id) const {
    MaskTruth mask{id, {}};
    std::uint32_t changed_at = 0;
    bool inside = false;
    const auto change = [&](std::uint32_t at) {
        mask.runs.push_back(at - changed_at);
        changed_at = at;
        inside = !inside;
    };
    const auto height = static_cast<std::uint32_t>(picture_.height);
    for (int x = extent.left; x < extent.right; ++x) {
        const std::uint32_t column = static_cast<std::uint32_t>(x) * height;
        for (int y = extent.top; y < extent.bottom; ++y)
            if ((row(y)[x] == index + 1) != inside) change(column + static_cast<std::uint32_t>(y));
        // A mask that fills its columns goes on in the next one.
        const bool goes_on = extent.top == 0 && extent.bottom == picture_.height && x + 1 < extent.right;
        if (inside && !goes_on) change(column + static_cast<std::uint32_t>(extent.bottom));
    }
    mask.runs.push_back(static_cast<std::uint32_t>(picture_.width) * height - changed_at);
    return mask;
}

}  // namespace facet::source::synthetic
