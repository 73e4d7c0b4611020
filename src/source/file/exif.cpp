#include "source/file/exif.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace facet::source::file {

namespace {

using ffmpeg::Orientation;
using Bytes = std::span<const std::uint8_t>;

/// The bytes from `offset` on, at most `count` of them; empty where the offset lies behind the end.
Bytes part(Bytes bytes, std::size_t offset, std::size_t count = std::dynamic_extent) {
    if (offset > bytes.size()) return {};
    return bytes.subspan(offset, std::min(count, bytes.size() - offset));
}

bool starts_with(Bytes bytes, std::string_view text) {
    return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char a, std::uint8_t b) {
               return static_cast<std::uint8_t>(a) == b;
           });
}

/// An unsigned number of `count` bytes at `offset`, 0 behind the end.
std::uint32_t number(Bytes bytes, std::size_t offset, std::size_t count, bool little_endian) {
    if (offset + count > bytes.size()) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[offset + (little_endian ? count - 1 - i : i)];
    return value;
}

Orientation orientation_of_tiff(Bytes tiff) {
    const bool little = starts_with(tiff, std::string_view("II\x2a\0", 4));
    if (!little && !starts_with(tiff, std::string_view("MM\0\x2a", 4))) return Orientation::upright;
    const std::size_t directory = number(tiff, 4, 4, little);
    const std::size_t entries = number(tiff, directory, 2, little);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t entry = directory + 2 + 12 * i;
        if (entry + 12 > tiff.size()) break;
        if (number(tiff, entry, 2, little) != 0x0112) continue;
        const std::uint32_t value = number(tiff, entry + 8, 2, little);
        return value >= 1 && value <= 8 ? static_cast<Orientation>(value) : Orientation::upright;
    }
    return Orientation::upright;
}

Orientation orientation_of_jpeg(Bytes file) {
    std::size_t offset = 2;
    while (offset + 4 <= file.size() && file[offset] == 0xFF) {
        const std::uint8_t marker = file[offset + 1];
        if (marker == 0xFF) {  // padding
            ++offset;
            continue;
        }
        if (marker == 0xDA || marker == 0xD9) break;  // pixels, end
        const std::size_t length = number(file, offset + 2, 2, false);
        if (length < 2) break;
        const Bytes segment = part(file, offset + 4, length - 2);
        if (marker == 0xE1 && starts_with(segment, std::string_view("Exif\0\0", 6)))
            return orientation_of_tiff(part(segment, 6));
        offset += 2 + length;
    }
    return Orientation::upright;
}

/// PNG and WebP: chunks of tag and length, padded to `align`.
Orientation orientation_of_chunks(Bytes file, std::size_t offset, bool png) {
    while (offset + 8 <= file.size()) {
        const std::size_t length = number(file, offset + (png ? 0 : 4), 4, !png);
        const Bytes tag = part(file, offset + (png ? 4 : 0), 4);
        if (starts_with(tag, png ? "eXIf" : "EXIF")) {
            Bytes body = part(file, offset + 8, length);
            if (starts_with(body, std::string_view("Exif\0\0", 6))) body = part(body, 6);
            return orientation_of_tiff(body);
        }
        offset += 8 + length + (png ? 4 : length % 2);
    }
    return Orientation::upright;
}

}  // namespace

Orientation exif_orientation(Bytes file) {
    if (starts_with(file, "\xFF\xD8")) return orientation_of_jpeg(file);
    if (starts_with(file, "\x89PNG\r\n\x1a\n")) return orientation_of_chunks(file, 8, true);
    if (starts_with(file, "RIFF") && starts_with(part(file, 8), "WEBP")) return orientation_of_chunks(file, 12, false);
    return Orientation::upright;
}

}  // namespace facet::source::file
