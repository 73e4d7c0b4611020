// The fast form. Per output row: the components are sampled at the wanted columns of the two rows of the picture around it,
// then converted, normalised and stored in one go. See kernels.h.

#include "image/preprocess.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <vector>

#include "base/assert.h"
#include "image/colour.h"
#include "image/fitting.h"
#include "image/homography.h"
#include "image/kernels.h"
#include "image/reduce.h"

namespace facet::image {

namespace {

/// One plane of a picture as a source of components.
struct Plane {
    const std::uint8_t* data = nullptr;
    std::ptrdiff_t stride = 0;
    Size size;
    int components = 1;     ///< interleaved bytes a pixel
    std::size_t first = 0;  ///< index of its first component among the picture's
    double ratio_x = 1;     ///< plane pixels a picture pixel
    double ratio_y = 1;
};

struct Planes {
    std::array<Plane, 3> plane;
    std::size_t count = 0;
    int components = 0;

    std::span<const Plane> used() const { return {plane.data(), count}; }
};

/// The planes that the wanted channels depend on: gray needs no chroma.
Planes planes_of(const Picture& picture, Channels channels) {
    Planes planes;
    const bool luma_only = channels == Channels::gray && picture.format != PixelFormat::bgr24;
    planes.count = luma_only ? 1 : static_cast<std::size_t>(plane_count(picture.format));
    for (std::size_t i = 0; i < planes.count; ++i) {
        Plane& plane = planes.plane[i];
        plane.data = picture.data[i];
        plane.stride = picture.stride[i];
        plane.size = plane_size(picture.format, picture.size, static_cast<int>(i));
        plane.first = i;
        if (picture.format == PixelFormat::bgr24) plane.components = 3;
        if (i > 0) {
            if (picture.format == PixelFormat::nv12) plane.components = 2;
            plane.ratio_x = picture.format == PixelFormat::i444 ? 1 : 0.5;
            plane.ratio_y = picture.format == PixelFormat::i444 || picture.format == PixelFormat::i422 ? 1 : 0.5;
        }
        planes.components += plane.components;
    }
    return planes;
}

/// The left (upper) one of two neighbours and the weight of the other. Both exist where extent >= 2.
struct Tap {
    int index;
    float weight;
};
Tap tap(double position, double ratio, int extent) {
    const double index = clamp_index(position * ratio - 0.5, extent);
    const int low = std::min(static_cast<int>(index), std::max(extent - 2, 0));
    return {low, static_cast<float>(index - low)};
}

/// Taps of the columns [left, right) of a tensor.
struct Columns {
    struct Key {
        double offset = 0, scale = 0, ratio = 0;
        int left = 0, right = 0, extent = 0, components = 0;
        friend bool operator==(const Key&, const Key&) = default;
    };
    Key key;
    std::uint64_t used = 0;  ///< when it was last asked for: the table that waited longest is replaced
    std::vector<std::int32_t> offset;
    std::vector<float> weight;

    void build(const Key& wanted) {
        key = wanted;
        const std::size_t count = kernels::padded(static_cast<std::size_t>(key.right - key.left));
        offset.resize(count);
        weight.resize(count);
        for (std::size_t i = 0; i < count; ++i) {
            const int x = std::min(key.left + static_cast<int>(i), key.right - 1);
            const Tap column = tap(key.offset + (x + 0.5) * key.scale, key.ratio, key.extent);
            offset[i] = column.index * key.components;
            weight[i] = column.weight;
        }
    }
};

kernels::Sample sampler_of(const Plane& plane) {
    return plane.components == 1 ? kernels::sample_1 : plane.components == 2 ? kernels::sample_2 : kernels::sample_3;
}

/// The part of a Mix that is the same for all rows: colour conversion, mean and scale, and clamping folded into one.
kernels::Mix conversion(const Picture& picture, const TensorSpec& spec, int components) {
    kernels::Mix mix;
    mix.components = components;
    mix.channels = spec.channels == Channels::gray ? 1 : 3;
    const std::array<Affine, 3> rgb = to_rgb(picture.format, picture.colour);
    for (std::size_t c = 0; c < static_cast<std::size_t>(mix.channels); ++c) {
        const Affine& channel = spec.channels == Channels::rgb ? rgb[c] : rgb[2 - c];
        const Affine affine = spec.channels == Channels::gray ? to_gray(picture.format, picture.colour) : channel;
        const double mean = spec.mean[c], scale = spec.scale[c];
        for (std::size_t i = 0; i < 3; ++i) mix.gain[c][i] = static_cast<float>(affine.weight[i] * scale);
        mix.bias[c] = static_cast<float>((affine.bias - mean) * scale);
        mix.low[c] = static_cast<float>(std::min((0 - mean) * scale, (255 - mean) * scale));
        mix.high[c] = static_cast<float>(std::max((0 - mean) * scale, (255 - mean) * scale));
    }
    return mix;
}

/// The output tensor as rows.
template <class T>
class Rows {
public:
    Rows(const TensorSpec& spec, void* out)
        : out_(static_cast<T*>(out)),
          width_(static_cast<std::size_t>(spec.size.width)),
          height_(static_cast<std::size_t>(spec.size.height)),
          channels_(spec.channels == Channels::gray ? 1 : 3),
          interleaved_(spec.layout == Layout::nhwc && channels_ == 3) {}

    void combine(const kernels::Mix& mix, int y, int left, int right) const {
        const auto count = static_cast<std::size_t>(right - left);
        const std::size_t pixel = static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(left);
        if (interleaved_) {
            kernels::combine_interleaved(mix, count, out_ + 3 * pixel);
            return;
        }
        std::array<T*, 3> rows{};
        for (std::size_t c = 0; c < channels_; ++c) rows[c] = out_ + c * width_ * height_ + pixel;
        kernels::combine_planar(mix, count, rows);
    }

    /// Fills the pixels [left, right) of row y from a row of padding as made by padding_row().
    void pad(const T* padding, int y, int left, int right) const {
        if (left >= right) return;
        const auto count = static_cast<std::size_t>(right - left);
        const std::size_t pixel = static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(left);
        if (interleaved_) {
            std::memcpy(out_ + 3 * pixel, padding, 3 * count * sizeof(T));
            return;
        }
        for (std::size_t c = 0; c < channels_; ++c)
            std::memcpy(out_ + c * width_ * height_ + pixel, padding + c * width_, count * sizeof(T));
    }

    /// One row of padding: channel after channel, or interleaved.
    void padding_row(const TensorSpec& spec, std::vector<T>& padding) const {
        padding.resize(3 * width_);
        for (std::size_t c = 0; c < channels_; ++c) {
            T value;
            if constexpr (std::is_same_v<T, float>)
                value = (spec.pad - spec.mean[c]) * spec.scale[c];
            else
                value = static_cast<T>(std::lrint(std::clamp(spec.pad, 0.0F, 255.0F)));
            for (std::size_t x = 0; x < width_; ++x) padding[interleaved_ ? 3 * x + c : c * width_ + x] = value;
        }
    }

private:
    T* out_;
    std::size_t width_, height_, channels_;
    bool interleaved_;
};

/// The kernels read two neighbours at once, so every plane must be two pixels wide.
bool too_narrow(const Picture& picture) { return picture.size.width <= 2; }

void check(const TensorSpec& spec) {
    FACET_ASSERT(spec.type == ElementType::f32 || spec.type == ElementType::u8);
    const std::array<float, 3> zero{0, 0, 0}, one{1, 1, 1};
    FACET_ASSERT(spec.type == ElementType::f32 || (spec.mean == zero && spec.scale == one));
    FACET_ASSERT(spec.sampling == Sampling::bilinear || spec.channels == Channels::gray);
}

}  // namespace

struct Scratch::State {
    /// A camera with two experts needs four tables; the crops of a cascade come and go.
    static constexpr std::size_t kColumnsMax = 16;
    std::array<Columns, kColumnsMax> columns;
    std::uint64_t uses = 0;

    std::array<std::vector<float>, 3> components;  ///< one sampled row of each
    std::vector<std::uint32_t> work;
    std::vector<std::int32_t> upper_offset, lower_offset;
    std::vector<float> right_weight, lower_weight;
    std::vector<float> padding_f32;
    std::vector<std::uint8_t> padding_u8;
    BlockBuffer blocks;

    const Columns& columns_for(const Columns::Key& key) {
        Columns* least_recent = columns.data();
        for (Columns& cached : columns) {
            if (cached.key == key) {
                cached.used = ++uses;
                return cached;
            }
            if (cached.used < least_recent->used) least_recent = &cached;
        }
        least_recent->build(key);
        least_recent->used = ++uses;
        return *least_recent;
    }

    /// Room for rows of `count` pixels. Vectors only grow in capacity, so the same sizes again allocate nothing.
    void begin(std::size_t count) {
        for (std::vector<float>& row : components) row.resize(count);
        work.resize(4 * count);
        upper_offset.resize(count);
        lower_offset.resize(count);
        right_weight.resize(count);
        lower_weight.resize(count);
    }

    /// Samples the components of a plane and enters them into `mix`.
    void sample(const Plane& plane, const std::uint8_t* upper, const std::uint8_t* lower, const kernels::Taps& taps,
                kernels::Mix& mix) {
        std::array<float*, 3> out{};
        for (std::size_t i = 0; i < static_cast<std::size_t>(plane.components); ++i) {
            out[i] = components[plane.first + i].data();
            mix.component[plane.first + i] = out[i];
        }
        sampler_of(plane)(upper, lower, taps, work.data(), out);
    }

    template <class T>
    std::vector<T>& padding() {
        if constexpr (std::is_same_v<T, float>)
            return padding_f32;
        else
            return padding_u8;
    }
};

Scratch::Scratch() : state_(std::make_unique<State>()) {}
Scratch::~Scratch() = default;
Scratch::Scratch(Scratch&&) noexcept = default;
Scratch& Scratch::operator=(Scratch&&) noexcept = default;

namespace {

template <class T>
void fill(const Picture& picture, const TensorSpec& spec, const Fitting& fitting, void* out, Scratch::State& scratch) {
    const Placement& placement = fitting.placement;
    const Planes planes = planes_of(picture, spec.channels);
    const Rows<T> rows(spec, out);
    std::vector<T>& padding = scratch.padding<T>();
    rows.padding_row(spec, padding);

    scratch.begin(kernels::padded(static_cast<std::size_t>(fitting.right - fitting.left)));
    std::array<const Columns*, 3> columns{};
    for (std::size_t i = 0; i < planes.count; ++i) {
        const Plane& plane = planes.plane[i];
        columns[i] = &scratch.columns_for({placement.offset_x, placement.scale_x, plane.ratio_x, fitting.left, fitting.right,
                                           plane.size.width, plane.components});
    }
    kernels::Mix mix = conversion(picture, spec, planes.components);

    for (int y = 0; y < spec.size.height; ++y) {
        if (y < fitting.top || y >= fitting.bottom) {
            rows.pad(padding.data(), y, 0, spec.size.width);
            continue;
        }
        for (std::size_t i = 0; i < planes.count; ++i) {
            const Plane& plane = planes.plane[i];
            const Tap line = tap(placement.offset_y + (y + 0.5) * placement.scale_y, plane.ratio_y, plane.size.height);
            const int below = std::min(line.index + 1, plane.size.height - 1);
            kernels::fill(scratch.lower_weight.data(), scratch.lower_weight.size(), line.weight);
            const std::vector<std::int32_t>& offset = columns[i]->offset;
            const kernels::Taps taps{offset.data(), offset.data(), columns[i]->weight.data(), scratch.lower_weight.data(),
                                     offset.size()};
            scratch.sample(plane, plane.data + line.index * plane.stride, plane.data + below * plane.stride, taps, mix);
        }
        rows.pad(padding.data(), y, 0, fitting.left);
        rows.combine(mix, y, fitting.left, fitting.right);
        rows.pad(padding.data(), y, fitting.right, spec.size.width);
    }
}

template <class T>
void fill_rectified(const Picture& picture, const TensorSpec& spec, const Homography& homography, void* out,
                    Scratch::State& scratch) {
    const Planes planes = planes_of(picture, spec.channels);
    const Rows<T> rows(spec, out);
    const std::size_t count = kernels::padded(static_cast<std::size_t>(spec.size.width));
    scratch.begin(count);
    const kernels::Taps taps{scratch.upper_offset.data(), scratch.lower_offset.data(), scratch.right_weight.data(),
                             scratch.lower_weight.data(), count};
    kernels::Mix mix = conversion(picture, spec, planes.components);

    for (int y = 0; y < spec.size.height; ++y) {
        for (std::size_t i = 0; i < planes.count; ++i) {
            const Plane& plane = planes.plane[i];
            FACET_ASSERT(std::abs(plane.stride) <= std::numeric_limits<std::int32_t>::max() / plane.size.height);
            for (std::size_t x = 0; x < count; ++x) {
                const Homography::Position position = homography(static_cast<double>(x) + 0.5, y + 0.5);
                const Tap column = tap(position.x, plane.ratio_x, plane.size.width);
                const Tap line = tap(position.y, plane.ratio_y, plane.size.height);
                const int below = std::min(line.index + 1, plane.size.height - 1);
                const auto stride = static_cast<std::int32_t>(plane.stride);
                scratch.upper_offset[x] = line.index * stride + column.index * plane.components;
                scratch.lower_offset[x] = below * stride + column.index * plane.components;
                scratch.right_weight[x] = column.weight;
                scratch.lower_weight[x] = line.weight;
            }
            scratch.sample(plane, plane.data, plane.data, taps, mix);
        }
        rows.combine(mix, y, 0, spec.size.width);
    }
}

}  // namespace

void to_tensor(const Picture& picture, const TensorSpec& spec, const Box& region, void* out, Scratch& scratch) {
    check(spec);
    Fitting fitting = fit_region(spec, picture.size, region);
    Picture source = picture;
    if (const Blocks blocks = blocks_of(spec, fitting.placement); blocks.any()) {
        source = block_means(picture, blocks, scratch.state().blocks);
        fitting.placement = in_blocks(fitting.placement, blocks);
    }
    if (too_narrow(source)) {
        reference::to_tensor(picture, spec, region, out);
        return;
    }
    if (spec.type == ElementType::f32)
        fill<float>(source, spec, fitting, out, scratch.state());
    else
        fill<std::uint8_t>(source, spec, fitting, out, scratch.state());
}

void rectify_to_tensor(const Picture& picture, const TensorSpec& spec, const std::array<Point, 4>& corners, void* out,
                       Scratch& scratch) {
    check(spec);
    if (too_narrow(picture)) {
        reference::rectify_to_tensor(picture, spec, corners, out);
        return;
    }
    const Homography homography(spec.size, corners);
    if (spec.type == ElementType::f32)
        fill_rectified<float>(picture, spec, homography, out, scratch.state());
    else
        fill_rectified<std::uint8_t>(picture, spec, homography, out, scratch.state());
}

}  // namespace facet::image
