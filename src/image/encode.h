#pragma once
// Pictures as files: JPEG (libjpeg-turbo) for evidence and thumbnails, PNG (cairo) where every pixel counts.

#include <string>

#include "base/result.h"
#include "media/picture.h"

namespace facet::image {

struct JpegOptions {
    Box region{};       ///< picture pixels; without area: the whole picture
    int width_max = 0;  ///< a wider part is scaled down to this width (mean of the pixels); 0 = never
    int quality = 85;   ///< 1..100
};

/// The bytes of a baseline JPEG (4:2:0; gray for gray8). i420 in BT.601 goes straight into the encoder, other matrices
/// through RGB, since JPEG knows only BT.601 in full range. Error: a picture larger than JPEG's 65535 pixels a side.
Result<std::string> encode_jpeg(const Picture& picture, const JpegOptions& options = {});

/// The bytes of a PNG in RGB.
Result<std::string> encode_png(const Picture& picture);

}  // namespace facet::image
