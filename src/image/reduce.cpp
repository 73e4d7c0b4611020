#include "image/reduce.h"

#include <algorithm>

#include "image/kernels.h"

namespace facet::image {

namespace {

int samples_of(const Picture& picture) { return picture.format == PixelFormat::bgr24 ? 3 : 1; }

/// A picture of blocks with its pixels in `buffer`.
Picture prepare(const Picture& picture, Blocks blocks, BlockBuffer& buffer) {
    Picture means;
    means.format = picture.format;
    means.colour = picture.colour;
    means.size = {picture.size.width / blocks.width, picture.size.height / blocks.height};
    means.stride[0] = static_cast<std::ptrdiff_t>(means.size.width) * samples_of(picture);
    buffer.pixels.resize(static_cast<std::size_t>(means.stride[0] * means.size.height));
    means.data[0] = buffer.pixels.data();
    return means;
}

}  // namespace

Blocks blocks_of(const TensorSpec& spec, const Placement& placement) {
    if (spec.sampling == Sampling::bilinear) return {};
    // Rounding must not make blocks of an exact ratio one pixel too small.
    constexpr double kSlack = 1e-6;
    return {std::max(1, static_cast<int>(placement.scale_x + kSlack)),
            std::max(1, static_cast<int>(placement.scale_y + kSlack))};
}

Placement in_blocks(Placement placement, Blocks blocks) {
    placement.scale_x /= blocks.width;
    placement.offset_x /= blocks.width;
    placement.scale_y /= blocks.height;
    placement.offset_y /= blocks.height;
    return placement;
}

Picture block_means(const Picture& picture, Blocks blocks, BlockBuffer& buffer) {
    constexpr int kRowsMax = 257;  // 257 * 255 is the largest sum that 16 bits hold
    if (blocks.height > kRowsMax) return reference::block_means(picture, blocks, buffer);
    const Picture means = prepare(picture, blocks, buffer);
    const int samples = samples_of(picture);
    const auto count = static_cast<std::size_t>(means.size.width * blocks.width * samples);
    const auto pixels = static_cast<std::uint32_t>(blocks.width * blocks.height);
    buffer.sums.resize(count);
    std::uint8_t* out = buffer.pixels.data();
    for (int y = 0; y < means.size.height; ++y) {
        std::fill(buffer.sums.begin(), buffer.sums.end(), std::uint16_t{0});
        for (int j = 0; j < blocks.height; ++j)
            kernels::add(picture.data[0] + (y * blocks.height + j) * picture.stride[0], count, buffer.sums.data());
        const std::uint16_t* column = buffer.sums.data();
        for (int x = 0; x < means.size.width; ++x, column += blocks.width * samples)
            for (int c = 0; c < samples; ++c) {
                std::uint32_t sum = pixels / 2;
                for (int i = 0; i < blocks.width; ++i) sum += column[i * samples + c];
                *out++ = static_cast<std::uint8_t>(sum / pixels);
            }
    }
    return means;
}

Picture reference::block_means(const Picture& picture, Blocks blocks, BlockBuffer& buffer) {
    const Picture means = prepare(picture, blocks, buffer);
    const int bytes = samples_of(picture);
    const int count = blocks.width * blocks.height;
    for (int y = 0; y < means.size.height; ++y)
        for (int x = 0; x < means.size.width; ++x)
            for (int c = 0; c < bytes; ++c) {
                std::int64_t sum = count / 2;
                for (int j = 0; j < blocks.height; ++j)
                    for (int i = 0; i < blocks.width; ++i)
                        sum +=
                            picture
                                .data[0][(y * blocks.height + j) * picture.stride[0] + (x * blocks.width + i) * bytes + c];
                buffer.pixels[static_cast<std::size_t>(y * means.stride[0] + x * bytes + c)] =
                    static_cast<std::uint8_t>(sum / count);
            }
    return means;
}

}  // namespace facet::image
