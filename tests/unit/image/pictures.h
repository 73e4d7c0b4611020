#pragma once
// Pictures for the tests of this folder: every format, any size, strides with room behind the rows.

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "base/random.h"
#include "media/picture.h"

namespace facet::image {

inline constexpr std::array kFormats{PixelFormat::i420, PixelFormat::nv12,  PixelFormat::i422,
                                     PixelFormat::i444, PixelFormat::bgr24, PixelFormat::gray8};

/// Uniform noise. Every plane is an allocation of its own that ends with its last pixel, so that a read behind it is seen by
/// the address sanitizer; `slack` bytes lie between rows.
inline Picture noise_picture(PixelFormat format, Size size, Colour colour, int slack, Random& random) {
    struct Memory {
        std::array<std::vector<std::uint8_t>, 3> planes;
    };
    auto memory = std::make_shared<Memory>();
    Picture picture;
    picture.format = format;
    picture.size = size;
    picture.colour = colour;
    for (int i = 0; i < plane_count(format); ++i) {
        const auto index = static_cast<std::size_t>(i);
        const Size plane = plane_size(format, size, i);
        const int samples = format == PixelFormat::bgr24 ? 3 : (format == PixelFormat::nv12 && i == 1 ? 2 : 1);
        const auto row = static_cast<std::size_t>(plane.width * samples);
        const std::size_t stride = row + static_cast<std::size_t>(slack);
        std::vector<std::uint8_t>& bytes = memory->planes[index];
        bytes.resize(stride * static_cast<std::size_t>(plane.height - 1) + row);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next() >> 56);
        picture.data[index] = bytes.data();
        picture.stride[index] = static_cast<std::ptrdiff_t>(stride);
    }
    picture.owner = memory;
    return picture;
}

/// One colour everywhere; `components` in the order of the format (Y U V, B G R or gray).
inline Picture flat_picture(PixelFormat format, Size size, Colour colour, std::array<std::uint8_t, 3> components) {
    PictureBuffer buffer(format, size, colour);
    for (int i = 0; i < plane_count(format); ++i) {
        const Size plane = plane_size(format, size, i);
        for (int y = 0; y < plane.height; ++y) {
            std::uint8_t* row = buffer.plane(i) + y * buffer.stride(i);
            for (int x = 0; x < plane.width; ++x) {
                if (format == PixelFormat::bgr24)
                    for (std::size_t c = 0; c < 3; ++c) row[3 * static_cast<std::size_t>(x) + c] = components[c];
                else if (format == PixelFormat::nv12 && i == 1)
                    row[2 * x] = components[1], row[2 * x + 1] = components[2];
                else
                    row[x] = components[static_cast<std::size_t>(i)];
            }
        }
    }
    return std::move(buffer).release();
}

}  // namespace facet::image
