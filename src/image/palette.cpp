#include "image/palette.h"

#include <array>

namespace facet::image {

namespace {

// Bright and saturated, so that thin lines stand out in pictures, which mostly are neither. Neighbours lie far apart in hue.
constexpr std::array<Ink, 12> kInks{{{255, 92, 87},
                                     {70, 160, 255},
                                     {255, 204, 51},
                                     {57, 214, 120},
                                     {194, 120, 255},
                                     {255, 145, 48},
                                     {45, 212, 222},
                                     {255, 120, 195},
                                     {176, 222, 56},
                                     {130, 140, 255},
                                     {232, 170, 120},
                                     {0, 186, 154}}};

}  // namespace

Ink ink_of(std::int64_t id) {
    constexpr auto kCount = static_cast<std::int64_t>(kInks.size());
    return kInks[static_cast<std::size_t>((id % kCount + kCount) % kCount)];
}

Ink readable_on(Ink ground) {
    const int luma = 299 * ground.red + 587 * ground.green + 114 * ground.blue;
    return luma > 125 * 1000 ? kDark : kWhite;
}

}  // namespace facet::image
