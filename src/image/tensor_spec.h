#pragma once
// TensorSpec: what an expert wants its input tensor to look like.

#include <array>
#include <string_view>

#include "media/geometry.h"
#include "media/tensor.h"

namespace facet::image {

enum class Layout { nchw, nhwc };
enum class Channels { rgb, bgr, gray };

/// How a region of the picture is fitted to the tensor's width and height.
enum class Fit {
    stretch,             ///< both axes scaled on their own to fill the tensor
    letterbox_top_left,  ///< one scale, content at the top left, the rest padded
    letterbox_centred,   ///< one scale, content in the middle, the rest padded
    crop_centred,        ///< the short side of the region scaled to `short_side`, then the middle cut out (classification)
};

/// How a tensor's pixel is taken from the picture's.
enum class Sampling {
    bilinear,  ///< between the four nearest pixels, as detectors were trained with
    box_mean,  ///< gray tensors only: the mean of the pixels it covers (whole blocks, then bilinear), for low noise: motion
};

/// value = (sample - mean[c]) * scale[c], sample in 0..255, c in the order of `channels`. For u8 tensors mean must be 0 and
/// scale 1.
struct TensorSpec {
    ElementType type = ElementType::f32;  ///< f32 or u8
    Layout layout = Layout::nchw;
    Channels channels = Channels::rgb;
    Size size;  ///< of the tensor, pixels
    Fit fit = Fit::letterbox_top_left;
    int short_side = 0;  ///< of crop_centred
    Sampling sampling = Sampling::bilinear;
    float pad = 114;  ///< sample value of padding, before mean and scale
    std::array<float, 3> mean{0, 0, 0};
    std::array<float, 3> scale{1, 1, 1};

    /// The tensor's shape for a batch of `count`.
    Shape shape(std::int64_t count = 1) const {
        const std::int64_t depth = channels == Channels::gray ? 1 : 3;
        return layout == Layout::nchw ? Shape{count, depth, size.height, size.width}
                                      : Shape{count, size.height, size.width, depth};
    }
};

}  // namespace facet::image
