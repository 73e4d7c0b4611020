#include "media/picture.h"

#include <new>

#include "base/assert.h"

namespace facet {

namespace {
constexpr std::size_t kAlignment = 64;
constexpr int halved(int value) { return (value + 1) / 2; }
}  // namespace

std::string_view name(PixelFormat format) {
    switch (format) {
        case PixelFormat::i420: return "i420";
        case PixelFormat::nv12: return "nv12";
        case PixelFormat::i422: return "i422";
        case PixelFormat::i444: return "i444";
        case PixelFormat::bgr24: return "bgr24";
        case PixelFormat::gray8: return "gray8";
    }
    return "unknown";
}

int plane_count(PixelFormat format) {
    switch (format) {
        case PixelFormat::i420:
        case PixelFormat::i422:
        case PixelFormat::i444: return 3;
        case PixelFormat::nv12: return 2;
        case PixelFormat::bgr24:
        case PixelFormat::gray8: return 1;
    }
    return 0;
}

Size plane_size(PixelFormat format, Size size, int index) {
    if (index == 0) return size;
    switch (format) {
        case PixelFormat::i420:
        case PixelFormat::nv12: return {halved(size.width), halved(size.height)};
        case PixelFormat::i422: return {halved(size.width), size.height};
        default: return size;
    }
}

PictureBuffer::PictureBuffer(PixelFormat format, Size size, Colour colour) {
    FACET_ASSERT(size.width > 0 && size.height > 0);
    picture_.format = format;
    picture_.size = size;
    picture_.colour = colour;
    std::array<std::size_t, 3> offset{};
    std::size_t bytes = 0;
    for (int i = 0; i < plane_count(format); ++i) {
        const auto index = static_cast<std::size_t>(i);
        const Size plane = plane_size(format, size, i);
        const int samples = format == PixelFormat::bgr24 ? 3 : (format == PixelFormat::nv12 && i == 1 ? 2 : 1);
        const std::size_t row =
            (static_cast<std::size_t>(plane.width) * static_cast<std::size_t>(samples) + kAlignment - 1) / kAlignment *
            kAlignment;
        picture_.stride[index] = static_cast<std::ptrdiff_t>(row);
        offset[index] = bytes;
        bytes += row * static_cast<std::size_t>(plane.height);
    }
    const auto release = [](std::uint8_t* memory) { ::operator delete[](memory, std::align_val_t{kAlignment}); };
    const std::shared_ptr<std::uint8_t> memory(
        static_cast<std::uint8_t*>(::operator new[](bytes, std::align_val_t{kAlignment})), release);
    for (int i = 0; i < plane_count(format); ++i) {
        const auto index = static_cast<std::size_t>(i);
        writable_[index] = memory.get() + offset[index];
        picture_.data[index] = writable_[index];
    }
    picture_.owner = memory;
}

std::uint8_t* PictureBuffer::plane(int index) { return writable_[static_cast<std::size_t>(index)]; }

}  // namespace facet
