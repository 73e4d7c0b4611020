#pragma once
// Passwords in addresses, taken out of everything that people or other programs read.

#include <string>
#include <string_view>

namespace facet {

/// `text`, an address or a message with addresses in it, with "***" in place of their passwords: what stands behind the
/// user's name ("rtsp://user:***@host/main"), and the values of query keys such as "password", "pwd" or "token". An
/// unescaped slash in a password is no way out. Everything else stays as it is.
std::string without_secrets(std::string_view text);

}  // namespace facet
