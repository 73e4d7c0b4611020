#include "source/file/still.h"

#include <utility>

#include "source/file/exif.h"
#include "source/file/jpeg.h"
#include "source/file/pixels.h"
#include "wrap/ffmpeg/decoder.h"
#include "wrap/ffmpeg/demuxer.h"

namespace facet::source::file {

namespace {

Still to_still(ffmpeg::Image image, std::string complaint) {
    Still still{to_picture(std::move(image)), std::move(complaint)};
    still.picture.colour.range = ColourRange::full;
    return still;
}

}  // namespace

Result<Still> StillDecoder::decode(std::span<const std::uint8_t> bytes, const std::string& name) {
    if (bytes.empty()) return fail(ErrorCode::corrupt, "{}: an empty file, expected a picture", name);
    const ffmpeg::Orientation orientation = exif_orientation(bytes);
    if (is_jpeg(bytes)) {
        auto jpeg = decode_jpeg(bytes, jpegs_);
        if (jpeg) {
            std::string complaint =
                jpeg->complaint.empty() ? "" : fmt::format("{}: a damaged picture: {}", name, jpeg->complaint);
            if (orientation == ffmpeg::Orientation::upright) return to_still(std::move(jpeg->image), std::move(complaint));
            FACET_TRY(auto turned, ffmpeg::turn(jpeg->image, orientation, turned_));
            return to_still(std::move(turned), std::move(complaint));
        }
        // FFmpeg knows rarer forms: CMYK, lossless, 12 bits.
        if (jpeg.error().code != ErrorCode::unsupported) return fail(jpeg.error().within(name));
    }
    FACET_TRY(auto demuxer, ffmpeg::Demuxer::open(bytes, name, std::nullopt));
    FACET_TRY(auto decoder, ffmpeg::Decoder::open(demuxer, 1, kPicturePixelsMax));
    ffmpeg::Packet packet;
    ffmpeg::DecodedFrame decoded;
    FACET_TRY(const bool found, demuxer.read(packet));
    if (!found) return fail(ErrorCode::corrupt, "{}: no picture in it", name);
    if (const auto sent = decoder.send(packet, monotonic_now()); !sent) return fail(sent.error().within(name));
    if (const auto drained = decoder.drain(); !drained) return fail(drained.error().within(name));
    const auto received = decoder.receive(decoded);
    if (!received) return fail(received.error().within(name));
    if (*received != ffmpeg::Decoder::Next::frame) return fail(ErrorCode::corrupt, "{}: no picture in it", name);
    auto image = converter_.convert_to_bgr24(decoded, orientation);
    if (!image) return fail(image.error().within(name));
    return to_still(std::move(*image), decoded.is_concealed ? fmt::format("{}: a damaged picture", name) : "");
}

}  // namespace facet::source::file
