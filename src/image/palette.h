#pragma once
// Inks: colours that are told apart from each other and from most scenes.

#include <cstdint>

namespace facet::image {

/// A colour on the screen, 0..255.
struct Ink {
    std::uint8_t red = 0;
    std::uint8_t green = 0;
    std::uint8_t blue = 0;
    friend bool operator==(const Ink&, const Ink&) = default;
};

/// The colour of an identity (track, class, rule): always the same for the same id; neighbouring ids differ clearly. Twelve
/// colours, then they repeat. Negative ids are allowed.
Ink ink_of(std::int64_t id);

inline constexpr Ink kWhite{255, 255, 255};
inline constexpr Ink kDark{18, 20, 24};

/// White or nearly black, whichever is read more easily on `ground`.
Ink readable_on(Ink ground);

}  // namespace facet::image
