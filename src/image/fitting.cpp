#include "image/fitting.h"

#include <cmath>

#include "base/assert.h"
#include "image/preprocess.h"

namespace facet::image {

namespace {

/// Begin and length of the part of [begin, begin + length) that a picture of `extent` pixels has, at least one pixel.
std::pair<double, double> usable(double begin, double length, int extent) {
    const double low = std::clamp(begin, 0.0, static_cast<double>(extent));
    const double high = std::clamp(begin + length, 0.0, static_cast<double>(extent));
    if (high - low >= 1) return {low, high - low};
    return {std::clamp((low + high) / 2 - 0.5, 0.0, extent - 1.0), 1.0};
}

/// The size to which a region of width * height pixels is scaled; may exceed the tensor only for crop_centred.
Size content_size(const TensorSpec& spec, double width, double height) {
    switch (spec.fit) {
        case Fit::stretch: return spec.size;
        case Fit::letterbox_top_left:
        case Fit::letterbox_centred: {
            const double scale = std::min(spec.size.width / width, spec.size.height / height);
            return {std::clamp(static_cast<int>(std::lround(width * scale)), 1, spec.size.width),
                    std::clamp(static_cast<int>(std::lround(height * scale)), 1, spec.size.height)};
        }
        case Fit::crop_centred: {
            // The long side is rounded down, as torchvision's Resize does: classifiers were trained on that.
            FACET_ASSERT(spec.short_side > 0);
            const double scale = spec.short_side / std::min(width, height);
            return {std::max(1, static_cast<int>(width * scale + 1e-6)),
                    std::max(1, static_cast<int>(height * scale + 1e-6))};
        }
    }
    return spec.size;
}

}  // namespace

Fitting fit_region(const TensorSpec& spec, Size picture, const Box& region) {
    FACET_ASSERT(spec.size.width > 0 && spec.size.height > 0);
    FACET_ASSERT(picture.width > 0 && picture.height > 0);
    FACET_ASSERT(std::isfinite(region.x) && std::isfinite(region.y));
    FACET_ASSERT(std::isfinite(region.width) && std::isfinite(region.height));
    const auto [x, width] = usable(region.x, region.width, picture.width);
    const auto [y, height] = usable(region.y, region.height, picture.height);
    const Size content = content_size(spec, width, height);
    const bool centred = spec.fit == Fit::letterbox_centred || spec.fit == Fit::crop_centred;
    const int left = centred ? (spec.size.width - content.width) / 2 : 0;
    const int top = centred ? (spec.size.height - content.height) / 2 : 0;

    Fitting fitting;
    fitting.placement.tensor = spec.size;
    fitting.placement.picture = picture;
    fitting.placement.scale_x = width / content.width;
    fitting.placement.scale_y = height / content.height;
    fitting.placement.offset_x = x - left * fitting.placement.scale_x;
    fitting.placement.offset_y = y - top * fitting.placement.scale_y;
    fitting.left = std::max(left, 0);
    fitting.top = std::max(top, 0);
    fitting.right = std::min(left + content.width, spec.size.width);
    fitting.bottom = std::min(top + content.height, spec.size.height);
    return fitting;
}

Placement place(const TensorSpec& spec, Size picture, const Box& region) {
    return fit_region(spec, picture, region).placement;
}

Placement place(const TensorSpec& spec, Size picture) {
    return place(spec, picture, {0, 0, static_cast<float>(picture.width), static_cast<float>(picture.height)});
}

}  // namespace facet::image
