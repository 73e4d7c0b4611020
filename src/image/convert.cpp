#include "image/convert.h"

#include <libyuv.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "image/colour.h"
#include "image/kernels.h"

namespace facet::image {

namespace {

int stride_of(const Picture& picture, std::size_t plane) { return static_cast<int>(picture.stride[plane]); }

// Note on conversion to RGB: libyuv's own holds coefficients in seven bits, and the blue of BT.709 and BT.2020 in limited
// range (2.11, 2.14) does not fit: its blues are up to 14 of 255 too dark. So only planes are moved by libyuv here.
void ycbcr_to_bgrx(const Picture& picture, std::uint8_t* out, std::ptrdiff_t stride) {
    const std::array<Affine, 3> rgb = to_rgb(picture.format, picture.colour);
    kernels::ToBytes conversion;
    for (std::size_t c = 0; c < 3; ++c) {
        for (std::size_t i = 0; i < 3; ++i) conversion.gain[c][i] = static_cast<float>(rgb[2 - c].weight[i]);
        conversion.bias[c] = static_cast<float>(rgb[2 - c].bias);
    }
    const Size chroma = plane_size(picture.format, picture.size, 1);
    const auto width = static_cast<std::size_t>(picture.size.width);
    const auto chroma_width = static_cast<std::size_t>(chroma.width);
    const int rows_each = chroma.height == picture.size.height ? 1 : 2;
    // Chroma of one row, doubled to the width of luma.
    std::vector<std::uint8_t> u(2 * chroma_width), v(2 * chroma_width), pairs(2 * chroma_width);
    for (int y = 0; y < picture.size.height; ++y) {
        const std::ptrdiff_t row = y / rows_each;
        std::array<const std::uint8_t*, 3> components{picture.data[0] + y * picture.stride[0], u.data(), v.data()};
        if (picture.format == PixelFormat::i444) {
            components[1] = picture.data[1] + row * picture.stride[1];
            components[2] = picture.data[2] + row * picture.stride[2];
        } else if (y % rows_each == 0) {
            const std::uint8_t* u_row = picture.data[1] + row * picture.stride[1];
            const std::uint8_t* v_row = picture.data[2] + row * picture.stride[2];
            if (picture.format == PixelFormat::nv12) {
                libyuv::SplitUVPlane(u_row, 0, pairs.data(), 0, pairs.data() + chroma_width, 0, chroma.width, 1);
                u_row = pairs.data();
                v_row = pairs.data() + chroma_width;
            }
            libyuv::MergeUVPlane(u_row, 0, u_row, 0, u.data(), 0, chroma.width, 1);
            libyuv::MergeUVPlane(v_row, 0, v_row, 0, v.data(), 0, chroma.width, 1);
        }
        kernels::to_bgrx(components, conversion, width, out + y * stride);
    }
}

Picture gray_to_i420(const Picture& picture) {
    PictureBuffer buffer(PixelFormat::i420, picture.size, {picture.colour.matrix, ColourRange::full});
    libyuv::CopyPlane(picture.data[0], stride_of(picture, 0), buffer.plane(0), static_cast<int>(buffer.stride(0)),
                      picture.size.width, picture.size.height);
    const Size chroma = plane_size(PixelFormat::i420, picture.size, 1);
    for (const int plane : {1, 2})
        libyuv::SetPlane(buffer.plane(plane), static_cast<int>(buffer.stride(plane)), chroma.width, chroma.height, 128);
    return std::move(buffer).release();
}

}  // namespace

void to_bgrx(const Picture& picture, std::uint8_t* out, std::ptrdiff_t stride) {
    const int from_stride = stride_of(picture, 0), to_stride = static_cast<int>(stride);
    const auto [width, height] = picture.size;
    if (picture.format == PixelFormat::bgr24)
        libyuv::RGB24ToARGB(picture.data[0], from_stride, out, to_stride, width, height);
    else if (picture.format == PixelFormat::gray8)
        libyuv::J400ToARGB(picture.data[0], from_stride, out, to_stride, width, height);
    else
        ycbcr_to_bgrx(picture, out, stride);
}

void bgrx_to_i420(const std::uint8_t* bgrx, std::ptrdiff_t stride, PictureBuffer& out) {
    FACET_ASSERT(out.view().format == PixelFormat::i420);
    libyuv::ARGBToI420(bgrx, static_cast<int>(stride), out.plane(0), static_cast<int>(out.stride(0)), out.plane(1),
                       static_cast<int>(out.stride(1)), out.plane(2), static_cast<int>(out.stride(2)), out.size().width,
                       out.size().height);
}

Picture to_i420(const Picture& picture) {
    if (picture.format == PixelFormat::i420) return picture;
    if (picture.format == PixelFormat::gray8) return gray_to_i420(picture);
    const bool ycbcr = picture.format != PixelFormat::bgr24;
    PictureBuffer buffer(PixelFormat::i420, picture.size, ycbcr ? picture.colour : Colour{});
    const std::uint8_t *y = picture.data[0], *u = picture.data[1], *v = picture.data[2];
    const int width = picture.size.width, height = picture.size.height;
    const auto into = [&](auto convert, auto... source) {
        convert(source..., buffer.plane(0), static_cast<int>(buffer.stride(0)), buffer.plane(1),
                static_cast<int>(buffer.stride(1)), buffer.plane(2), static_cast<int>(buffer.stride(2)), width, height);
    };
    const int y_stride = stride_of(picture, 0), u_stride = stride_of(picture, 1), v_stride = stride_of(picture, 2);
    switch (picture.format) {
        case PixelFormat::nv12: into(libyuv::NV12ToI420, y, y_stride, u, u_stride); break;
        case PixelFormat::i422: into(libyuv::I422ToI420, y, y_stride, u, u_stride, v, v_stride); break;
        case PixelFormat::i444: into(libyuv::I444ToI420, y, y_stride, u, u_stride, v, v_stride); break;
        case PixelFormat::bgr24: into(libyuv::RGB24ToI420, y, y_stride); break;
        default: break;
    }
    return std::move(buffer).release();
}

Picture crop(const Picture& picture, const Box& region) {
    const auto [width, height] = picture.size;
    const bool halved_x =
        picture.format == PixelFormat::i420 || picture.format == PixelFormat::nv12 || picture.format == PixelFormat::i422;
    const bool halved_y = halved_x && picture.format != PixelFormat::i422;
    const Box inside = clamp(region, picture.size);
    const auto begin = [](float at, int extent, bool even) {
        const int whole = std::clamp(static_cast<int>(std::floor(at)), 0, extent - 1);
        return even ? whole / 2 * 2 : whole;
    };
    const int left = begin(inside.x, width, halved_x);
    const int top = begin(inside.y, height, halved_y);
    const int right = std::clamp(static_cast<int>(std::ceil(inside.right())), left + 1, width);
    const int bottom = std::clamp(static_cast<int>(std::ceil(inside.bottom())), top + 1, height);

    Picture part = picture;
    part.size = {right - left, bottom - top};
    for (int i = 0; i < plane_count(picture.format); ++i) {
        const auto plane = static_cast<std::size_t>(i);
        const int x = i > 0 && halved_x ? left / 2 : left;
        const int y = i > 0 && halved_y ? top / 2 : top;
        const int bytes = picture.format == PixelFormat::bgr24 ? 3 : (picture.format == PixelFormat::nv12 && i == 1 ? 2 : 1);
        part.data[plane] += y * picture.stride[plane] + x * bytes;
    }
    return part;
}

}  // namespace facet::image
