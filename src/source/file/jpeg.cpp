#include "source/file/jpeg.h"

#include <turbojpeg.h>

#include <memory>
#include <type_traits>

#include "source/file/still.h"

namespace facet::source::file {

namespace {

struct Release {
    void operator()(void* decoder) const { tjDestroy(decoder); }
};
using Decoder = std::unique_ptr<std::remove_pointer_t<tjhandle>, Release>;

Result<Size> read_header(tjhandle decoder, std::span<const std::uint8_t> bytes) {
    Size size;
    int subsampling = 0;
    int colour = 0;
    if (tjDecompressHeader3(decoder, bytes.data(), bytes.size(), &size.width, &size.height, &subsampling, &colour) != 0)
        return fail(ErrorCode::corrupt, "{}", tjGetErrorStr2(decoder));
    if (size.width <= 0 || size.height <= 0) return fail(ErrorCode::corrupt, "a JPEG header without a picture");
    if (std::int64_t{size.width} * size.height > kPicturePixelsMax)
        return fail(ErrorCode::resource_exhausted, "{}x{} pixels, expected at most {} million", size.width, size.height,
                    kPicturePixelsMax / 1'000'000);
    if (colour == TJCS_CMYK || colour == TJCS_YCCK)
        return fail(ErrorCode::unsupported, "CMYK colours, expected RGB or gray");
    return size;
}

}  // namespace

bool is_jpeg(std::span<const std::uint8_t> bytes) { return bytes.size() > 2 && bytes[0] == 0xFF && bytes[1] == 0xD8; }

Result<Size> read_jpeg_size(std::span<const std::uint8_t> bytes) {
    const Decoder decoder(tjInitDecompress());
    return read_header(decoder.get(), bytes);
}

Result<JpegPicture> decode_jpeg(std::span<const std::uint8_t> bytes, ffmpeg::BufferPool& pool) {
    const Decoder decoder(tjInitDecompress());
    FACET_TRY(const Size size, read_header(decoder.get(), bytes));
    const int stride = (size.width * 3 + 63) / 64 * 64;
    const auto memory = pool.take(static_cast<std::size_t>(stride) * static_cast<std::size_t>(size.height));
    if (!memory) return fail(ErrorCode::resource_exhausted, "no memory for {}x{} pixels", size.width, size.height);
    JpegPicture picture;
    // LIMITSCANS: a small progressive file must not take hours.
    if (tjDecompress2(decoder.get(), bytes.data(), bytes.size(), memory.get(), size.width, stride, size.height, TJPF_BGR,
                      TJFLAG_LIMITSCANS) != 0) {
        if (tjGetErrorCode(decoder.get()) != TJERR_WARNING)
            return fail(ErrorCode::corrupt, "{}", tjGetErrorStr2(decoder.get()));
        picture.complaint = tjGetErrorStr2(decoder.get());
    }
    picture.image.layout = ffmpeg::ImageLayout::bgr24;
    picture.image.width = size.width;
    picture.image.height = size.height;
    picture.image.full_range = true;
    picture.image.planes.data[0] = memory.get();
    picture.image.planes.stride[0] = stride;
    picture.image.owner = memory;
    return picture;
}

}  // namespace facet::source::file
