#pragma once
// Placement: where the pixels of an expert's input tensor lie in the picture they were taken from.

#include "media/geometry.h"

namespace facet {

/// The map from tensor pixels to picture pixels: picture = offset + tensor * scale, in each axis, in continuous
/// coordinates (the centre of the first pixel is 0.5). For a letterbox with its content at the top left: offset 0,
/// scale = picture / content.
struct Placement {
    Size tensor;   ///< input size of the expert, pixels
    Size picture;  ///< size of the whole picture, pixels
    double scale_x = 1;
    double scale_y = 1;
    double offset_x = 0;
    double offset_y = 0;

    Point to_picture(float x, float y) const {
        return {static_cast<float>(offset_x + x * scale_x), static_cast<float>(offset_y + y * scale_y)};
    }
    /// A box in tensor pixels as a box in picture pixels, clamped to the picture.
    Box to_picture(const Box& box) const {
        const Point top_left = to_picture(box.x, box.y);
        const Point bottom_right = to_picture(box.right(), box.bottom());
        return clamp(Box::from_corners(top_left.x, top_left.y, bottom_right.x, bottom_right.y), picture);
    }
    Point to_tensor(Point point) const {
        return {static_cast<float>((point.x - offset_x) / scale_x), static_cast<float>((point.y - offset_y) / scale_y)};
    }
};

}  // namespace facet
