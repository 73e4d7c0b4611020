#include "image/encode.h"

#include <cairo.h>
#include <libyuv.h>
#include <turbojpeg.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <utility>
#include <vector>

#include "image/convert.h"

namespace facet::image {

namespace {

constexpr int kJpegExtentMax = 65535;

struct DestroyCompressor {
    void operator()(void* handle) const { tjDestroy(handle); }
};
using Compressor = std::unique_ptr<void, DestroyCompressor>;

/// An i420 picture in full range, as JPEG wants it.
Picture to_full_range(const Picture& picture) {
    using Table = std::array<std::uint8_t, 256>;
    const auto table_of = [](double zero, double gain, double offset) {
        Table table{};
        for (std::size_t i = 0; i < table.size(); ++i)
            table[i] = static_cast<std::uint8_t>(
                std::lround(std::clamp((static_cast<double>(i) - zero) * gain + offset, 0.0, 255.0)));
        return table;
    };
    const Table luma = table_of(16, 255.0 / 219, 0);
    const Table chroma = table_of(128, 255.0 / 224, 128);
    PictureBuffer full(PixelFormat::i420, picture.size, {picture.colour.matrix, ColourRange::full});
    for (int i = 0; i < 3; ++i) {
        const auto plane = static_cast<std::size_t>(i);
        const Size size = plane_size(PixelFormat::i420, picture.size, i);
        const Table& table = i == 0 ? luma : chroma;
        for (int y = 0; y < size.height; ++y) {
            const std::uint8_t* from = picture.data[plane] + y * picture.stride[plane];
            std::transform(from, from + size.width, full.plane(i) + y * full.stride(i),
                           [&](std::uint8_t v) { return table[v]; });
        }
    }
    return std::move(full).release();
}

Picture scaled_down(const Picture& picture, Size size) {
    const Picture from = to_i420(picture);
    PictureBuffer to(PixelFormat::i420, size, from.colour);
    libyuv::I420Scale(from.data[0], static_cast<int>(from.stride[0]), from.data[1], static_cast<int>(from.stride[1]),
                      from.data[2], static_cast<int>(from.stride[2]), from.size.width, from.size.height, to.plane(0),
                      static_cast<int>(to.stride(0)), to.plane(1), static_cast<int>(to.stride(1)), to.plane(2),
                      static_cast<int>(to.stride(2)), size.width, size.height, libyuv::kFilterBox);
    return std::move(to).release();
}

/// Calls `compress` with a buffer large enough for any outcome; turbojpeg allocates nothing.
template <class Compress>
Result<std::string> compressed(Size size, int subsampling, const Compress& compress) {
    const Compressor handle(tjInitCompress());
    if (!handle) return fail(ErrorCode::internal, "JPEG encoder: {}", tjGetErrorStr2(nullptr));
    unsigned long bytes = tjBufSize(size.width, size.height, subsampling);
    std::string jpeg(bytes, '\0');
    auto* begin = reinterpret_cast<unsigned char*>(jpeg.data());
    if (compress(handle.get(), &begin, &bytes) != 0)
        return fail(ErrorCode::internal, "JPEG encoder: {}", tjGetErrorStr2(handle.get()));
    jpeg.resize(bytes);
    return jpeg;
}

Result<std::string> compress_planes(const Picture& picture, int subsampling, int quality) {
    return compressed(picture.size, subsampling, [&](tjhandle handle, unsigned char** jpeg, unsigned long* bytes) {
        std::array<const unsigned char*, 3> planes{picture.data[0], picture.data[1], picture.data[2]};
        const std::array<int, 3> strides{static_cast<int>(picture.stride[0]), static_cast<int>(picture.stride[1]),
                                         static_cast<int>(picture.stride[2])};
        return tjCompressFromYUVPlanes(handle, planes.data(), picture.size.width, strides.data(), picture.size.height,
                                       subsampling, jpeg, bytes, quality, TJFLAG_NOREALLOC);
    });
}

Result<std::string> compress_pixels(const std::uint8_t* pixels, std::ptrdiff_t stride, Size size, int pixel_format,
                                    int quality) {
    return compressed(size, TJSAMP_420, [&](tjhandle handle, unsigned char** jpeg, unsigned long* bytes) {
        return tjCompress2(handle, pixels, size.width, static_cast<int>(stride), size.height, pixel_format, jpeg, bytes,
                           TJSAMP_420, quality, TJFLAG_NOREALLOC);
    });
}

/// Rows of B G R 255 bytes.
std::vector<std::uint8_t> bgrx_of(const Picture& picture) {
    const std::ptrdiff_t stride = 4 * static_cast<std::ptrdiff_t>(picture.size.width);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(stride * picture.size.height));
    to_bgrx(picture, pixels.data(), stride);
    return pixels;
}

}  // namespace

Result<std::string> encode_jpeg(const Picture& picture, const JpegOptions& options) {
    Picture part = options.region.area() > 0 ? crop(picture, options.region) : picture;
    if (options.width_max > 0 && part.size.width > options.width_max) {
        const double scale = static_cast<double>(options.width_max) / part.size.width;
        part = scaled_down(part, {options.width_max, std::max(1, static_cast<int>(std::lround(part.size.height * scale)))});
    }
    if (part.size.width > kJpegExtentMax || part.size.height > kJpegExtentMax)
        return fail(ErrorCode::unsupported, "JPEG: {}x{} pixels, at most {} a side", part.size.width, part.size.height,
                    kJpegExtentMax);
    const int quality = std::clamp(options.quality, 1, 100);
    if (part.format == PixelFormat::gray8) return compress_planes(part, TJSAMP_GRAY, quality);
    if (part.format == PixelFormat::bgr24)
        return compress_pixels(part.data[0], part.stride[0], part.size, TJPF_BGR, quality);
    if (part.colour.matrix != ColourMatrix::bt601)
        return compress_pixels(bgrx_of(part).data(), 4 * static_cast<std::ptrdiff_t>(part.size.width), part.size, TJPF_BGRX,
                               quality);
    part = to_i420(part);
    if (part.colour.range == ColourRange::limited) part = to_full_range(part);
    return compress_planes(part, TJSAMP_420, quality);
}

Result<std::string> encode_png(const Picture& picture) {
    const int stride = cairo_format_stride_for_width(CAIRO_FORMAT_RGB24, picture.size.width);
    if (stride < 0) return fail(ErrorCode::unsupported, "PNG: {} pixels wide", picture.size.width);
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(stride) * static_cast<std::size_t>(picture.size.height));
    to_bgrx(picture, pixels.data(), stride);
    const std::unique_ptr<cairo_surface_t, decltype(&cairo_surface_destroy)> surface(
        cairo_image_surface_create_for_data(pixels.data(), CAIRO_FORMAT_RGB24, picture.size.width, picture.size.height,
                                            stride),
        &cairo_surface_destroy);
    std::string png;
    const auto append = [](void* closure, const unsigned char* bytes, unsigned int count) {
        static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(bytes), count);
        return CAIRO_STATUS_SUCCESS;
    };
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface.get(), append, &png);
    if (status != CAIRO_STATUS_SUCCESS) return fail(ErrorCode::internal, "PNG encoder: {}", cairo_status_to_string(status));
    return png;
}

}  // namespace facet::image
