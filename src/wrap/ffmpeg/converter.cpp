#include "wrap/ffmpeg/converter.h"

#include <libyuv/convert_argb.h>

#include <algorithm>
#include <utility>

#include "wrap/ffmpeg/messages.h"
#include "wrap/ffmpeg/pixels_internal.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

namespace facet::ffmpeg {

namespace {

AVPixelFormat format_of(const AVFrame& frame) { return static_cast<AVPixelFormat>(frame.format); }

Image describe(const AVFrame& frame, ImageLayout layout) {
    Image image;
    image.layout = layout;
    image.width = frame.width;
    image.height = frame.height;
    image.matrix = matrix_of(tag_value(frame.colorspace), frame.height);
    image.full_range = is_full_range(tag_value(frame.color_range), format_of(frame));
    return image;
}

/// An image over memory of `pool`, rows aligned to 64 bytes.
Result<Image> allocate(Image image, BufferPool& pool) {
    const AVPixelFormat format = pixel_format_of(image.layout);
    std::array<std::size_t, 3> offset{};
    std::size_t bytes = 0;
    const int planes = av_pix_fmt_count_planes(format);
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format);
    for (int i = 0; i < planes; ++i) {
        const auto index = static_cast<std::size_t>(i);
        const int shift_x = i > 0 ? description.log2_chroma_w : 0;
        const int shift_y = i > 0 ? description.log2_chroma_h : 0;
        const int samples = -((-image.width) >> shift_x) * description.comp[i].step;
        image.planes.stride[index] = (samples + 63) / 64 * 64;
        offset[index] = bytes;
        bytes +=
            static_cast<std::size_t>(image.planes.stride[index]) * static_cast<std::size_t>(-((-image.height) >> shift_y));
    }
    const auto memory = pool.take(bytes);
    if (!memory) return fail(ErrorCode::resource_exhausted, "no memory for a picture of {}x{}", image.width, image.height);
    for (int i = 0; i < planes; ++i) {
        const auto index = static_cast<std::size_t>(i);
        image.planes.data[index] = memory.get() + offset[index];
    }
    image.owner = memory;
    return image;
}

/// Whether samples are 16 bits each, packed RGB or gray: what PNG files with 16 bits decode to.
bool is_packed_16(AVPixelFormat format) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    const auto layout = description != nullptr ? nearest_layout(format) : ImageLayout::i420;
    return (layout == ImageLayout::bgr24 || layout == ImageLayout::gray8) && description->comp[0].depth == 16 &&
           (description->flags & (AV_PIX_FMT_FLAG_PLANAR | AV_PIX_FMT_FLAG_FLOAT | AV_PIX_FMT_FLAG_BAYER)) == 0;
}

/// The upper byte of each sample, as Pillow and OpenCV reduce 16 bits (swscale would round).
void take_upper_bytes(const AVFrame& frame, std::uint8_t* out, std::ptrdiff_t stride) {
    const AVPixFmtDescriptor& description = *av_pix_fmt_desc_get(format_of(frame));
    const int upper = (description.flags & AV_PIX_FMT_FLAG_BE) != 0 ? 0 : 1;
    const bool gray = description.nb_components < 3;
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.data[0] + std::ptrdiff_t{y} * frame.linesize[0] + upper;
        for (int channel = 0; channel < 3; ++channel) {
            const AVComponentDescriptor& component = description.comp[gray ? 0 : 2 - channel];
            const std::uint8_t* from = row + component.offset;
            std::uint8_t* to = out + y * stride + channel;
            for (int x = 0; x < frame.width; ++x, from += component.step, to += 3) *to = *from;
        }
    }
}

const libyuv::YuvConstants* libyuv_matrix(ImageMatrix matrix, bool full_range) {
    switch (matrix) {
        case ImageMatrix::bt601: return full_range ? &libyuv::kYuvJPEGConstants : &libyuv::kYuvI601Constants;
        case ImageMatrix::bt709: return full_range ? &libyuv::kYuvF709Constants : &libyuv::kYuvH709Constants;
        case ImageMatrix::bt2020: return full_range ? &libyuv::kYuvV2020Constants : &libyuv::kYuv2020Constants;
    }
    return &libyuv::kYuvI601Constants;
}

bool is_i420(AVPixelFormat format) { return format == AV_PIX_FMT_YUV420P || format == AV_PIX_FMT_YUVA420P; }

/// Chroma interpolated between its samples' middles, as libwebp and JPEG decoders do (swscale takes the nearest row).
void interpolate_i420(const AVFrame& frame, const Image& image, std::uint8_t* out) {
    libyuv::I420ToRGB24MatrixFilter(frame.data[0], frame.linesize[0], frame.data[1], frame.linesize[1], frame.data[2],
                                    frame.linesize[2], out, static_cast<int>(image.planes.stride[0]),
                                    libyuv_matrix(image.matrix, image.full_range), image.width, image.height,
                                    libyuv::kFilterBilinear);
}

void expand_gray(std::uint8_t* row, std::ptrdiff_t stride, int width, int height) {
    std::array<std::uint8_t, 256> table;
    for (int value = 0; value < 256; ++value)
        table[static_cast<std::size_t>(value)] =
            static_cast<std::uint8_t>(std::clamp(((value - 16) * 255 + 109) / 219, 0, 255));
    for (int y = 0; y < height; ++y, row += stride)
        std::transform(row, row + width, row, [&table](std::uint8_t value) { return table[value]; });
}

}  // namespace

std::shared_ptr<std::uint8_t> BufferPool::take(std::size_t bytes) {
    // The tail lets vector code read past the last row.
    constexpr std::size_t kTail = 64;
    if (bytes != bytes_ || !pool_) {
        pool_.reset(av_buffer_pool_init(bytes + kTail, nullptr));
        bytes_ = bytes;
    }
    AVBufferRef* buffer = pool_ ? av_buffer_pool_get(pool_.get()) : nullptr;
    if (buffer == nullptr) return nullptr;
    return {buffer->data, [buffer](std::uint8_t*) {
                AVBufferRef* held = buffer;
                av_buffer_unref(&held);
            }};
}

Status Converter::prepare_scaler(const AVFrame& frame, int target_format) {
    const ImageMatrix matrix = matrix_of(tag_value(frame.colorspace), frame.height);
    const bool full = is_full_range(tag_value(frame.color_range), format_of(frame));
    const std::array<int, 6> key{frame.width, frame.height, frame.format, target_format, static_cast<int>(matrix),
                                 full ? 1 : 0};
    if (scaler_ && key == scaler_key_) return {};
    const MessageScope messages;
    scaler_.reset(sws_alloc_context());
    SwsContext* scaler = scaler_.get();
    const bool to_rgb = target_format == AV_PIX_FMT_BGR24;
    av_opt_set_int(scaler, "srcw", frame.width, 0);
    av_opt_set_int(scaler, "srch", frame.height, 0);
    av_opt_set_int(scaler, "src_format", frame.format, 0);
    av_opt_set_int(scaler, "dstw", frame.width, 0);
    av_opt_set_int(scaler, "dsth", frame.height, 0);
    av_opt_set_int(scaler, "dst_format", target_format, 0);
    av_opt_set_int(scaler, "src_range", full ? 1 : 0, 0);
    av_opt_set_int(scaler, "dst_range", full || to_rgb ? 1 : 0, 0);
    av_opt_set_int(scaler, "sws_flags",
                   SWS_BILINEAR | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT, 0);
    int code = sws_init_context(scaler, nullptr, nullptr);
    if (code >= 0) {
        const int* coefficients = sws_getCoefficients(swscale_matrix(matrix));
        // Refuses pairs of formats that need no matrix; those need nothing set.
        sws_setColorspaceDetails(scaler, coefficients, full ? 1 : 0, coefficients, full || to_rgb ? 1 : 0, 0, 1 << 16,
                                 1 << 16);
        scaler_key_ = key;
        return {};
    }
    scaler_.reset();
    const char* format = av_get_pix_fmt_name(format_of(frame));
    return fail(ErrorCode::unsupported, "pixel format {} of a picture of {}x{} cannot be converted: {}",
                format != nullptr ? format : "unknown", frame.width, frame.height, messages.describe(code));
}

Result<Image> Converter::rescale(const AVFrame& frame, ImageLayout layout) {
    FACET_CHECK(prepare_scaler(frame, pixel_format_of(layout)));
    FACET_TRY(Image image, allocate(describe(frame, layout), scaled_));
    std::array<std::uint8_t*, 4> planes{};
    std::array<int, 4> strides{};
    for (std::size_t i = 0; i < 3; ++i) {
        planes[i] = const_cast<std::uint8_t*>(image.planes.data[i]);  // ours until it is given away
        strides[i] = static_cast<int>(image.planes.stride[i]);
    }
    const MessageScope messages;
    const int code = sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, planes.data(), strides.data());
    if (code < 0) return fail(ErrorCode::internal, "cannot convert a picture: {}", messages.describe(code));
    if (layout == ImageLayout::gray8 && !image.full_range) expand_gray(planes[0], strides[0], image.width, image.height);
    if (layout == ImageLayout::gray8 || layout == ImageLayout::bgr24) image.full_range = true;
    return image;
}

Result<Image> Converter::convert(const DecodedFrame& decoded, Orientation orientation) {
    const AVFrame& frame = *decoded.frame;
    const auto layout = direct_layout(format_of(frame));
    // Bottom-up pictures (negative strides) and limited-range gray need a copy too.
    const bool direct = layout && frame.linesize[0] > 0 &&
                        (layout != ImageLayout::gray8 || is_full_range(tag_value(frame.color_range), format_of(frame)));
    Image image;
    if (direct) {
        image = describe(frame, *layout);
        for (std::size_t i = 0; i < 3; ++i) {
            image.planes.data[i] = frame.data[i];
            image.planes.stride[i] = frame.linesize[i];
        }
        image.owner = decoded.frame;
    } else {
        FACET_TRY(image, rescale(frame, layout.value_or(nearest_layout(format_of(frame)))));
    }
    if (orientation == Orientation::upright) return image;
    return turn(image, orientation, turned_);
}

Result<Image> Converter::convert_to_bgr24(const DecodedFrame& decoded, Orientation orientation) {
    const AVFrame& frame = *decoded.frame;
    Image image;
    if (is_packed_16(format_of(frame)) || is_i420(format_of(frame))) {
        FACET_TRY(image, allocate(describe(frame, ImageLayout::bgr24), scaled_));
        auto* out = const_cast<std::uint8_t*>(image.planes.data[0]);  // ours until it is given away
        if (is_i420(format_of(frame))) {
            interpolate_i420(frame, image, out);
        } else {
            take_upper_bytes(frame, out, image.planes.stride[0]);
        }
        image.full_range = true;
    } else {
        FACET_TRY(image, rescale(frame, ImageLayout::bgr24));
    }
    if (orientation == Orientation::upright) return image;
    return turn(image, orientation, turned_);
}

}  // namespace facet::ffmpeg
