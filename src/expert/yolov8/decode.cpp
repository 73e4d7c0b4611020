#include <algorithm>
#include <cmath>
#include <limits>

#include "expert/yolov8/yolov8.h"

namespace facet::expert::yolov8 {

namespace {
constexpr std::size_t kBox = 4;  // cx, cy, w, h
}

std::vector<Candidate> decode(const Head& head, const Selection& selection) {
    // Class by class through contiguous memory: almost no score passes, so the best of an anchor is found among few.
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> candidate_of(head.anchors, kNone);
    std::vector<Candidate> candidates;
    for (std::size_t label = 0; label < head.classes; ++label) {
        const float* scores = head.values.data() + (kBox + label) * head.anchors;
        for (std::size_t anchor = 0; anchor < head.anchors; ++anchor) {
            if (scores[anchor] < selection.threshold) continue;
            if (candidate_of[anchor] == kNone) {
                candidate_of[anchor] = static_cast<std::uint32_t>(candidates.size());
                candidates.push_back({.box = {}, .score = -1, .label = 0, .index = static_cast<std::uint32_t>(anchor)});
            }
            Candidate& candidate = candidates[candidate_of[anchor]];
            if (scores[anchor] <= candidate.score) continue;
            candidate.score = scores[anchor];
            candidate.label = static_cast<int>(label);
        }
    }
    std::erase_if(candidates, [&](const Candidate& candidate) { return !selection.keeps(candidate.label); });
    for (Candidate& candidate : candidates) {
        const std::size_t anchor = candidate.index;
        const float width = head.at(2, anchor);
        const float height = head.at(3, anchor);
        candidate.box = {head.at(0, anchor) - width / 2, head.at(1, anchor) - height / 2, std::max(0.0F, width),
                         std::max(0.0F, height)};
    }
    // Equal scores are resolved by position in the picture, not by the order of classes.
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.index < b.index; });
    return candidates;
}

Mask decode_mask(const Head& head, const Prototypes& prototypes, std::size_t anchor, const Box& box,
                 const Placement& placement) {
    const int left = static_cast<int>(std::floor(box.x));
    const int top = static_cast<int>(std::floor(box.y));
    Mask mask;
    mask.size = {static_cast<int>(std::ceil(box.right())) - left, static_cast<int>(std::ceil(box.bottom())) - top};
    const Point corner = placement.to_picture(static_cast<float>(left), static_cast<float>(top));
    mask.area = {corner.x, corner.y, static_cast<float>(mask.size.width * placement.scale_x),
                 static_cast<float>(mask.size.height * placement.scale_y)};
    mask.cells.assign(static_cast<std::size_t>(mask.size.width) * static_cast<std::size_t>(mask.size.height), 0);

    // Prototype cells that the box's pixels are interpolated from.
    const Size grid = prototypes.size;
    const float cells_per_x = static_cast<float>(grid.width) / static_cast<float>(placement.tensor.width);
    const float cells_per_y = static_cast<float>(grid.height) / static_cast<float>(placement.tensor.height);
    const auto cell_of = [](int pixel, float cells_per_pixel, int cells) {  // centres lie at +0.5
        return std::clamp((static_cast<float>(pixel) + 0.5F) * cells_per_pixel - 0.5F, 0.0F, static_cast<float>(cells - 1));
    };
    const int first_x = static_cast<int>(cell_of(left, cells_per_x, grid.width));
    const int first_y = static_cast<int>(cell_of(top, cells_per_y, grid.height));
    const int last_x =
        std::min(static_cast<int>(cell_of(left + mask.size.width, cells_per_x, grid.width)) + 1, grid.width - 1);
    const int last_y =
        std::min(static_cast<int>(cell_of(top + mask.size.height, cells_per_y, grid.height)) + 1, grid.height - 1);
    const auto columns = static_cast<std::size_t>(last_x - first_x + 1);
    std::vector<float> logits(columns * static_cast<std::size_t>(last_y - first_y + 1), 0.0F);
    for (std::size_t k = 0; k < prototypes.count; ++k) {
        const float coefficient = head.at(kBox + head.classes + k, anchor);
        const float* prototype =
            prototypes.values.data() + k * static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height);
        for (int y = first_y; y <= last_y; ++y) {
            const float* source = prototype + static_cast<std::ptrdiff_t>(y) * grid.width + first_x;
            float* sum = logits.data() + static_cast<std::size_t>(y - first_y) * columns;
            for (std::size_t x = 0; x < columns; ++x) sum[x] += coefficient * source[x];
        }
    }
    const auto logit = [&](int x, int y) {
        return logits[static_cast<std::size_t>(std::min(y, last_y) - first_y) * columns +
                      static_cast<std::size_t>(std::min(x, last_x) - first_x)];
    };
    std::size_t index = 0;
    for (int row = 0; row < mask.size.height; ++row) {
        const float y = cell_of(top + row, cells_per_y, grid.height);
        const int y0 = static_cast<int>(y);
        const float weight_y = y - static_cast<float>(y0);
        for (int column = 0; column < mask.size.width; ++column, ++index) {
            const float x = cell_of(left + column, cells_per_x, grid.width);
            const int x0 = static_cast<int>(x);
            const float weight_x = x - static_cast<float>(x0);
            const float upper = logit(x0, y0) + (logit(x0 + 1, y0) - logit(x0, y0)) * weight_x;
            const float lower = logit(x0, y0 + 1) + (logit(x0 + 1, y0 + 1) - logit(x0, y0 + 1)) * weight_x;
            mask.cells[index] = upper + (lower - upper) * weight_y > 0 ? 1 : 0;  // sigmoid > 0.5
        }
    }
    return mask;
}

std::vector<Keypoint> decode_keypoints(const Head& head, std::size_t count, std::size_t anchor, const Placement& placement) {
    std::vector<Keypoint> keypoints(count);
    for (std::size_t k = 0; k < count; ++k) {
        const std::size_t channel = kBox + head.classes + 3 * k;
        keypoints[k].point = placement.to_picture(head.at(channel, anchor), head.at(channel + 1, anchor));
        keypoints[k].visibility = std::clamp(head.at(channel + 2, anchor), 0.0F, 1.0F);
    }
    return keypoints;
}

}  // namespace facet::expert::yolov8
