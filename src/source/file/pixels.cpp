#include "source/file/pixels.h"

#include <utility>

namespace facet::source::file {

namespace {

PixelFormat format_of(ffmpeg::ImageLayout layout) {
    switch (layout) {
        case ffmpeg::ImageLayout::i420: return PixelFormat::i420;
        case ffmpeg::ImageLayout::nv12: return PixelFormat::nv12;
        case ffmpeg::ImageLayout::i422: return PixelFormat::i422;
        case ffmpeg::ImageLayout::i444: return PixelFormat::i444;
        case ffmpeg::ImageLayout::bgr24: return PixelFormat::bgr24;
        case ffmpeg::ImageLayout::gray8: return PixelFormat::gray8;
    }
    return PixelFormat::i420;
}

}  // namespace

Colour to_colour(ffmpeg::ImageMatrix matrix, bool full_range) {
    Colour colour;
    switch (matrix) {
        case ffmpeg::ImageMatrix::bt601: colour.matrix = ColourMatrix::bt601; break;
        case ffmpeg::ImageMatrix::bt709: colour.matrix = ColourMatrix::bt709; break;
        case ffmpeg::ImageMatrix::bt2020: colour.matrix = ColourMatrix::bt2020; break;
    }
    colour.range = full_range ? ColourRange::full : ColourRange::limited;
    return colour;
}

Picture to_picture(ffmpeg::Image image) {
    Picture picture;
    picture.format = format_of(image.layout);
    picture.size = {image.width, image.height};
    picture.colour = to_colour(image.matrix, image.full_range);
    picture.data = image.planes.data;
    picture.stride = image.planes.stride;
    picture.owner = std::move(image.owner);
    return picture;
}

}  // namespace facet::source::file
