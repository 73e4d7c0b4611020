extern "C" {
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
}

#include "wrap/ffmpeg/pixels_internal.h"

namespace facet::ffmpeg {

std::optional<ImageLayout> direct_layout(AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_YUV420P:
        case AV_PIX_FMT_YUVJ420P: return ImageLayout::i420;
        case AV_PIX_FMT_NV12: return ImageLayout::nv12;
        case AV_PIX_FMT_YUV422P:
        case AV_PIX_FMT_YUVJ422P: return ImageLayout::i422;
        case AV_PIX_FMT_YUV444P:
        case AV_PIX_FMT_YUVJ444P: return ImageLayout::i444;
        case AV_PIX_FMT_BGR24: return ImageLayout::bgr24;
        case AV_PIX_FMT_GRAY8: return ImageLayout::gray8;
        default: return std::nullopt;
    }
}

ImageLayout nearest_layout(AVPixelFormat format) {
    const AVPixFmtDescriptor* description = av_pix_fmt_desc_get(format);
    if (description == nullptr) return ImageLayout::bgr24;
    constexpr std::uint64_t kColour = AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER;
    if ((description->flags & kColour) != 0) return ImageLayout::bgr24;
    if (description->nb_components < 3) return ImageLayout::gray8;
    if (description->log2_chroma_w == 0) return ImageLayout::i444;
    return description->log2_chroma_h == 0 ? ImageLayout::i422 : ImageLayout::i420;
}

AVPixelFormat pixel_format_of(ImageLayout layout) {
    switch (layout) {
        case ImageLayout::i420: return AV_PIX_FMT_YUV420P;
        case ImageLayout::nv12: return AV_PIX_FMT_NV12;
        case ImageLayout::i422: return AV_PIX_FMT_YUV422P;
        case ImageLayout::i444: return AV_PIX_FMT_YUV444P;
        case ImageLayout::bgr24: return AV_PIX_FMT_BGR24;
        case ImageLayout::gray8: return AV_PIX_FMT_GRAY8;
    }
    return AV_PIX_FMT_NONE;
}

ImageMatrix matrix_of(int space, int height) {
    switch (space) {
        case AVCOL_SPC_BT709:
        case AVCOL_SPC_SMPTE240M: return ImageMatrix::bt709;  // 240M's coefficients differ from 709's by less than 1 %
        case AVCOL_SPC_FCC:
        case AVCOL_SPC_BT470BG:
        case AVCOL_SPC_SMPTE170M: return ImageMatrix::bt601;
        case AVCOL_SPC_BT2020_NCL:
        case AVCOL_SPC_BT2020_CL: return ImageMatrix::bt2020;
        default: return height >= 720 ? ImageMatrix::bt709 : ImageMatrix::bt601;
    }
}

int swscale_matrix(ImageMatrix matrix) {
    switch (matrix) {
        case ImageMatrix::bt601: return SWS_CS_ITU601;
        case ImageMatrix::bt709: return SWS_CS_ITU709;
        case ImageMatrix::bt2020: return SWS_CS_BT2020;
    }
    return SWS_CS_DEFAULT;
}

bool is_full_range(int range, AVPixelFormat format) {
    switch (format) {
        case AV_PIX_FMT_YUVJ420P:
        case AV_PIX_FMT_YUVJ422P:
        case AV_PIX_FMT_YUVJ444P:
        case AV_PIX_FMT_YUVJ440P:
        case AV_PIX_FMT_YUVJ411P: return true;
        default: break;
    }
    if (range != AVCOL_RANGE_UNSPECIFIED) return range == AVCOL_RANGE_JPEG;
    // Gray and RGB without a tag are full, as libswscale takes them.
    const ImageLayout layout = direct_layout(format).value_or(nearest_layout(format));
    return layout == ImageLayout::gray8 || layout == ImageLayout::bgr24;
}

}  // namespace facet::ffmpeg
