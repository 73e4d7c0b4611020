#pragma once
// Pictures to tensors, in one pass: resize, letterbox, colour conversion and normalisation, without an intermediate picture.
// Every function has a scalar reference (namespace reference) and a SIMD form (Highway, chosen at run time) that equals it
// within 1e-5 relative for f32 and 1 for u8.
//
// Sampling is bilinear with pixel centres at +0.5 (as OpenCV's INTER_LINEAR and PyTorch's align_corners=False), without
// antialiasing, clamped at the edges. With Sampling::box_mean pictures that shrink n times or more (n whole, per axis) are
// first averaged in blocks of n pixels from the left top. Chroma of YCbCr pictures is sampled bilinearly at its own
// resolution, sited in the middle of the luma samples it covers. Conversion: BT.601, BT.709 or BT.2020, limited or full
// range, as the picture says.

#include <array>
#include <memory>

#include "image/tensor_spec.h"
#include "media/picture.h"
#include "media/placement.h"

namespace facet::image {

/// Where the tensor's pixels will lie in the picture, for a region of it (picture pixels).
Placement place(const TensorSpec& spec, Size picture, const Box& region);
/// The same for the whole picture.
Placement place(const TensorSpec& spec, Size picture);

/// Row buffers and tables of columns, reused from call to call: nothing is allocated once it has seen a geometry of each
/// size. Used by one thread at a time. The last geometries stay cached, so that a camera's next frame finds its tables.
class Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;

    struct State;  ///< private to preprocess.cpp
    State& state() { return *state_; }

private:
    std::unique_ptr<State> state_;
};

/// Writes one tensor (batch of one) of spec.shape() to `out`, which has room for it. place() of the same arguments says
/// where its pixels lie. A region that reaches out of the picture is cut to it, and is at least one pixel wide and high.
/// Pixels of the tensor that lie outside of `region`'s content are padded. Any thread, each with a `scratch` of its own.
void to_tensor(const Picture& picture, const TensorSpec& spec, const Box& region, void* out, Scratch& scratch);

/// Four-corner rectification: the quadrilateral `corners` (left top, right top, right bottom, left bottom, picture pixels,
/// continuous coordinates) is mapped to the whole tensor by a homography, sampled bilinearly.
void rectify_to_tensor(const Picture& picture, const TensorSpec& spec, const std::array<Point, 4>& corners, void* out,
                       Scratch& scratch);

namespace reference {
void to_tensor(const Picture& picture, const TensorSpec& spec, const Box& region, void* out);
void rectify_to_tensor(const Picture& picture, const TensorSpec& spec, const std::array<Point, 4>& corners, void* out);
}  // namespace reference

}  // namespace facet::image
