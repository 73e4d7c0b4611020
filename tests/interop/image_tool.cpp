// Makes a tensor out of raw planes, for image_opencv.py:
//
//   image_tool FORMAT WIDTH HEIGHT MATRIX RANGE OUT_WIDTH OUT_HEIGHT FIT region X Y W H
//   image_tool FORMAT WIDTH HEIGHT MATRIX RANGE OUT_WIDTH OUT_HEIGHT FIT corners X0 Y0 X1 Y1 X2 Y2 X3 Y3
//
// FORMAT i420, nv12, i422, i444, bgr24, gray8; MATRIX bt601, bt709, bt2020; RANGE limited, full; FIT stretch, letterbox.
// Planes come tightly packed from standard input; the tensor (f32, NHWC, BGR, 0..255) goes to standard output.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "image/preprocess.h"

namespace facet::image {
namespace {

template <class T, std::size_t n>
T choice(std::string_view word, const std::pair<std::string_view, T> (&choices)[n]) {
    for (const auto& [name, value] : choices)
        if (word == name) return value;
    std::fprintf(stderr, "image_tool: unknown word '%.*s'\n", static_cast<int>(word.size()), word.data());
    std::exit(2);
}

Picture read_picture(PixelFormat format, Size size, Colour colour) {
    PictureBuffer buffer(format, size, colour);
    for (int i = 0; i < plane_count(format); ++i) {
        const Size plane = plane_size(format, size, i);
        const int samples = format == PixelFormat::bgr24 ? 3 : (format == PixelFormat::nv12 && i == 1 ? 2 : 1);
        const auto bytes = static_cast<std::size_t>(plane.width * samples);
        for (int y = 0; y < plane.height; ++y)
            if (std::fread(buffer.plane(i) + y * buffer.stride(i), 1, bytes, stdin) != bytes) {
                std::fprintf(stderr, "image_tool: standard input ended in plane %d, row %d\n", i, y);
                std::exit(3);
            }
    }
    return std::move(buffer).release();
}

int run(const std::vector<std::string>& words) {
    const auto number = [&](std::size_t i) { return std::strtof(words[i].c_str(), nullptr); };
    const auto integer = [&](std::size_t i) { return std::atoi(words[i].c_str()); };
    const PixelFormat format = choice<PixelFormat>(words[0], {{"i420", PixelFormat::i420},
                                                              {"nv12", PixelFormat::nv12},
                                                              {"i422", PixelFormat::i422},
                                                              {"i444", PixelFormat::i444},
                                                              {"bgr24", PixelFormat::bgr24},
                                                              {"gray8", PixelFormat::gray8}});
    const ColourMatrix matrix = choice<ColourMatrix>(
        words[3], {{"bt601", ColourMatrix::bt601}, {"bt709", ColourMatrix::bt709}, {"bt2020", ColourMatrix::bt2020}});
    const ColourRange range =
        choice<ColourRange>(words[4], {{"limited", ColourRange::limited}, {"full", ColourRange::full}});
    const Picture picture = read_picture(format, {integer(1), integer(2)}, {matrix, range});

    TensorSpec spec;
    spec.layout = Layout::nhwc;
    spec.channels = Channels::bgr;
    spec.size = {integer(5), integer(6)};
    spec.fit = choice<Fit>(words[7], {{"stretch", Fit::stretch}, {"letterbox", Fit::letterbox_top_left}});
    Tensor tensor(spec.type, spec.shape());
    Scratch scratch;
    if (words[8] == "corners") {
        std::array<Point, 4> corners;
        for (std::size_t i = 0; i < 4; ++i) corners[i] = {number(9 + 2 * i), number(10 + 2 * i)};
        rectify_to_tensor(picture, spec, corners, tensor.data(), scratch);
    } else {
        to_tensor(picture, spec, {number(9), number(10), number(11), number(12)}, tensor.data(), scratch);
    }
    return std::fwrite(tensor.data(), 1, tensor.bytes(), stdout) == tensor.bytes() ? 0 : 5;
}

}  // namespace
}  // namespace facet::image

int main(int count, char** words) {
    if (count != 14 && count != 18) {
        std::fprintf(stderr,
                     "usage: image_tool FORMAT WIDTH HEIGHT MATRIX RANGE OUT_WIDTH OUT_HEIGHT FIT region|corners NUMBERS\n");
        return 2;
    }
    return facet::image::run({words + 1, words + count});
}
