#pragma once
// Text for drawings: what cairo accepts, and whether it has a font at all. Internal to image/.

#include <string>
#include <string_view>

namespace facet::image {

/// `text` with every byte that is not part of valid UTF-8 and every control character replaced by '?': cairo stops drawing
/// for good after a text that it does not accept.
std::string printable(std::string_view text);

/// Empty, or why text looks poorer than it should: the machine has no font.
std::string font_problem();

/// The family of all text: DejaVu Sans or what fontconfig gives for it.
inline constexpr const char* kFontFamily = "DejaVu Sans";

}  // namespace facet::image
